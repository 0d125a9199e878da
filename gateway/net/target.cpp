#include "gateway/net/target.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/pct_string_view.hpp>

namespace jejak::net {
namespace {

namespace urls = boost::urls;

std::optional<std::string> decoded(std::string_view piece, bool plus_is_space) {
    const auto escaped = urls::make_pct_string_view(urls::string_view(piece.data(), piece.size()));
    if (!escaped) return std::nullopt;
    urls::encoding_opts options;
    options.space_as_plus = plus_is_space;
    return escaped->decode(options);
}

}  // namespace

std::optional<std::vector<std::pair<std::string, std::string>>> split_form(std::string_view form) {
    std::vector<std::pair<std::string, std::string>> pairs;
    while (!form.empty()) {
        const auto end = std::min(form.find('&'), form.size());
        const auto piece = form.substr(0, end);
        form.remove_prefix(std::min(end + 1, form.size()));
        if (piece.empty()) continue;
        const auto equals = std::min(piece.find('='), piece.size());
        auto name = decoded(piece.substr(0, equals), true);
        auto value = decoded(piece.substr(std::min(equals + 1, piece.size())), true);
        if (!name || !value) return std::nullopt;
        pairs.emplace_back(std::move(*name), std::move(*value));
    }
    return pairs;
}

std::optional<std::vector<std::pair<std::string, std::string>>> split_query(std::string_view target) {
    const auto mark = std::min(target.find('?'), target.size());
    if (!decoded(target.substr(0, mark), false)) return std::nullopt;
    return split_form(target.substr(std::min(mark + 1, target.size())));
}

std::optional<std::string> origin_form(std::string_view target) {
    if (target.starts_with('/')) return std::string(target);
    const auto url = urls::parse_absolute_uri(urls::string_view(target.data(), target.size()));
    if (!url || (url->scheme_id() != urls::scheme::http && url->scheme_id() != urls::scheme::https))
        return std::nullopt;
    const auto path = url->encoded_target();
    std::string origin(path.data(), path.size());
    if (!origin.starts_with('/')) origin.insert(origin.begin(), '/');
    return origin;
}

}  // namespace jejak::net
