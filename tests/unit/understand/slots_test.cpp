#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

std::string joined(const std::vector<AlertKind>& alerts) {
    std::string names;
    for (const AlertKind kind : alerts) names += (names.empty() ? "" : " ") + std::string(to_string(kind));
    return names;
}

}  // namespace

TEST_CASE("people are counted beside a person's word") {
    struct Row {
        std::string_view text;
        std::uint32_t people, most;
    };
    for (const auto& row : {Row{"lapor 5 orang", 5, 0},
                            {"lapor 5org", 5, 0},
                            {"lapor lima org", 5, 0},
                            {"lapor 5-6 org", 5, 6},
                            {"lapor 5 sampai 6 orang", 5, 6},
                            {"lapor 2 atau 3 org", 2, 3},
                            {"lapor 5 (lima) orang", 5, 0},
                            {"lapor bertiga lewat hutan", 3, 0},
                            {"lapor seorang perempuan", 1, 0},
                            {"lapor#sebunga#4#jalur tikus", 4, 0},
                            {"lapor org 7", 7, 0},
                            {"lapor 3 cewek 1 anak", 4, 0},
                            {"lapor 2 mobil isi 8 org", 8, 0},
                            {"lapor gaji 8jt", 0, 0},
                            {"lapor rm1500 utk 2 org", 2, 0},
                            {"lapor banyak orang", 0, 0},
                            {"lapor jam 5", 0, 0},
                            {"lapor 99999 org", 0, 0},
                            {"lapor 0 org", 0, 0},
                            {"report two people", 2, 0}}) {
        CAPTURE(row.text);
        const auto reading = understood(row.text);
        CHECK(reading.people.value_or(0) == row.people);
        CHECK(reading.people_max.value_or(0) == row.most);
    }
}

TEST_CASE("places are found by their spellings, the longest first, and one typo away from five letters") {
    struct Row {
        std::string_view text, code, name;
    };
    for (const auto& row : {Row{"lapor dekat Aruk", "61.01.09.2002", "PLBN Aruk"},
                            {"lapor di sebunga", "61.01.09.2002", "Sebunga"},
                            {"lapor sebunge", "61.01.09.2002", "Sebunga"},
                            {"lapor di sebumga", "61.01.09.2002", "Sebunga"},
                            {"lapor sajingan bsr", "61.01.09", "Sajingan Besar"},
                            {"lapor sajngan", "61.01.09", "Sajingan Besar"},
                            {"lapor desa kaliau'", "61.01.09.2001", "Kaliau'"},
                            {"lapor sei bening", "61.01.09.2005", "Sungai Bening"},
                            {"lapor sejakung", "61.01.06", "Sejangkung"},
                            {"lapor jawai selatan", "61.01.16", "Jawai Selatan"},
                            {"lapor jawai", "61.01.03", "Jawai"},
                            {"lapor di sajingan, desa sanatap", "61.01.09.2004", "Sanatab"},
                            {"lapor di subah", "61.01.10", "Subah"},
                            {"lapor subah lewat", "", ""},
                            {"lapor maling ayam", "", ""},
                            {"lapor kalian semua", "", ""},
                            {"lapor sudah bebas", "", ""},
                            {"lapor arok", "61.01.09.2002", "PLBN Aruk"}}) {
        CAPTURE(row.text);
        const auto reading = understood(row.text);
        CHECK(reading.place == row.code);
        CHECK(reading.place_name == row.name);
    }
}

TEST_CASE("a destination is a place abroad, or its country when that is all") {
    struct Row {
        std::string_view text, destination;
    };
    for (const auto& row : {Row{"lapor 3 org ke malaysia", "MY"},
                            {"lapor ke kuching malaysia", "Kuching"},
                            {"lapor ke serawak", "Sarawak"},
                            {"lapor ke johor baru", "Johor Bahru"},
                            {"lapor 2 org dari malaysia", ""},
                            {"lapor ke mly", "MY"},
                            {"lapor ke arab saudi", "SA"},
                            {"lapor kucing hilang", ""},
                            {"lapor dibawa ke kucing", "Kuching"},
                            {"tiba kuchin", "Kuching"},
                            {"lapor bau sekali", ""}}) {
        CAPTURE(row.text);
        CHECK(understood(row.text).destination == row.destination);
    }
}

