#include <catch2/catch.hpp>

#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/ussd/screen.hpp"
#include "protocol/ussd/paging.hpp"
#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

TEST_CASE("every question that can be skipped shows the key for it, in every language of both packs, on one screen") {
    struct Row {
        const Pack& pack;
        std::string language, skip;
    };
    for (const auto& row : {Row{sambas(), "id", "00 Tidak tahu"}, Row{sambas(), "en", "00 Don't know"},
                            Row{*tests::batam(), "id", "00 Tidak tahu"}, Row{*tests::batam(), "en", "00 Don't know"}}) {
        for (const auto& item : row.pack.data().ussd.root.items) {
            const auto* form = item.form.empty() ? nullptr : row.pack.form(item.form);
            if (form == nullptr) continue;
            for (const auto& name : item.fields) {
                const auto* field = form->field(name);
                REQUIRE(field != nullptr);
                MenuState state;
                state.language = row.language;
                state.path = {static_cast<std::size_t>(&item - row.pack.data().ussd.root.items.data())};
                state.field = name;
                const auto pages = pages_of(row.pack, state, villager());
                CAPTURE(row.language, form->name, name);
                for (const auto& page : pages) {
                    CHECK(ussd::fits(page));
                    CHECK((page.find('\n' + row.skip + '\n') != page.npos) == !field->required);
                }
                CHECK((pages.size() == 1 || field->type == "place"));
            }
        }
    }
}

TEST_CASE("who does not know when says so, and nothing is under way because of it") {
    auto step = open_menu(sambas(), villager());
    for (const auto* key : {"1", "3", "00", "sebunga"}) step = press(sambas(), step.state, key, villager());
    CHECK(step.screen == "Kapan?\n1 Sekarang\n2 Tadi malam\n3 Hari ini\n4 Sebelumnya\n00 Tidak tahu\n0 Kembali");
    step = press(sambas(), step.state, "00", villager());
    CHECK(step.closing == Closing::thanks);
    const auto reading = reading_of(sambas(), step.state, villager());
    CHECK_FALSE(reading.when.now);
    CHECK_FALSE(has(reading.flags, Flag::imminent));
}
