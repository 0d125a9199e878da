#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "gateway/config/profiles.hpp"
#include "protocol/ascii.hpp"
#include "protocol/ensure.hpp"

namespace jejak {
namespace {

/// What a C-octet field holds, without its NUL. source: SMPP 3.4 §5.2.7, §5.2.11
constexpr std::size_t address_range_max = 40, service_type_max = 5;
/// Vendors' own statuses begin above; source: SMPP 3.4 §5.1.3
constexpr std::int64_t status_max = 0xFFFF'FFFF;
constexpr std::int64_t tag_max = 0xFFFF, mask_max = 0xFFFF'FFFF;

constexpr auto language_names =
    std::to_array<std::string_view>({"", "turkish", "spanish", "portuguese", "bengali", "gujarati", "hindi", "kannada",
                                     "malayalam", "oriya", "punjabi", "tamil", "telugu", "urdu"});

/// `key = 0x58`, or a list of such; empty when the key is absent or faulty.
std::vector<std::int64_t> numbers(TableReader& table, std::string_view key, std::int64_t max, std::size_t count_max) {
    const auto* const node = table.any(key);
    if (node == nullptr) return {};
    std::vector<std::int64_t> read;
    bool right = true;
    const auto take = [&](const toml::node& one) {
        const auto number = one.value_exact<std::int64_t>();
        right = right && number && *number >= 0 && *number <= max;
        if (right) read.push_back(*number);
    };
    if (const auto* const list = node->as_array()) {
        for (const auto& one : *list) take(one);
    } else {
        take(*node);
    }
    if (right && read.size() <= count_max) return read;
    char written[sizeof "0xffffffff"];
    std::snprintf(written, sizeof written, "0x%llx", static_cast<long long>(max));
    table.fault(key, std::string(key) + " must be a number from 0 to " + written + ", or a list of at most " +
                         std::to_string(count_max) + ", such as [0x12, 0x02]");
    return {};
}

void read_addresses(TableReader& table, SmppProfile& profile) {
    table.integer("source_ton", profile.source_ton, 0, 6);
    table.integer("source_npi", profile.source_npi, 0, 18);
    table.integer("destination_ton", profile.destination_ton, 0, 6);
    table.integer("destination_npi", profile.destination_npi, 0, 18);
}

void read_languages(TableReader& table, SmppProfile& profile) {
    std::vector<std::string> names;
    table.texts("languages", names);
    if (table.has("languages")) profile.languages.clear();
    for (const auto& name : names) {
        const auto found = std::find(language_names.begin() + 1, language_names.end(), name);
        if (found == language_names.end()) {
            std::string all;
            for (const auto one : language_names) {
                if (!one.empty()) all += (all.empty() ? "\"" : ", \"") + std::string(one) + '"';
            }
            table.fault("languages", "languages names \"" + name + "\", none of " + all);
            return;
        }
        profile.languages.push_back(static_cast<sms::gsm7::Language>(found - language_names.begin()));
    }
}

void read_texts(TableReader& table, SmppProfile& profile) {
    using sms::DefaultAlphabet;
    using Form = sms::LongTexts::Form;
    table.choice<DefaultAlphabet>("default_alphabet", profile.default_alphabet,
                                  {{"gsm7", DefaultAlphabet::gsm7},
                                   {"ascii", DefaultAlphabet::ascii},
                                   {"latin1", DefaultAlphabet::latin1},
                                   {"utf8", DefaultAlphabet::utf8},
                                   {"gsm7-packed", DefaultAlphabet::gsm7_packed}});
    table.boolean("assume_udh", profile.assume_udh);
    table.choice<Form>("long_texts", profile.long_texts,
                       {{"udh8", Form::udh8}, {"udh16", Form::udh16}, {"sar", Form::sar}, {"payload", Form::payload}});
    read_languages(table, profile);
}

/// Words of an operator's own for a state, in either case.
void read_state_words(TableReader& table, std::string_view key, std::vector<std::string>& words) {
    using sms::StateWords;
    std::vector<std::string> written;
    table.texts(key, written);
    if (!table.has(key)) return;
    words.clear();
    for (const auto& one : written) words.push_back(lower_case(one));
    if (words.size() > StateWords::words_max || !std::all_of(words.begin(), words.end(), sms::is_state_word)) {
        table.fault(key, std::string(key) + " is a list of at most " + std::to_string(StateWords::words_max) +
                             " words as receipts have them in stat, without blanks or commas, such as [\"OK\"]");
    }
}

void read_states(TableReader& table, sms::StateWords& words) {
    read_state_words(table, "receipt_delivered", words.delivered);
    read_state_words(table, "receipt_failed", words.failed);
    const auto& failed = words.failed;
    const auto twice = std::find_first_of(failed.begin(), failed.end(), words.delivered.begin(), words.delivered.end());
    const std::string_view key = table.has("receipt_failed") ? "receipt_failed" : "receipt_delivered";
    if (twice != failed.end() && table.has(key)) {
        table.fault(key, "\"" + *twice + "\" is in receipt_delivered and in receipt_failed; keep one");
    }
}

void read_receipts(TableReader& table, SmppProfile& profile) {
    using sms::IdForm;
    auto& dialect = profile.receipt_dialect;
    table.choice<IdForm>(
        "receipt_ids", dialect.ids,
        {{"any", IdForm::any}, {"same", IdForm::same}, {"decimal", IdForm::decimal}, {"hex", IdForm::hexadecimal}});
    read_states(table, dialect.words);
    table.boolean("receipts_unmarked", dialect.unmarked);
    if (const auto pattern = table.text("receipt_pattern")) {
        std::string wrong;
        dialect.pattern = sms::ReceiptPattern::compile(*pattern, wrong);
        if (!dialect.pattern) table.fault("receipt_pattern", "receipt_pattern: " + wrong);
    }
    const std::string_view key = table.has("receipt_pattern") ? "receipt_pattern" : "receipts_unmarked";
    if (dialect.unmarked && dialect.pattern && dialect.pattern->has_no_words() && table.has(key)) {
        table.fault(key,
                    "receipts_unmarked needs a receipt_pattern with words of its own, such as \"msg {id} is {stat}\": "
                    "two words of a person could fit this one");
    }
}

/// "0x14" is that command_status, "close" closes without an answer. Zero would acknowledge what was not stored.
void read_refusal(TableReader& table, std::string_view key, std::optional<smpp::CommandStatus>& answer) {
    const auto written = table.text(key);
    if (!written) return;
    if (*written == "close") {
        answer.reset();
        return;
    }
    std::uint32_t status = 0;
    const char* const end = written->data() + written->size();
    const bool hex = written->starts_with("0x") && written->size() > 2;
    const auto [stop, error] = hex ? std::from_chars(written->data() + 2, end, status, 16)
                                   : std::from_chars_result{end, std::errc::invalid_argument};
    if (error != std::errc{} || stop != end || status == 0) {
        table.fault(
            key, std::string(key) + " must be \"close\" or a command_status other than 0x0 in hex, such as \"0x14\"");
        return;
    }
    answer = static_cast<smpp::CommandStatus>(status);
}

void read_errors(TableReader& table, SmppProfile& profile) {
    using smpp::ErrorClass;
    std::map<std::int64_t, std::string_view> said;
    for (const auto& [key, meaning] :
         {std::pair{"errors_permanent", ErrorClass::permanent}, std::pair{"errors_temporary", ErrorClass::temporary},
          std::pair{"errors_throttle", ErrorClass::throttle}}) {
        for (const auto status : numbers(table, key, status_max, SmppProfile::statuses_max / 4)) {
            const auto [other, fresh] = said.emplace(status, key);
            if (status == 0) {
                table.fault(key, std::string(key) + " holds 0, which is no error: ESME_ROK");
            } else if (!fresh && other->second != key) {
                table.fault(key, std::string(key) + " holds a status that " + std::string(other->second) +
                                     " holds too; keep one");
            } else {
                profile.error_classes[static_cast<std::uint32_t>(status)] = meaning;
            }
        }
    }
    read_refusal(table, "on_queue_full", profile.on_queue_full);
    read_refusal(table, "on_storage_failure", profile.on_storage_failure);
}

void read_bind(TableReader& table, SmppProfile& profile) {
    const auto version = table.integer("interface_version", 0, 0xFF);
    if (version && *version != 0x33 && *version != 0x34 && *version != 0x50) {
        table.fault("interface_version", "interface_version must be 0x33, 0x34 or 0x50: SMPP 3.3, 3.4 or 5.0");
    } else if (version) {
        profile.interface_version = static_cast<std::uint8_t>(*version);
    }
    table.boolean("tlvs_always", profile.tlvs_always);
    table.text("address_range", profile.address_range, address_range_max);
    table.integer("address_range_ton", profile.address_range_ton, 0, 6);
    table.integer("address_range_npi", profile.address_range_npi, 0, 18);
}

void read_validity(TableReader& table, SmppProfile& profile) {
    using Validity = SmppProfile::Validity;
    table.choice<Validity>(
        "validity", profile.validity,
        {{"relative", Validity::relative}, {"absolute", Validity::absolute}, {"none", Validity::none}});
}

void read_queries(TableReader& table, SmppProfile& profile) {
    using Query = SmppProfile::Query;
    table.choice<Query>("query_sm", profile.query, {{"no", Query::none}, {"reference", Query::reference}});
    table.boolean("resend_unknown", profile.resend_unknown);
    if (profile.resend_unknown && profile.query == Query::none) {
        table.fault("resend_unknown",
                    "resend_unknown needs query_sm = \"reference\": without asking, nobody knows what was taken");
    }
}

void read_operations(TableReader& table, std::string_view key, ussd::Operations& operations, bool needed) {
    const auto written = numbers(table, key, 0xFF, ussd::Operations::count_max);
    if (!table.has(key)) return;
    operations = {};
    for (const auto one : written) operations.add(static_cast<std::uint8_t>(one));
    if (needed && table.any(key)->is_array() && table.any(key)->as_array()->empty())
        table.fault(key, std::string(key) + " is empty: no session could go on");
}

/// `"its_session_info"`, `"user_message_reference"`, `"phone"`, or the number of a vendor's parameter.
void read_session(TableReader& table, ussd::SmppProfile& ussd) {
    using smpp::Tag;
    const auto before = ussd.session;
    const auto* const node = table.any("ussd_session");
    if (node != nullptr && node->is_integer()) {
        if (const auto tag = table.integer("ussd_session", 1, tag_max)) ussd.session = static_cast<Tag>(*tag);
    } else {
        table.choice<std::optional<Tag>>("ussd_session", ussd.session,
                                         {{"its_session_info", Tag::its_session_info},
                                          {"user_message_reference", Tag::user_message_reference},
                                          {"phone", std::nullopt}});
    }
    if (ussd.session != before) ussd.session_mask.reset();  // that was another parameter's
    table.integer("ussd_end_bit", ussd.end_bit, 0, mask_max);
    if (const auto mask = table.integer("ussd_session_mask", 1, mask_max))
        ussd.session_mask = static_cast<std::uint32_t>(*mask);
}

void read_ussd(TableReader& table, SmppProfile& profile) {
    auto& ussd = profile.ussd_profile;
    read_operations(table, "ussd_begin", ussd.begin, true);
    read_operations(table, "ussd_input", ussd.input, true);
    read_operations(table, "ussd_end", ussd.end, false);
    table.integer("ussd_ask", ussd.ask, 0, 0xFF);
    table.integer("ussd_last", ussd.last, 0, 0xFF);
    read_session(table, ussd);
    table.text("ussd_service_type", profile.ussd_service_type, service_type_max);
}

}  // namespace

void read_profile_keys(TableReader& table, SmppProfile& profile) {
    read_addresses(table, profile);
    read_texts(table, profile);
    read_receipts(table, profile);
    read_errors(table, profile);
    read_bind(table, profile);
    read_validity(table, profile);
    read_queries(table, profile);
    read_ussd(table, profile);
}

const Profiles::ByName& Profiles::shipped() {
    static const ByName all = [] {
        Faults faults("profiles.toml");
        const ByName none;
        Profiles profiles(none);
        profiles.read(toml::parse(shipped_text), {}, faults);
        ensure(faults.count() == 0);
        return std::move(profiles.own_);
    }();
    return all;
}

const SmppProfile* Profiles::find(std::string_view name) const {
    for (const auto* const all : {&own_, shipped_}) {
        if (const auto found = all->find(name); found != all->end()) return &found->second;
    }
    return nullptr;
}

void Profiles::base(TableReader& table, std::string_view key, SmppProfile& profile) const {
    const auto name = table.text(key);
    if (!name) return;
    if (const auto* const found = find(*name)) {
        profile = *found;
        return;
    }
    std::string all;
    for (const auto* const some : {shipped_, &own_}) {
        for (const auto& [one, its] : *some) all += (all.empty() ? "\"" : ", \"") + one + '"';
    }
    table.fault(key, std::string(key) + " = \"" + *name + "\" names no profile; there are " + all +
                         ", and those of [[profile]] above");
}

void Profiles::read(const toml::table& root, const std::filesystem::path& folder, Faults& faults) {
    Names names("profile", true);
    each_table(root, "profile", faults, [&](const toml::table& one) {
        TableReader table(one, "profile", folder, faults);
        const auto name = names.read(table);
        if (shipped_->contains(name)) {
            table.fault("name", "the profile \"" + name +
                                    "\" is a shipped one; give yours another name, and based_on = \"" + name + '"');
        }
        if (own_.size() == profiles_max) {
            table.fault("name", "there are more than " + std::to_string(profiles_max) + " profiles");
            table.ignore_rest();
            return;
        }
        SmppProfile profile;
        base(table, "based_on", profile);
        read_profile_keys(table, profile);
        table.finish();
        if (!name.empty()) own_.insert_or_assign(name, std::move(profile));
    });
}

void Profiles::read_channel(TableReader& table, SmppProfile& profile) const {
    base(table, "profile", profile);
    read_profile_keys(table, profile);
}

}  // namespace jejak