TEST_CASE("a vehicle and its plate") {
    struct Row {
        std::string_view text, vehicle, plate;
    };
    for (const auto& row : {Row{"lapor naik mbl kb 1234 xy", "mobil", "KB 1234 XY"},
                            {"lapor avanza KB1234XY hitam", "avanza", "KB 1234 XY"},
                            {"lapor truk QAA 1234 B", "truk", "QAA 1234 B"},
                            {"lapor di 5 org", "", ""},
                            {"lapor speed ke melano", "speedboat", ""},
                            {"lapor kapal kayu", "kapal kayu", ""},
                            {"lapor jalan kaki", "jalan kaki", ""},
                            {"lapor hiace hitam KB 4411 XZ", "hiace", "KB 4411 XZ"},
                            {"lapor motor air muat orang", "perahu", ""},
                            {"lapor orang dinaikkan ke bas", "bus", ""},
                            {"lapor turun dari truk terus jalan kaki", "jalan kaki", ""},
                            {"lapor turun dari truk di sebunga", "truk", ""}}) {
        CAPTURE(row.text);
        const auto reading = understood(row.text);
        CHECK(reading.vehicle == row.vehicle);
        CHECK(reading.plate == row.plate);
    }
}

TEST_CASE("a clock time is set against the moment of receipt") {
    struct Row {
        std::string_view text, at;
        bool past = false, now = false;
    };
    // Received on Friday at 21:10.
    for (const auto& row : {Row{"lapor jam 2 malam", "2025-09-12T02:00:00+07:00", true},
                            {"lapor jam 7 mlm", "2025-09-12T19:00:00+07:00", true},
                            {"lapor jam 2 siang", "2025-09-12T14:00:00+07:00", true},
                            {"lapor jam 5 sore", "2025-09-12T17:00:00+07:00", true},
                            {"lapor jam 12 mlm", "2025-09-13T00:00:00+07:00"},
                            {"lapor tadi jam 12 malam", "2025-09-12T00:00:00+07:00", true},
                            {"lapor 23.30", "2025-09-12T23:30:00+07:00"},
                            {"lapor td 23:30", "2025-09-11T23:30:00+07:00", true},
                            {"lapor stgh 6 pagi", "2025-09-12T05:30:00+07:00", true},
                            {"lapor kemarin jam 5 sore", "2025-09-11T17:00:00+07:00", true},
                            {"lapor besok jam 4 pagi", "2025-09-13T04:00:00+07:00"},
                            {"lapor mau berangkat jam 2 malam", "2025-09-13T02:00:00+07:00"},
                            {"lapor sy liat jam 22", "2025-09-11T22:00:00+07:00", true},
                            {"lapor td mlm jam 11", "2025-09-11T23:00:00+07:00", true},
                            {"lapor nanti malam jam 1", "2025-09-13T01:00:00+07:00"},
                            {"lapor skrg", "2025-09-12T21:10:00+07:00", false, true},
                            {"lapor 2 jam lalu", "2025-09-12T19:10:00+07:00", true},
                            {"lapor jam 20.15 wib", "2025-09-12T20:15:00+07:00", true},
                            {"lapor jam 25", "-"},
                            {"lapor 8.500 org", "-"},
                            {"lapor rp 20.50", "-"}}) {
        CAPTURE(row.text);
        const auto reading = understood(row.text);
        CHECK(local(reading.when.at) == row.at);
        CHECK(reading.when.past == row.past);
        CHECK(reading.when.now == row.now);
    }
}

