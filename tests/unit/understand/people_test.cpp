#include <catch2/catch.hpp>

#include "tests/unit/understand/sambas.hpp"

using namespace jejak::understand;

namespace {

struct Row {
    std::string_view text;
    std::uint32_t people = 0, most = 0, children = 0;
};

void check(const Row& row) {
    CAPTURE(row.text);
    const auto reading = understood(row.text);
    CHECK(reading.people.value_or(0) == row.people);
    CHECK(reading.people_max.value_or(0) == row.most);
    CHECK(reading.children.value_or(0) == row.children);
}

}  // namespace

TEST_CASE("people are counted in digits, in words and in dozens") {
    for (const auto& row :
         {Row{"lapor dua puluh tiga orang lewat jalan tikus", 23}, Row{"lapor duapuluh org", 20},
          Row{"lapor sebelas org", 11}, Row{"lapor lima belas urang", 15}, Row{"lapor 2 lusin org", 24},
          Row{"lapor selusin orang", 12}, Row{"lapor seratus dua puluh pengungsi", 120},
          Row{"lapor tige urang lalu jalan tikus", 3}, Row{"report a dozen people", 12},
          Row{"report twenty people crossing", 20}, Row{"lapor ada 20an org", 20}, Row{"lapor 6+2 org", 8}})
        check(row);
}

TEST_CASE("a range has a least and a most, however it is written") {
    for (const auto& row :
         {Row{"lapor 5-6 org", 5, 6}, Row{"lapor 5 - 6 org", 5, 6}, Row{"lapor 5 atau 6 org", 5, 6},
          Row{"lapor 5 s/d 6 org", 5, 6}, Row{"lapor 4 5 org lewat", 4, 5}, Row{"lapor antara 10 dan 12 orang", 10, 12},
          Row{"lapor lima sampai enam org", 5, 6}, Row{"report 10 to 12 people", 10, 12}, Row{"lapor 5/6 org", 5, 6}})
        check(row);
}

TEST_CASE("sorts of people add up, and a whole holds the sorts named with it") {
    for (const auto& row :
         {Row{"lapor 2 dewasa dan 3 anak", 5, 0, 3}, Row{"lapor 3 laki 2 perempuan", 5},
          Row{"lapor 7 org 2 anak kecil jalan kaki", 7, 0, 2}, Row{"lapor 9 org + 1 bayi", 10, 0, 1},
          Row{"lapor 6 org termasuk 2 anak", 6, 0, 2}, Row{"lapor 3 cewek 1 anak", 4, 0, 1},
          Row{"lapor 2 org cina 1 org myanmar", 3}, Row{"lapor 5 org dan 2 org lagi", 7},
          Row{"lapor 12 org, yg 4 masih anak", 12, 0, 4}, Row{"lapor 7 org, ada 1 org di depan pake ht", 7},
          Row{"lapor suami istri sama 1 bayi", 3, 0, 1}, Row{"report 2 men and 3 women", 5}})
        check(row);
}

TEST_CASE("the speaker counts among those who are with them") {
    for (const auto& row : {Row{"tolong sy dan 3 teman dikurung", 4}, Row{"tolong kami 4 org disekap", 4},
                            Row{"tolong kami bertiga dikurung", 3}, Row{"tolong saya dgn 3 orang kawan", 4},
                            Row{"lapor calo sama 5 org", 5}})
        check(row);
}

TEST_CASE("a load and a word for people before the number count too") {
    for (const auto& row :
         {Row{"lapor mobil isi 5", 5}, Row{"lapor pickup muat 12 masuk hutan", 12}, Row{"lapor penumpangnya tiga", 3},
          Row{"lapor org 4 lwt jln tikus", 4}, Row{"lapor 2 mobil masing2 5 org", 10},
          Row{"lapor anak 2 dibawa", 2, 0, 2}, Row{"tolong perahu kami bocor, kami 11", 11},
          Row{"lapor ada kali 30 dijejer di ruko", 30}, Row{"lapor udah 4 berangkat lewat jalan tikus", 4},
          Row{"lapor anak smp 2 org dibawa", 2, 0, 2}, Row{"lapor 3 gadis 15 16 17 thn", 3, 0, 3}})
        check(row);
}

