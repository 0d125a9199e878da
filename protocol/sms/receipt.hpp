#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jejak::sms {

/// The state of a submitted message. source: SMPP 3.4 section 5.2.28
enum class MessageState : std::uint8_t {
    unknown = 0,
    enroute = 1,
    delivered = 2,
    expired = 3,
    deleted = 4,
    undeliverable = 5,
    accepted = 6,
    rejected = 8
};

/// What is known of a message once `heard` came after `known`, in whatever order receipts arrive: unknown < enroute <
/// accepted < a failure < delivered. Of two failures the first stays; what was delivered once stays delivered.
MessageState later_state(MessageState known, MessageState heard);
/// Expired, deleted, undeliverable or rejected.
bool failed(MessageState state);

struct Receipt {
    std::string message_id;
    MessageState state = MessageState::unknown;
    std::string error;  ///< the network's code, as spelt ("000", "21b"); of a parameter "type:code" in decimal
    std::optional<std::uint32_t> submitted, delivered;  ///< sub, dlvrd: messages of a distribution list
    /// By the SMSC's own clock, whose zone it does not tell: never compared with ours.
    std::optional<std::chrono::local_seconds> submit_date, done_date;
};

/// How receipts spell the ids that submit_sm_resp gave. Case and leading zeros never count.
enum class IdForm : std::uint8_t {
    any,         ///< equal, or one hexadecimal and the other decimal, whichever way it fits
    same,        ///< equal
    decimal,     ///< the response in hexadecimal, the receipt in decimal
    hexadecimal  ///< the response in decimal, the receipt in hexadecimal
};

/// An operator's own words for what became of a message, in lower case. They go before those of the appendix.
struct StateWords {
    static constexpr std::size_t words_max = 64, octets_max = 64;  ///< in a list, of a word
    std::vector<std::string> delivered, failed;
};
/// It may stand in StateWords: not empty, not too long, and one word where receipts have one.
bool is_state_word(std::string_view word);

/// An operator's own form of receipt: literal text with fields in braces, as in `{id},{stat},{err}` or
/// `msg {id} is {stat}{*}`. A field ends where the literal after it begins first, before {*} at a blank; nothing is
/// tried twice, so the time is linear in the text whatever it says, which no regular expression with a choice to take
/// back can promise. Blanks match any run of blanks, letters either case.
class ReceiptPattern {
public:
    static constexpr std::size_t spelling_max = 256;

    /// Fields are id, sub, dlvrd, submit_date, done_date, stat, err, text, and * for what is of no use. The first
    /// literal stands at the front of the text; what follows the last one is ignored. `id` and `stat` are needed.
    /// Empty when the spelling is wrong; then `fault` says how, for the person who configures it.
    static std::optional<ReceiptPattern> compile(std::string_view spelling, std::string& fault);

    /// Empty when the text does not fit: `id` and `stat` are one word each, and `stat` is a state's word or a number.
    /// Any two words would do otherwise, and those may be a person's. An `err` of several words is not kept.
    std::optional<Receipt> read(std::string_view text, const StateWords& words = {}) const;

    /// Nothing of its own, no letter and no digit, stands in a text that fits.
    bool has_no_words() const;

private:
    enum class Field : std::uint8_t { none, id, sub, dlvrd, submit_date, done_date, stat, err, text, anything };
    struct Token {
        Field field = Field::none;
        std::string literal;  ///< lower case, single blanks; of Field::none
    };
    static Field field_named(std::string_view name);
    std::vector<Token> tokens_;
};

/// How one operator writes receipts.
struct ReceiptDialect {
    IdForm ids = IdForm::any;
    std::optional<ReceiptPattern> pattern;  ///< tried first; the common form is read as well
    StateWords words;
    bool unmarked =
        false;  ///< receipts come with esm_class 0 too: what reads as one, and names a reply of ours, is one
};

/// Reads a receipt's text (`id:… sub:… dlvrd:… submit date:… done date:… stat:… err:… text:…`, keys in any order and
/// case, any of them but id and stat absent, with blanks or commas between). Empty when the text is no receipt: then it
/// is a person's message. A state nobody knows is unknown. `text:` repeats what we sent and is not kept. Linear in the
/// text.
/// source: SMPP 3.4 appendix B
std::optional<Receipt> parse_receipt(std::string_view text, const ReceiptDialect& dialect = {});

/// What a PDU's parameters say of the message a receipt is about. source: SMPP 3.4 sections 5.3.2.12, 35, 31
struct ReceiptParameters {
    std::optional<std::string_view> message_id;           ///< receipted_message_id, with or without its NUL
    std::optional<std::uint8_t> state;                    ///< message_state
    std::optional<std::span<const std::byte>> net_error;  ///< network_error_code: a type and two octets of code
};

/// The receipt in a text and the parameters beside it; each fills what the other leaves out, parameters go first. Empty
/// when they name no message, or when there is a text that is no receipt and no state beside it: a person's words.
std::optional<Receipt> read_receipt(std::string_view text, const ReceiptParameters& parameters,
                                    const ReceiptDialect& dialect = {});

/// Longer ids are compared as they are.
constexpr std::size_t convertible_id_max = 64;

/// An id as ids are compared: ASCII letters in lower case, without leading zeros.
std::string canonical_id(std::string_view id);

/// The canonical ids of submit_sm_resp that a receipt's id may stand for, without repeats; as spelt first, at most
/// three.
std::vector<std::string> submitted_ids(std::string_view receipt_id, IdForm form);

}  // namespace jejak::sms