TEST_CASE("a part of a day, a day or some time ago is a span, never a moment") {
    struct Row {
        std::string_view text, since, until;
        bool past = false;
    };
    for (const auto& row : {Row{"lapor td mlm", "2025-09-11T18:00:00+07:00", "2025-09-12T06:00:00+07:00", true},
                            {"lapor tadi pagi", "2025-09-12T05:00:00+07:00", "2025-09-12T10:00:00+07:00", true},
                            {"lapor kemarin", "2025-09-11T00:00:00+07:00", "2025-09-12T00:00:00+07:00", true},
                            {"lapor kmrn mlm", "2025-09-11T18:00:00+07:00", "2025-09-12T06:00:00+07:00", true},
                            {"lapor nanti malam", "2025-09-12T18:00:00+07:00", "2025-09-13T06:00:00+07:00"},
                            {"lapor besok pagi", "2025-09-13T05:00:00+07:00", "2025-09-13T10:00:00+07:00"},
                            {"lapor hari ini", "2025-09-12T00:00:00+07:00", "2025-09-13T00:00:00+07:00"},
                            {"lapor 3 hari yg lalu", "2025-09-09T00:00:00+07:00", "2025-09-10T00:00:00+07:00", true},
                            {"lapor tgl 15", "2025-09-15T00:00:00+07:00", "2025-09-16T00:00:00+07:00"}}) {
        CAPTURE(row.text);
        const auto reading = understood(row.text);
        CHECK(local(reading.when.at) == "-");
        CHECK(local(reading.when.since) == row.since);
        CHECK(local(reading.when.until) == row.until);
        CHECK(reading.when.past == row.past);
    }
}

TEST_CASE("a clock time from Malaysia or Singapore is theirs") {
    CHECK(local(understood("lapor jam 2 siang", "+601000000001").when.at) == "2025-09-12T13:00:00+07:00");
    CHECK(local(understood("lapor jam 2 siang", "+6580100001").when.at) == "2025-09-12T13:00:00+07:00");
    CHECK(local(understood("lapor jam 2 siang", "+628400000001").when.at) == "2025-09-12T14:00:00+07:00");
}

TEST_CASE("a category needs a cue or two hints, and a stated route decides") {
    struct Row {
        std::string_view text;
        Category category;
    };
    for (const auto& row : {Row{"lapor jln tikus", Category::unofficial_land_route},
                            {"lapor jalur tikus", Category::unofficial_land_route},
                            {"lapor pelabuhan tikus", Category::unofficial_port},
                            {"lapor naik kapal", Category::unofficial_port},
                            {"lapor speedboat 12 org", Category::unofficial_port},
                            {"lapor calo masuk desa", Category::recruitment},
                            {"lapor calo bawa 3 org lewat jalan tikus", Category::unofficial_land_route},
                            {"lapor ada yg janji gaji besar", Category::recruitment},
                            {"lapor org ditampung", Category::harbouring},
                            {"lapor org dikurung di rumah kosong", Category::harbouring},
                            {"lapor wna 4 org", Category::foreign_entry},
                            {"lapor bukan jalan tikus", Category::none},
                            {"lapor gaji", Category::none},
                            {"lapor jalan rusak", Category::none},
                            {"lapor paspor palsu", Category::documents},
                            {"lapor ktp palsu", Category::documents},
                            {"lapor kerja scam kamboja", Category::online_scam},
                            {"lapor kawin kontrak", Category::sexual_exploitation},
                            {"lapor ditipu agen", Category::broker_fraud},
                            {"lapor 3 org hilang kontak", Category::missing_person}}) {
        CAPTURE(row.text);
        CHECK(to_string(understood(row.text).category) == to_string(row.category));
    }
}

TEST_CASE("alerts follow the pack's rules") {
    struct Row {
        std::string_view text, alerts;
    };
    for (const auto& row : {Row{"lapor 3 org jalan tikus", "departure_now"},
                            {"lapor 3 org jalan tikus skrg", "departure_now"},
                            {"lapor 3 org jalan tikus td mlm", "departure_past"},
                            {"lapor jalan tikus kemarin", "departure_past"},
                            {"lapor jalan tikus jam 3 pagi", "departure_past"},
                            {"lapor jalan tikus jam 8 malam", "departure_now"},
                            {"lapor jalan tikus besok", "departure_now"},
                            {"lapor 2 anak lewat jalan tikus", "minor departure_now"},
                            {"lapor anak main bola", ""},
                            {"lapor anak umur 25 lewat jalan tikus", "departure_now"},
                            {"lapor siswi umur 15 diajak kerja calo", "minor"},
                            {"tolong", "sos"},
                            {"aman", ""},
                            {"lapor calo", ""},
                            {"lapor oknum bawa org jalan tikus", "departure_now official_involved"},
                            {"lapor ditampung di gudang", "harbouring"},
                            {"lapor tadi pagi 6 cewek disekap di ruko sebunga", "harbouring"},
                            {"kemarin saya lihat 6 cewek disekap di ruko sebunga", "harbouring"},
                            {"lapor sejak 3 hari lalu ada 6 cewek disekap di ruko sebunga", "harbouring"},
                            {"brgkt lewat jalan tikus", "route_mismatch"}}) {
        CAPTURE(row.text);
        CHECK(joined(understood(row.text).alerts) == row.alerts);
    }
}

