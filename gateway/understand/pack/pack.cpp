#include "gateway/understand/pack/pack.hpp"

#include <algorithm>

#include "gateway/understand/pack/data.hpp"
#include "protocol/ensure.hpp"

namespace jejak::understand {

Pack::Pack(std::unique_ptr<const Data> data) : data_(std::move(data)) {}
Pack::~Pack() = default;

const Place* Pack::place(std::string_view code) const {
    while (!code.empty()) {
        if (const auto found = data_->place_by_code.find(code); found != data_->place_by_code.end()) {
            return &data_->places[found->second];
        }
        const auto dot = code.rfind('.');
        code = dot == code.npos ? std::string_view{} : code.substr(0, dot);
    }
    return nullptr;
}

bool Pack::knows_place(std::string_view name) const {
    if (name.empty()) return false;
    const auto abroad = [name](const Destination& one) { return one.name == name || one.country == name; };
    const auto here = [name](const Place& one) { return one.name == name; };
    return std::any_of(data_->destinations.begin(), data_->destinations.end(), abroad) ||
           std::any_of(data_->places.begin(), data_->places.end(), here);
}

const Place* Pack::district_of(std::string_view code) const {
    constexpr std::size_t district_length = 8;  // "61.01.09"
    if (code.size() < district_length) return nullptr;
    const auto found = data_->place_by_code.find(code.substr(0, district_length));
    return found == data_->place_by_code.end() ? nullptr : &data_->places[found->second];
}

std::string Pack::reply(std::string_view name, const std::vector<std::pair<std::string_view, std::string>>& fields,
                        std::string_view language) const {
    const auto found = data_->replies.find(name);
    ensure(found != data_->replies.end());  // the names code asks for are checked when a pack is loaded
    const auto text = say(found->second.text, language);
    std::string filled;
    for (std::size_t at = 0; at < text.size();) {
        const auto open = text.find('{', at);
        const auto close = open == text.npos ? text.npos : text.find('}', open);
        if (close == text.npos) {
            filled.append(text, at);
            break;
        }
        filled.append(text, at, open - at);
        const auto field = text.substr(open + 1, close - open - 1);
        const auto given =
            std::find_if(fields.begin(), fields.end(), [&](const auto& pair) { return pair.first == field; });
        if (given != fields.end()) filled += given->second;
        at = close + 1;
    }
    return filled;
}

std::string_view Pack::group_of(Category category) const {
    return data_->group_of[static_cast<std::size_t>(category)];
}

const Pack::AlertRule& Pack::alert_rule(AlertKind kind) const {
    return data_->alert_rules[static_cast<std::size_t>(kind)];
}

std::chrono::minutes Pack::incident_window() const {
    return data_->incident_window;
}
std::chrono::seconds Pack::update_interval() const {
    return data_->update_interval;
}

std::string_view Pack::say(const Localised& text, std::string_view language) const {
    return data_->say(text, language);
}

const Form* Pack::form(std::string_view name) const {
    const auto found = data_->forms.find(name);
    return found == data_->forms.end() ? nullptr : &found->second;
}

const Form* Pack::form_for(Intent intent) const {
    for (const auto& [name, form] : data_->forms) {
        if (form.intent == intent) return &form;
    }
    return nullptr;
}

const UssdTexts& Pack::ussd() const {
    return data_->ussd;
}

const std::vector<std::string>& Pack::languages() const {
    return data_->languages;
}

std::string_view Pack::field_label(std::string_view form, std::string_view field) const {
    const auto* known = this->form(form);
    const auto* found = known == nullptr ? nullptr : known->field(field);
    return found == nullptr ? field : say(found->label);
}

std::chrono::minutes Pack::utc_offset_of(std::string_view msisdn) const {
    for (const auto& zone : data_->zones) {
        if (msisdn.starts_with(zone.prefix)) return zone.offset;
    }
    return data_->offset;
}

std::string_view Pack::name() const {
    return data_->name;
}
std::string_view Pack::version() const {
    return data_->version;
}

unsigned edits_between(std::string_view left, std::string_view right) {
    constexpr unsigned many = 3;
    if (left.size() > right.size()) std::swap(left, right);
    if (right.size() - left.size() >= many || right.size() > correctable_letters_max) return left == right ? 0 : many;
    std::array<std::array<unsigned, correctable_letters_max + 1>, 3> rows{};
    for (std::size_t j = 0; j <= right.size(); ++j) rows[0][j] = static_cast<unsigned>(j);
    for (std::size_t i = 1; i <= left.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& above = rows[(i - 1) % 3];
        row[0] = static_cast<unsigned>(i);
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const unsigned change = left[i - 1] == right[j - 1] ? 0 : 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
                row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
            }
        }
    }
    return std::min(rows[left.size() % 3][right.size()], many);
}

WordId correct(const Pack::Data& data, const boost::unordered_flat_map<std::string, std::vector<WordId>>& near,
               std::string_view word) {
    if (word.size() > correctable_letters_max) return 0;
    WordId best = 0;
    bool several = false;
    const auto consider = [&](const std::string& key) {
        const auto found = near.find(key);
        if (found == near.end()) return;
        for (const WordId candidate : found->second) {
            if (candidate == best || edits_between(word, data.spelling[candidate]) > 1) continue;
            several = several || best != 0;
            best = candidate;
        }
    };
    std::string key(word);
    consider(key);
    for (std::size_t i = 0; i < word.size(); ++i) {
        key.assign(word.substr(0, i)).append(word.substr(i + 1));
        consider(key);
    }
    return several ? 0 : best;
}

}  // namespace jejak::understand
