#include "gateway/understand/learned/analysis.hpp"

#include "gateway/understand/pack/data.hpp"

namespace jejak::understand {
namespace {

Phrases phrases_of(const Pack::Data& data, const Tokens& tokens) {
    auto hits = find_phrases(data, tokens, 0);
    infer(data, tokens, hits);
    return {hits, tokens.list.size()};
}

}  // namespace

bool from_abroad(const Pack::Data& data, std::string_view sender) {
    constexpr std::size_t shortest = 8;
    return sender.size() >= shortest && sender[0] == '+' && !sender.substr(1).starts_with(data.country_code);
}

Analysis::Analysis(const Pack& pack, std::string_view text, const ReadingContext& context)
    : tokens(pack.data(), text),
      command(find_command(pack.data(), tokens, context.explain)),
      phrases(phrases_of(pack.data(), tokens)),
      whole{pack.data(),
            text,
            tokens,
            0,
            phrases,
            context,
            pack.utc_offset_of(context.sender),
            from_abroad(pack.data(), context.sender)},
      rules(make_sense(whole, command)) {}

}  // namespace jejak::understand