TEST_CASE("people are counted by the words that Malays, Dayaks and Javanese count with") {
    for (const auto& row :
         {Row{"lapor kami ber5 tdk digaji", 5}, Row{"lapor kami bertige tidak makan", 3},
          Row{"lapor ade urang bangla 3 ikok di kebun", 3}, Row{"lapor orang 8 biji di bak truk", 8},
          Row{"lapor 20 lebih orang ditampung", 20}, Row{"lapor 15 orangan naik pickup", 15},
          Row{"lapor kami lima beranak dikurung", 5}, Row{"lapor telu wong lewat hutan", 3},
          Row{"lapor 4 biak sekolah diajak kerja", 4, 0, 4}, Row{"lapor 5 bini2 2 laki lewat jalan tikus", 7},
          Row{"report they lock 11 of us upstairs", 11}, Row{"report group of 8 walked through the jungle", 8},
          Row{"lapor org naik boat, saya hitung dari jauh 14", 14}, Row{"lapor rombongan di ruko. kira2 20an", 20},
          Row{"lapor yg ikut 6", 6}, Row{"lapor kadang 2 kadang 5 orang lewat", 2, 5}})
        check(row);
}

TEST_CASE("people named one by one are counted, and a total holds its sorts") {
    for (const auto& row :
         {Row{"tolong aku sama adek ku dikurung", 2}, Row{"lapor istri sama anak saya dibawa agen", 2},
          Row{"tolong aq 12 thn adek 8 thn disuruh ngemis", 2, 0, 2}, Row{"lapor jumlah 5, satu anak kecil", 5, 0, 1},
          Row{"lapor dia tersesat ngan 3 kawan", 4}, Row{"report i am kept with 4 other girls", 5},
          Row{"lapor 9 org dibawa, dua ibu2 gendong bayi", 9, 0, 2}})
        check(row);
}

TEST_CASE("whoever takes them, an age and a household are no count of people") {
    for (const auto& row : {Row{"report 7 girls given tickets by one lady", 7}, Row{"lapor 3 cewek dibawa 2 laki2", 3},
                            Row{"lapor anaknya baru 14", 0, 0, 1}, Row{"lapor umur mereka 15"},
                            Row{"lapor 2 keluarga ditampung"}, Row{"lapor sudah 4 malam ditampung"},
                            Row{"lapor sudah seminggu, hp diambil"}, Row{"lapor dijaga orang bersenapan"}})
        check(row);
}

TEST_CASE("a crowd has no number, and whoever does harm is not counted") {
    for (const auto& row :
         {Row{"lapor belasan org"}, Row{"lapor rombongan"}, Row{"lapor sekeluarga"},
          Row{"lapor 1 org calo bawa 3 cewek", 3}, Row{"lapor seorang calo"}, Row{"lapor 2 calo bawa 6 org", 6}})
        check(row);
}

TEST_CASE("numbers of other things are no people") {
    for (const auto& row :
         {Row{"lapor jam 5 lewat jalan tikus"}, Row{"lapor kb 1234 xy"}, Row{"lapor umur 17", 0, 0, 1},
          Row{"lapor gaji 8 juta"}, Row{"lapor hub 0840 0000 0012"}, Row{"lapor tgl 12 sept"},
          Row{"lapor rumah no 5 rt 3"}, Row{"lapor kerja 18 jam sehari"}, Row{"lapor belum digaji 4 bln"},
          Row{"lapor 3 mobil masuk"}, Row{"lapor paspor 2,5 juta satu org"}, Row{"lapor sudah 3x"},
          Row{"lapor 2 tas besar"}, Row{"lapor kelas 2"}, Row{"lapor anak 5 th", 0, 0, 1}, Row{"lapor km 12"}})
        check(row);
}

TEST_CASE("what is taken back does not count") {
    CHECK(understood("lapor bukan 5 tapi 3 org").people == 3u);
    CHECK(understood("lapor 6 org 2 anak, bukan 8").people == 6u);
}

TEST_CASE("classifiers, twins, all of so many and dialects count people") {
    for (const auto& row :
         {Row{"lapor kami tujuh iko di gudang kebun", 7}, Row{"lapor ada 4 iko manusia lewat jalan tikus", 4},
          Row{"lapor bayi kembar dibawa agen", 2, 0, 2}, Row{"lapor kedua gadis itu dibawa agen", 2},
          Row{"lapor ketiga murid dibawa calo", 3, 0, 3}, Row{"lapor kedua orang tua saya setuju"},
          Row{"lapor wong 6 di rumah kosong", 6}, Row{"lapor tiga empat orang naik boat", 3, 4},
          Row{"report 30ish people in the house", 30}, Row{"lapor di ruko ada 40 an, siang tidur", 40},
          Row{"lapor 3 masih smp dibawa", 3, 0, 3}})
        check(row);
}

