#include <boost/json.hpp>
#include <iostream>
#include <map>
#include <string>

#include "protocol/sms/segments.hpp"
#include "protocol/sms/user_data.hpp"
#include "tests/support/octets.hpp"

namespace {

namespace json = boost::json;
using namespace jejak::sms;
using namespace jejak::tests;

const std::map<std::string_view, DefaultAlphabet> alphabets = {{"gsm7", DefaultAlphabet::gsm7},
                                                               {"packed", DefaultAlphabet::gsm7_packed},
                                                               {"ascii", DefaultAlphabet::ascii},
                                                               {"latin1", DefaultAlphabet::latin1}};
const std::map<std::string_view, LongTexts::Form> forms = {
    {"udh8", LongTexts::Form::udh8}, {"udh16", LongTexts::Form::udh16}, {"sar", LongTexts::Form::sar}};

json::object cut(const json::object& asked) {
    LongTexts how;
    how.form = forms.at(asked.at("form").as_string());
    how.zero_means = alphabets.at(asked.at("alphabet").as_string());
    for (const auto& language : asked.at("languages").as_array())
        how.languages.push_back(static_cast<gsm7::Language>(language.to_number<std::uint8_t>()));
    json::array segments;
    for (const auto& segment : segment_text(asked.at("text").as_string(), 1, how)) {
        segments.push_back(
            {{"octets", to_hex(segment.octets)}, {"data_coding", segment.data_coding}, {"udhi", segment.udhi}});
    }
    return {{"segments", segments}};
}

json::object read(const json::object& asked) {
    const auto octets = from_hex(asked.at("octets").as_string());
    const TextRules rules{alphabets.at(asked.at("alphabet").as_string()), false};
    const auto read =
        read_user_data(octets, asked.at("udhi").as_bool(), asked.at("data_coding").to_number<std::uint8_t>(), rules);
    return {{"text", read.text}, {"remarks", read.remarks}};
}

}  // namespace

/// usage: sms_text < LINES.jsonl: cuts a text into parts (`text`, `form`, `alphabet`, `languages`), or reads user data
/// (`octets`, `udhi`, `data_coding`, `alphabet`), one JSON object a line, one answer a line.
int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        const auto asked = json::parse(line).as_object();
        std::cout << json::serialize(asked.contains("text") ? cut(asked) : read(asked)) << '\n';
    }
    return 0;
}
