#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "protocol/smpp/frame.hpp"
#include "tests/support/octets.hpp"
#include "tests/unit/protocol/smpp_vectors.hpp"

using namespace jejak::smpp;
using namespace jejak::tests;
using smpp_vectors::vector;

namespace {

void feed(FrameBuffer& frames, std::span<const std::byte> octets) {
    while (!octets.empty()) {
        const auto space = frames.writable();
        const auto size = std::min(space.size(), octets.size());
        std::copy_n(octets.begin(), size, space.begin());
        frames.commit(size);
        octets = octets.subspan(size);
    }
}

/// Takes what is whole: "sequence:body " each, or "!length:sequence" for an error.
std::string taken(FrameBuffer& frames) {
    std::string all;
    for (;;) {
        const auto next = frames.next();
        if (!next)
            return all + "!" + std::to_string(next.error().command_length) + ":" +
                   std::to_string(next.error().sequence);
        if (!*next) return all;
        all += std::to_string((*next)->header.sequence_number) + ":" + to_hex((*next)->body) + " ";
    }
}

Octets stream_of_vectors() {
    Octets stream;
    for (const auto& one : smpp_vectors::all) {
        if (one.name.substr(0, 3) == "V27") continue;
        const auto pdu = from_hex(one.hex);
        stream.insert(stream.end(), pdu.begin(), pdu.end());
    }
    return stream;
}

Octets header(std::uint32_t length, std::uint32_t sequence = 0x0A0B0C0D) {
    const auto hex = [](std::uint32_t value) {
        std::string text;
        for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[value >> shift & 0xF];
        return text;
    };
    return from_hex(hex(length) + "0000001500000000" + hex(sequence));
}

}  // namespace

TEST_CASE("what comes next is known before it is taken, once it is whole and can be believed") {
    FrameBuffer frames;
    const auto pdu = vector("V14");
    feed(frames, std::span(pdu).first(15));
    CHECK_FALSE(frames.head());
    feed(frames, std::span(pdu).subspan(15, pdu.size() - 16));
    CHECK_FALSE(frames.head());
    feed(frames, std::span(pdu).last(1));
    REQUIRE(frames.head());
    CHECK(frames.head()->sequence_number == 11);
    CHECK(frames.head()->command_id == 4);
    CHECK(taken(frames).substr(0, 3) == "11:");
    CHECK_FALSE(frames.head());
    feed(frames, header(15));
    CHECK_FALSE(frames.head());
    CHECK(taken(frames) == "!15:0");
    CHECK_FALSE(frames.head());
}

TEST_CASE("F1: a stream split at every offset, or into single octets, gives the same PDUs", "[F1]") {
    const auto stream = stream_of_vectors();
    FrameBuffer unsplit;
    feed(unsplit, stream);
    const auto expected = taken(unsplit);
    REQUIRE(std::count(expected.begin(), expected.end(), ':') == 29);

    for (std::size_t at = 0; at <= stream.size(); ++at) {
        FrameBuffer frames;
        feed(frames, std::span(stream).first(at));
        auto got = taken(frames);
        feed(frames, std::span(stream).subspan(at));
        got += taken(frames);
        REQUIRE(got == expected);
    }

    FrameBuffer frames;
    std::string got;
    for (const auto& octet : stream) {
        feed(frames, {&octet, 1});
        got += taken(frames);
    }
    CHECK(got == expected);
}