TEST_CASE("flags") {
    const auto flagged = [](std::string_view text, Flag flag, std::string sender = "+628400000001") {
        return has(understood(text, std::move(sender)).flags, flag);
    };
    CHECK(flagged("tolong", Flag::self_victim));
    CHECK(flagged("tolong saya", Flag::self_victim));
    CHECK_FALSE(flagged("tolong teman saya", Flag::self_victim));
    CHECK_FALSE(flagged("lapor 3 org", Flag::self_victim));
    CHECK(flagged("lapor 12 org", Flag::mass));
    CHECK(flagged("lapor 8-10 org", Flag::mass));
    CHECK_FALSE(flagged("lapor 9 org", Flag::mass));
    CHECK(flagged("lapor bayi dibawa", Flag::minor_involved));
    CHECK(flagged("lapor umur 17 dibawa", Flag::minor_involved));
    CHECK_FALSE(flagged("lapor anak buah calo", Flag::minor_involved));
    CHECK(flagged("lapor skrg", Flag::imminent));
    CHECK(flagged("halo", Flag::from_abroad, "+601000000001"));
    CHECK_FALSE(flagged("halo", Flag::from_abroad));
    CHECK_FALSE(flagged("halo", Flag::from_abroad, "BANK"));
    CHECK(flag_names(static_cast<Flags>(Flag::minor_involved) | static_cast<Flags>(Flag::from_abroad)) ==
          std::vector<std::string_view>{"minor_involved", "from_abroad"});
}

TEST_CASE("a recruiter's name and number are found where recruiting is reported") {
    const auto reading = understood("lapor calo janji gaji besar hub bu contoh fiktif 0840 0000 0042");
    CHECK(reading.recruiter == "bu contoh fiktif");
    CHECK(reading.recruiter_phone == "+6284000000042");
    CHECK(understood("lapor pak contoh lewat jalan tikus").recruiter.empty());
}

TEST_CASE("a recruiter is named after who invites, after a role some words before, a boss's title or an abbreviation") {
    for (const auto& [text, name] : {std::pair{"lapor calo, yg ngajak: Rustam dr kota, masih cari org", "rustam"},
                                     std::pair{"lapor ditawari kerja di sibu, yang nawarin si Gani", "gani"},
                                     std::pair{"lapor agen lama saya si Basri kumpulkan org lagi", "basri"},
                                     std::pair{"lapor calo panggilan Bos Darwin janji gaji besar", "bos darwin"},
                                     std::pair{"lapor calo bernama H. Rosidi keliling desa", "rosidi"},
                                     std::pair{"lapor ditawari bg Rudin kerja di kebun", "bg rudin"}}) {
        CAPTURE(text);
        const auto recruiter = understood(text).recruiter;
        CHECK(recruiter.ends_with(name));
    }
}

TEST_CASE("women's names, officials who look away, force and watched phones are flags") {
    const auto flagged = [](std::string_view text, Flag flag) { return has(understood(text).flags, flag); };
    CHECK(flagged("lapor adik saya Sulastri hilang di sibu", Flag::female));
    CHECK_FALSE(flagged("lapor adik saya Sutrisno hilang di sibu", Flag::female));
    CHECK(flagged("lapor calo kasih duit ke petugas di pos", Flag::official_involved));
    CHECK(flagged("lapor dia ditarik paksa naik mobil", Flag::violence));
    CHECK(flagged("lapor mandor jahat, jgn bls sms", Flag::phone_monitored));
}

