#include <catch2/catch.hpp>

#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

Reading from_village(std::string_view text, std::string village, Role role = Role::villager) {
    auto context = villager();
    context.place = std::move(village);
    context.role = role;
    return read(sambas(), text, context);
}

}  // namespace

TEST_CASE("where it happens wins over where people come from and where they go") {
    struct Row {
        std::string_view text, place;
    };
    for (const auto& row : {Row{"lapor 3 org dari temajuk ditampung di rumah kosong di sebunga", "61.01.09.2002"},
                            Row{"lapor jalan kaki dr sungai bening arah hutan", "61.01.09.2005"},
                            Row{"lapor 4 org dibawa ke aruk", "61.01.09.2002"},
                            Row{"lapor dari kaliau ke aruk", "61.01.09.2001"},
                            Row{"lapor 5 org asal tebas lewat jalan tikus dkt santaban", "61.01.09.2003"},
                            Row{"lapor di desa sanatab kec sajingan besar kab sambas", "61.01.09.2004"},
                            Row{"lapor di sajingan kecil", "61.01.06.2011"},
                            Row{"lapor di sajingan besar", "61.01.09"},
                            Row{"lapor di krinjing", "16.10.03.2018"},
                            Row{"lapor di suruh tembawang", "61.03.21.2005"},
                            Row{"lapor dekat plbn sungai kelik", "61.05.06"},
                            Row{"lapor di kaliau bukan sebunga", "61.01.09.2001"},
                            Row{"lapor lewat sbunga. kamek takut", "61.01.09.2002"},
                            Row{"lapor dekat nibung paloh", "61.01.08"},
                            Row{"lapor dari laut paloh", "61.01.08.2001"},
                            Row{"lapor ada penampungan di desa galing", "61.01.11"},
                            Row{"lapor ada penampungan di galing", "61.01.11.2010"},
                            Row{"lapor di desa suruh", "61.03.21.2005"},
                            Row{"lapor dari dusun jasa", "61.05.06"},
                            Row{"lapor dekat riam pancarek", "61.01.09"},
                            Row{"lapor di kerinjing lampung selatan", "18.01.16.2008"}}) {
        CAPTURE(row.text);
        CHECK(understood(row.text).place == row.place);
    }
}

TEST_CASE("everyday words are no places") {
    for (const std::string_view text : {"lapor sudah semangat", "lapor sidang di kantor", "lapor rekan saya",
                                        "lapor jasa antar barang", "lapor disuruh pulang", "lapor badai besar"}) {
        CAPTURE(text);
        CHECK(understood(text).place.empty());
    }
}

TEST_CASE("a cat is no town, unless somebody goes there or works there") {
    struct Row {
        std::string_view text, destination;
    };
    for (const auto& row :
         {Row{"lapor kucing sy hilang", ""}, Row{"lapor kasih makan ke kucing saya", ""},
          Row{"lapor 3 ekor kucing masuk rumah", ""}, Row{"lapor ikan nya bau", ""},
          Row{"lapor dibawa ke kucing", "Kuching"}, Row{"lapor kerja di kucing", "Kuching"},
          Row{"lapor kalo nolak kl tidak mau", ""}, Row{"lapor kerja di kl", "Kuala Lumpur"},
          Row{"lapor dibawa ke bau", "Bau"}, Row{"lapor ke bau busuk itu", ""}, Row{"lapor dibawa ke seberang", "MY"},
          Row{"lapor dibawa ke sebelah rumah", ""}, Row{"lapor jam 10 malam waktu malaysia", ""}}) {
        CAPTURE(row.text);
        CHECK(understood(row.text).destination == row.destination);
    }
}

TEST_CASE("here is the sender's village, and so is what an official tells of their people") {
    const std::string village = "61.01.09.2003";
    CHECK(from_village("lapor di desa kami ada 3 org ditampung", village).place == village);
    CHECK(from_village("lapor calo masuk kampung sini", village).place == village);
    CHECK(from_village("lapor 3 org ditampung", village).place.empty());
    CHECK(from_village("lapor 3 org ditampung di sebunga", village).place == "61.01.09.2002");
    CHECK(from_village("lapor warga 2 org berangkat ke arab saudi jalur keluarga", "16.10.03.2018", Role::village_head)
              .place == "16.10.03.2018");
    CHECK(from_village("lapor di desa kami ada calo", "").place.empty());
    CHECK(from_village("lapor 3 org sembunyi blkg rumah sy", village).place == village);
    CHECK(from_village("lapor 6 org nyeberang dari ujung kampung", village).place == village);
}

TEST_CASE("of two villages with one name it is the sender's own") {
    CHECK(from_village("lapor 3 org dari kerinjing", "18.01.16.2008").place == "18.01.16.2008");
    CHECK(from_village("lapor 3 org dari kerinjing", "16.10.03.2018").place == "16.10.03.2018");
}

TEST_CASE("the gate without a name is the one in the sender's district") {
    CHECK(from_village("lapor 5 org dicop pelancong di plbn", "61.01.09.2004").place == "61.01.09.2002");
    CHECK(from_village("lapor 5 org dicop pelancong di plbn entikong", "61.01.09.2004").place == "61.03.21.2003");
    CHECK(from_village("lapor 5 org dicop pelancong di plbn", "61.01.11.2010").place.empty());
    CHECK(from_village("lapor 5 org dicop pelancong di plbn", "").place.empty());
}

TEST_CASE("what happens abroad has a name and no code") {
    const auto reading = understood("report 6 people hiding in house near telok melano", "+601000000031");
    CHECK(reading.place.empty());
    CHECK(reading.place_name == "Telok Melano");
    CHECK(reading.destination == "Telok Melano");
    CHECK(understood("tlg sy dikurung majikan di kuching", "+601000000009").place_name == "Kuching");
    CHECK(understood("tlg sy dikurung di miri, sy dari sambas", "+601000000009").place_name == "Miri");
    CHECK(understood("tiba w4k7mx lundu", "+601000000019").place_name == "Lundu");
    CHECK(understood("lapor calo janji kerja di kuching").place_name.empty());
    CHECK(understood("lapor 3 org jalan kaki dari arah malaysia ke kaliau").destination.empty());
}
