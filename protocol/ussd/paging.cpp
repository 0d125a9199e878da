#include "protocol/ussd/paging.hpp"

#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/utf8.hpp"

namespace jejak::ussd {
namespace {

/// UCS-2 units; a character outside the basic plane takes two.
std::size_t ucs2_units(std::string_view utf8) {
    constexpr char32_t last_of_basic_plane = 0xFFFF;
    std::size_t units = 0;
    for (std::size_t at = 0; at < utf8.size();) {
        const char32_t one = sms::utf8::next(utf8, at);
        units += one != sms::utf8::malformed && one > last_of_basic_plane ? 2u : 1u;
    }
    return units;
}

void append_line(std::string& text, std::string_view line) {
    if (line.empty()) return;
    if (!text.empty()) text += '\n';
    text += line;
}

std::string joined(std::string_view head, const std::vector<std::string>& lines, std::string_view more,
                   std::string_view tail) {
    std::string text(head);
    for (const auto& line : lines) append_line(text, line);
    append_line(text, more);
    append_line(text, tail);
    return text;
}

/// One page with as much of `line` as there is room for.
std::string shortened(const Listing& listing, std::string_view line, std::string_view more) {
    std::string page = cut(joined(listing.head, {}, more, listing.tail));
    std::string kept;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t begin = at;
        sms::utf8::next(line, at);
        kept.append(line.substr(begin, at - begin));
        auto longer = joined(listing.head, {kept}, more, listing.tail);
        if (!fits(longer)) break;
        page = std::move(longer);
    }
    return page;
}

}  // namespace

bool fits(std::string_view utf8) {
    if (utf8.size() > septets_max * 4) return false;
    if (const auto septets = sms::gsm7::septets(utf8)) return *septets <= septets_max;
    return ucs2_units(utf8) <= ucs2_units_max;
}

std::string cut(std::string_view utf8) {
    std::string kept;
    for (std::size_t at = 0; at < utf8.size();) {
        const std::size_t begin = at;
        sms::utf8::next(utf8, at);
        std::string longer = kept + std::string(utf8.substr(begin, at - begin));
        if (!fits(longer)) break;
        kept = std::move(longer);
    }
    return kept;
}

std::vector<std::string> pages(const Listing& listing, std::string_view more, std::string_view spare) {
    const auto whole = joined(listing.head, listing.lines, {}, listing.tail);
    if (fits(whole)) return {whole};
    const auto has_room = [&](const std::string& page) {
        return spare.empty() ? fits(page) : fits(std::string(spare) + '\n' + page);
    };
    std::vector<std::string> done;
    std::vector<std::string> under_way;
    for (std::size_t i = 0; i < listing.lines.size(); ++i) {
        const auto below = i + 1 == listing.lines.size() ? std::string_view{} : more;
        under_way.push_back(listing.lines[i]);
        if (has_room(joined(listing.head, under_way, below, listing.tail))) continue;
        if (under_way.size() == 1) {  // too long for a page of its own
            done.push_back(shortened(listing, under_way.front(), below));
        } else {
            under_way.pop_back();
            done.push_back(joined(listing.head, under_way, more, listing.tail));
            --i;  // it begins the next page
        }
        under_way.clear();
    }
    if (!under_way.empty() || done.empty()) done.push_back(cut(joined(listing.head, under_way, {}, listing.tail)));
    return done;
}

}  // namespace jejak::ussd
