#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/understand/pack/form.hpp"
#include "gateway/understand/pack/ussd.hpp"
#include "gateway/understand/reading.hpp"

namespace jejak::understand {

/// One fault of a pack, for the person who edits it.
struct PackFault {
    std::string file;  ///< "words.toml"
    unsigned line = 0;
    std::string message;  ///< what is wrong and what would be right
};

/// A place of the pack: an administrative area or an official gate. Informal names belong to a private overlay.
struct Place {
    std::string code;  ///< Kemendagri; a gate has the code of its village
    std::string name;
    double latitude = 0, longitude = 0;
    bool gate = false;
};

/// What a village says and hears, loaded and checked: an immutable value, shared by whoever reads texts.
class Pack {
public:
    /// Reads every TOML file of the folder. Empty when `faults` has any.
    static std::shared_ptr<const Pack> load(const std::filesystem::path& folder, std::vector<PackFault>& faults);
    /// What only lint asks: every example understood as stated, replies within budget, no ambiguous keyword.
    std::vector<PackFault> lint() const;
    /// The part of it that is about what people are told: too long, untranslated, or saying what endangers its reader.
    /// A pack with such a fault is not put to use.
    std::vector<PackFault> lint_sayings() const;

    /// The most specific place of that code, trying shorter prefixes; null when the pack has none.
    const Place* place(std::string_view code) const;
    /// `name` is that of a place or a destination of the pack, or a country's code: what may be told of a journey. Free
    /// text is none.
    bool knows_place(std::string_view name) const;
    /// "Sajingan Besar" for "61.01.09.2002"; the code's own district.
    const Place* district_of(std::string_view code) const;

    /// The reply of that name with `{field}`s filled in; the name itself must exist (loading proves it). A language the
    /// reply is not written in means the pack's own.
    std::string reply(std::string_view name, const std::vector<std::pair<std::string_view, std::string>>& fields = {},
                      std::string_view language = {}) const;

    /// "departure" for unofficial_land_route and unofficial_port, and so on: what counts as one event.
    std::string_view group_of(Category category) const;

    /// CAP triple for a kind of alert. source: the pack's rules.toml
    struct AlertRule {
        std::string urgency, severity, certainty;
    };
    const AlertRule& alert_rule(AlertKind kind) const;

    /// Reports of one group and village within this time of the incident's last are one event.
    std::chrono::minutes incident_window() const;
    /// A published alert changes at most this often.
    std::chrono::seconds update_interval() const;

    /// In that language, else in the pack's own.
    std::string_view say(const Localised& text, std::string_view language = {}) const;
    /// Null when the pack has no such form.
    const Form* form(std::string_view name) const;
    /// The form a report of that intent fills in; null when there is none.
    const Form* form_for(Intent intent) const;
    /// The menu people walk by USSD; empty when the pack has none.
    const UssdTexts& ussd() const;
    /// The languages people are answered in; the first is the pack's own.
    const std::vector<std::string>& languages() const;

    /// The village's word for a form's field: "tanggal" for field_label("register", "date"); the field itself when
    /// unknown.
    std::string_view field_label(std::string_view form, std::string_view field) const;

    /// Minutes east of UTC where a sender lives, by country prefix; the pack's own zone for everybody else.
    std::chrono::minutes utc_offset_of(std::string_view msisdn) const;
    std::string_view name() const;
    std::string_view version() const;

    struct Data;
    explicit Pack(std::unique_ptr<const Data> data);
    ~Pack();
    const Data& data() const { return *data_; }

private:
    std::unique_ptr<const Data> data_;
};

}  // namespace jejak::understand