TEST_CASE("who came, who was added and who stands before the number are counted") {
    for (const auto& row :
         {Row{"lapor penumpang baru tiba 18. malam tadi", 18}, Row{"lapor delapan org di gudang, tadi nambah 3", 11},
          Row{"lapor orang irak empat, orang nepal dua, di bengkel", 6},
          Row{"lapor 8 org: 6 dewasa dan 2 anak", 8, 0, 2}, Row{"lapor 9 org + anak 2, di laut", 11, 0, 2},
          Row{"tolong saya disekap di ruko dgn 3 org lagi", 4}, Row{"lapor 3 motor, tiap motor bonceng 1 cewek", 3},
          Row{"lapor sekeluarga (bapak ibu 3 anak) lewat hutan", 5, 0, 3},
          Row{"lapor orang kadang 12 kadang 16.", 12, 16}, Row{"lapor ibu sama bibi masuk hutan", 2}})
        check(row);
}

TEST_CASE("whoever watches, drags or is behind it is not counted, nor is so much a head") {
    for (const auto& row :
         {Row{"lapor 8 calon tki dijaga 2 laki", 8}, Row{"lapor 10 cewek diatur satu pria", 10},
          Row{"lapor 4 gadis dibawa, yang menyuruh adalah seorang lelaki", 4},
          Row{"lapor dia diseret ke mobil sama 3 org"},
          Row{"lapor 4 gadis sembunyi di gudang, dua lelaki mengejar mereka", 4},
          Row{"lapor 5 cewek di ruko, 2 laki menggedor pintu", 5}, Row{"lapor bayar 500 sorang utk 7 urang", 7}})
        check(row);
}

TEST_CASE("an age tells of a child, and ages told together of as many") {
    for (const auto& row :
         {Row{"lapor adek saya umurnya masih 13 dibawa", 0, 0, 1},
          Row{"lapor tetangga umurnya belum genap enam belas", 0, 0, 1},
          Row{"lapor anak umur 7 tahun dan 9 tahun disuruh ngemis", 2, 0, 2},
          Row{"lapor ada budak 12 tahun. 3 orang. angkat batu", 3, 0, 3},
          Row{"lapor dua orang umur 13 dan 16", 2, 0, 2}, Row{"report my student (16, male) was taken", 0, 0, 1},
          Row{"lapor dua orang murid diajak calo ke sibu. Umur 13 dan 14", 2, 0, 2},
          Row{"lapor keponakan (24) dibawa calo"}, Row{"lapor tetangga mau jual bayinya", 0, 0, 1},
          Row{"lapor kerja jaga bayi di miri"}, Row{"lapor Tono 31 th, Rusli 28 th dibawa calo", 2}})
        check(row);
}

TEST_CASE("the numbers of a list and of a school count nobody") {
    for (const auto& row : {Row{"lapor (1) Dua orang lewat jalan tikus. (2) Gelap. (3) Tidak ada lampu", 2},
                            Row{"lapor ijazah smp sembilan murid diminta calo", 9, 0, 9}})
        check(row);
}

TEST_CASE("a count in brackets is one, and the number of an item is none") {
    for (const auto& row : {Row{"ada mobil isi (7) orang lewat jalan tikus Aruk", 7},
                            Row{"lima (5) orang lewat Aruk", 5}, Row{"lapor ada 12 org (3) anak dibawa", 12, 0, 3},
                            Row{"lapor: (2) gelap, (5) orang lewat", 5}, Row{"lapor (1) Orang lewat. (2) Gelap"}})
        check(row);
}

TEST_CASE("a noun is counted once, whatever number stands behind it") {
    for (const auto& row :
         {Row{"3 cewek masih 16, dibawa ke Kuching", 3}, Row{"dua perempuan, baru 17, dibawa 2 lelaki", 2},
          Row{"5 perempuan, baru 3 lari", 5}, Row{"lapor perempuan 1 laki 3 lewat jalan tikus", 4}})
        check(row);
}

TEST_CASE("hours, horse power and the number of a bus are no people") {
    for (const auto& row :
         {Row{"setiap 10-11 malam ada orang naik perahu"}, Row{"biasanya 8-9 malam orang masuk"},
          Row{"sering 5-6 sore orang naik boat"}, Row{"ada orang di speedboat 40 pk"},
          Row{"orang naik boat 200 PK jam 9"}, Row{"orang naik bus 12"}, Row{"lapor jiwa di kapal 31", 31},
          Row{"lapor orang datang 30 jam 9", 30}, Row{"lapor tiap malam 10-11 orang masuk", 10, 11}})
        check(row);
}