TEST_CASE("where a boat is moored is no violence, where a person is tied up is") {
    const auto beaten = [](std::string_view text) {
        const auto found = understood(text).indicators;
        return std::find(found.begin(), found.end(), "PHYSICAL_SEXUAL_VIOLENCE") != found.end();
    };
    CHECK_FALSE(beaten("kapal diikat di pelabuhan"));
    CHECK(beaten("saya diikat di pohon"));
    CHECK(has(understood("tangan diikat ke tiang").flags, Flag::violence));
}

TEST_CASE("smp is until as often as a school: only beside a word for a pupil it tells of a child") {
    const auto minor = [](std::string_view text) { return has(understood(text).flags, Flag::minor_involved); };
    for (const auto* text : {"dr jam 2 smp jam 3 ada speedboat", "lapor speedboat stop smp jam 4",
                             "lapor 5 org di gudang smp skrg", "lapor pos dekat smp dijaga calo"}) {
        CAPTURE(text);
        CHECK_FALSE(minor(text));
    }
    for (const auto* text :
         {"lapor anak smp dibawa agen", "lapor kelas 2 smp diajak kerja", "lapor siswi smp dibawa agen",
          "lapor 2 masih smp dibawa", "lapor 2 cewek smp dibawa calo", "lapor anak2 smp dijemput"}) {
        CAPTURE(text);
        CHECK(minor(text));
    }
    CHECK(understood("lapor 5 smp 6 org lewat").people_max == 6u);
}

TEST_CASE("a woman's name is female where it is somebody's of whom is told, not where it names a place") {
    const auto female = [](std::string_view text) { return has(understood(text).flags, Flag::female); };
    for (const auto* text : {"lapor toko siti kebakaran", "lapor rumah siti dipakai nampung 6 laki laki",
                             "lapor 6 laki laki di warung aminah"}) {
        CAPTURE(text);
        CHECK_FALSE(female(text));
    }
    for (const auto* text : {"lapor adik saya siti dibawa agen", "lapor teman saya aminah dipukul majikan",
                             "lapor siti hilang", "lapor keponakan bernama yuliana dibawa calo"}) {
        CAPTURE(text);
        CHECK(female(text));
    }
}

TEST_CASE("a plea for somebody of the sender's makes no victim of the sender") {
    const auto own = [](std::string_view text) { return has(understood(text).flags, Flag::self_victim); };
    for (const auto* text : {"help my daughter is sold", "tolong anak saya dijual", "help my sister is locked in"}) {
        CAPTURE(text);
        CHECK(understood(text).intent == Intent::sos);
        CHECK_FALSE(own(text));
    }
    for (const auto* text : {"help me i am sold", "tolong suami saya pukul saya", "tolong saya dijual",
                             "tolong adik saya dan saya dikurung", "help my friend and me are locked in"}) {
        CAPTURE(text);
        CHECK(understood(text).intent == Intent::sos);
        CHECK(own(text));
    }
}

TEST_CASE("how old a thing is tells neither an age nor since when") {
    const auto reading = understood("lapor umur kapal 12 tahun, isi 5 org");
    CHECK_FALSE(reading.when.since);
    CHECK_FALSE(reading.age);
    CHECK(reading.people == 5u);
}

TEST_CASE("animals are not missing as people are, and the dead do not return") {
    const auto cattle = understood("lapor 5 ekor sapi hilang");
    CHECK(cattle.category != Category::missing_person);
    CHECK(cattle.alerts.empty());
    CHECK(understood("anak saya pulang dalam peti mati dari malaysia").intent != Intent::returned);
    CHECK(understood("suami saya dr kemarin belum pulang").intent == Intent::missing);
    CHECK(understood("lapor anak saya hilang di kuching").category == Category::missing_person);
}

TEST_CASE("an official who is a broker, or is paid by one, is a case") {
    for (const auto* text : {"pak RT jadi calo", "camat terima uang agen", "lapor kades jadi calo tki"}) {
        CAPTURE(text);
        const auto reading = understood(text);
        CHECK(reading.intent == Intent::report);
        CHECK(has(reading.flags, Flag::official_involved));
    }
    CHECK_FALSE(has(understood("lapor pak RT, ada calo di desa").flags, Flag::official_involved));
}