TEST_CASE("F2: many PDUs in one segment come in order, the last partial one stays", "[F2]") {
    const auto count = GENERATE(2u, 3u, 100u, 500u);
    Octets stream;
    std::string expected;
    for (unsigned sequence = 1; sequence <= count; ++sequence) {
        const auto pdu = header(16, sequence);
        stream.insert(stream.end(), pdu.begin(), pdu.end());
        expected += std::to_string(sequence) + ": ";
    }
    const auto last = header(16, 9'999);
    stream.insert(stream.end(), last.begin(), last.begin() + 9);
    FrameBuffer frames;
    feed(frames, stream);
    CHECK(taken(frames) == expected);
    CHECK(frames.pending() == 9);
    feed(frames, std::span(last).subspan(9));
    CHECK(taken(frames) == "9999: ");
    CHECK(frames.pending() == 0);
}

TEST_CASE("F3: less than a header is waited on", "[F3]") {
    const auto pdu = header(16);
    for (std::size_t size = 0; size < 16; ++size) {
        FrameBuffer frames;
        feed(frames, std::span(pdu).first(size));
        CHECK(taken(frames).empty());
        CHECK(frames.pending() == size);
    }
}

TEST_CASE("F4, V27: a command_length below 16 is an error with sequence 0, as soon as it is known", "[F4]") {
    const auto length = GENERATE(0u, 1u, 4u, 8u, 15u);
    const auto size = GENERATE(as<std::size_t>(), 4, 15, 16);
    FrameBuffer frames;
    const auto pdu = header(length);
    feed(frames, std::span(pdu).first(size));
    CHECK(taken(frames) == "!" + std::to_string(length) + ":0");
}

TEST_CASE("F5: a command_length above the limit is an error with the header's sequence, and no memory is taken for it",
          "[F5]") {
    const auto length = GENERATE(70'001u, 0x00100000u, 0x7FFFFFFFu, 0x80000000u, 0xF0000010u, 0xFFFFFFFFu);
    FrameBuffer frames;
    feed(frames, header(length, 42));
    CHECK(taken(frames) == "!" + std::to_string(length) + ":42");
    CHECK(frames.writable().size() <= FrameBuffer::size_normal);
}

TEST_CASE("F5: the longest PDU allowed is taken, and the smaller limit holds until it is raised", "[F5]") {
    const auto whole = header(70'000, 5);
    FrameBuffer frames;
    feed(frames, whole);
    const Octets body(70'000 - 16, std::byte{0x55});
    feed(frames, body);
    CHECK(taken(frames) == "5:" + to_hex(body) + " ");

    FrameBuffer unbound(1'024);
    CHECK(unbound.writable().size() == 1'024);
    feed(unbound, header(1'024, 6));
    feed(unbound, std::span(body).first(1'008));
    CHECK(taken(unbound).substr(0, 2) == "6:");
    unbound.limit(70'000);
    feed(unbound, header(1'025, 7));
    feed(unbound, std::span(body).first(1'009));
    CHECK(taken(unbound).substr(0, 2) == "7:");
    unbound.limit(1'024);
    feed(unbound, header(1'025, 8));
    CHECK(taken(unbound) == "!1025:8");
}

TEST_CASE("F5: memory follows the octets that came, not the length claimed, and goes back after a long PDU", "[F5]") {
    FrameBuffer frames;
    feed(frames, header(70'000, 5));
    CHECK(taken(frames).empty());
    CHECK(frames.writable().size() == FrameBuffer::size_normal - 16);
    const Octets body(70'000 - 16, std::byte{0x55});
    feed(frames, std::span(body).first(FrameBuffer::size_normal));
    CHECK(taken(frames).empty());
    CHECK(frames.writable().size() < 2 * FrameBuffer::size_normal);
    feed(frames, std::span(body).subspan(FrameBuffer::size_normal));
    CHECK(taken(frames).size() == 2 + 2 * body.size() + 1);
    CHECK(frames.writable().size() == FrameBuffer::size_normal);
}

TEST_CASE("F6: a length one octet short of its body makes the next header garbage, which is an error and no crash",
          "[F6]") {
    auto first = vector("V05");
    first[3] = std::byte{0x34};  // one less than its 0x35 octets
    const auto second = vector("V06");
    FrameBuffer frames;
    feed(frames, first);
    feed(frames, second);
    const auto got = taken(frames);
    CHECK(got.find("2:") == 0);
    CHECK(got.find('!') != std::string::npos);
    CHECK(taken(frames) == got.substr(got.find('!')));
}

TEST_CASE("after an error nothing is a PDU any more, whatever comes") {
    FrameBuffer frames;
    feed(frames, header(3));
    CHECK(taken(frames) == "!3:0");
    feed(frames, header(16, 1));
    CHECK(taken(frames) == "!3:0");
    for (int i = 0; i < 100; ++i) feed(frames, Octets(10'000));
    CHECK(taken(frames) == "!3:0");
    CHECK(frames.writable().size() <= FrameBuffer::size_normal);
}

TEST_CASE("whoever lets PDUs pile up untaken loses the stream, not the process") {
    FrameBuffer frames(1'024);
    for (std::uint32_t sequence = 0; sequence < 100; ++sequence) feed(frames, header(16, sequence));
    CHECK(taken(frames) == "!0:0");
}

TEST_CASE("a frame stays where it is while the next ones are taken") {
    FrameBuffer frames;
    feed(frames, vector("V05"));
    feed(frames, vector("V06"));
    const auto first = frames.next();
    REQUIRE((first && *first));
    const auto body = to_hex((*first)->body);
    REQUIRE((frames.next() && !*frames.next()));
    CHECK(to_hex((*first)->body) == body);
}

TEST_CASE("a long run of PDUs in uneven pieces keeps the buffer at its normal size") {
    const auto stream = stream_of_vectors();
    FrameBuffer frames;
    std::size_t at = 0, count = 0;
    for (std::size_t step = 1; count < 20'000; step = step % 3'001 + 7) {
        Octets piece;
        for (std::size_t i = 0; i < step; ++i, at = (at + 1) % stream.size()) piece.push_back(stream[at]);
        const auto space = frames.writable();
        REQUIRE(space.size() <= FrameBuffer::size_normal);
        REQUIRE(space.size() >= FrameBuffer::size_normal / 4);
        feed(frames, piece);
        const auto got = taken(frames);
        REQUIRE(got.find('!') == std::string::npos);
        count += static_cast<std::size_t>(std::count(got.begin(), got.end(), ':'));
    }
}