TEST_CASE("those who suffer with the sender are counted, those who drag them off are not") {
    for (const auto& row :
         {Row{"saya dipukul dan 2 perempuan dibawa ke Kuching", 2}, Row{"kami dipukul dan 3 orang lari ke hutan", 3},
          Row{"saya diseret ke hutan dengan 3 perempuan", 3}, Row{"dia diseret ke mobil ama 3 org"},
          Row{"dia ditarik paksa dari motor sm 2 org"}})
        check(row);
}

TEST_CASE("ages make children only of those of whom they are told") {
    for (const auto& row :
         {Row{"saya umur 16, lihat 5 orang dibawa naik truk", 5},
          Row{"umur saya 16, lihat 5 orang dibawa naik truk", 5}, Row{"umur kapal 12 tahun bawa 20 orang", 20},
          Row{"umur 40 dan 15, dibawa naik kapal", 2, 0, 1}, Row{"umur 16 dan 40, dibawa naik kapal", 2, 0, 1},
          Row{"dua perempuan umur 25 dan 17 dibawa", 2, 0, 1}, Row{"lapor 3 gadis 15 17 20 thn", 3, 0, 2},
          Row{"lapor kami 3 orang umur 15 dibawa", 3, 0, 3}, Row{"lapor adik saya umur 15 dibawa", 0, 0, 1}})
        check(row);
}

TEST_CASE("an ordinal behind a day, a part of it or a vehicle counts nobody") {
    for (const auto& row : {Row{"malam kedua perempuan itu lari"}, Row{"hari kedua orang itu masih di gudang"},
                            Row{"perahu ketiga orang asing semua"}, Row{"tadi malam kedua perempuan itu lari", 2}})
        check(row);
}

TEST_CASE("of a range of ages all are children only when the eldest is one") {
    for (const auto& row :
         {Row{"lapor 5 perempuan umur 17-20 tahun dibawa agen", 5}, Row{"lapor 7 org umur 17 sampai 25", 7},
          Row{"lapor 5 cewek 17 sampai 20 tahun dibawa agen", 5}, Row{"lapor 5 cewek 17-20 thn dibawa agen", 5},
          Row{"lapor 3 gadis umur 14-16 tahun dibawa agen", 3, 0, 3},
          Row{"lapor 3 gadis 14 sampai 16 tahun dibawa agen", 3, 0, 3},
          Row{"lapor dua anak umur 15 dan 25 dibawa agen", 2, 0, 1}, Row{"lapor dua anak umur 15 dan 16", 2, 0, 2},
          Row{"lapor dua anak umur 22 dan 25 dibawa agen", 2}, Row{"lapor 2 anak, ibunya umur 30", 2, 0, 2}})
        check(row);
    CHECK(understood("lapor 5 perempuan umur 17-20 tahun dibawa agen").age == 17u);
    CHECK(has(understood("lapor 5 perempuan umur 17-20 tahun dibawa agen").flags, Flag::minor_involved));
    CHECK_FALSE(has(understood("lapor 5 perempuan umur 18-25 tahun dibawa agen").flags, Flag::minor_involved));
}

TEST_CASE("women with the sender, to whom the same is done, are counted; who does it is not") {
    for (const auto& row :
         {Row{"kami ditarik masuk mobil sama 3 perempuan", 4}, Row{"saya dipaksa kerja sama 3 perempuan di kafe", 4},
          Row{"saya dipaksa masuk mobil sama 3 laki"}, Row{"teman saya ditarik sama 2 perempuan"},
          Row{"lapor dia diseret ke mobil sama 3 org"}, Row{"tolong saya disekap sama 3 teman", 4}})
        check(row);
}

TEST_CASE("a form's fields may be set apart by slashes or commas") {
    for (const auto& row : {Row{"LAPOR/SEBUNGA/5/jalan tikus", 5}, Row{"LAPOR,SEBUNGA,5,jalan tikus", 5},
                            Row{"lapor, sebunga, 5, jalan tikus", 5}, Row{"LAPOR#SEBUNGA#5#jalan tikus", 5},
                            Row{"lapor jalan tikus sebunga, 5, malam"}})
        check(row);
}

TEST_CASE("a vehicle may be a text's first word") {
    CHECK(understood("speedboat sekitar 12").people.value_or(12) == 12);
    CHECK(understood("kapal isi 12 org").people == 12u);
}

TEST_CASE("people named with their ages are counted") {
    check({"lapor Dodi 29th Rini 16th Sari 17th dibawa agen", 3, 0, 2});
}
