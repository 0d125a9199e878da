#pragma once
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "protocol/dialect/dialect.hpp"
#include "protocol/dialect/form.hpp"

namespace boost::json {
class object;
}

namespace jejak::dialect {

/// The fields of one message, from a form, a query or a JSON object; and the first thing that is wrong with them.
/// Asking goes on after a fault, with empty values, so that a reader states its fields once, from top to bottom.
class Record {
public:
    Record() = default;
    /// `where` stands before names in refusals: `results[2].`
    explicit Record(Fields fields, std::string where = {}) : fields_(std::move(fields)), where_(std::move(where)) {}
    /// Strings as they are, numbers and truth values as JSON spells them; null is absent; the rest are of a wrong type.
    static Record of(const boost::json::object& object, std::string where = {});
    /// What a request says: the query of a GET, the object of a JSON body, else the form in the body. Empty when
    /// the body claims to be JSON and is no object.
    static std::optional<Record> of(const HttpRequest& request);

    const Fields& fields() const { return fields_; }
    bool has(std::string_view name) const;
    /// In UTF-8. `what` says what the field is for, to whoever left it out.
    std::string_view required(std::string_view name, std::string_view what);
    /// Absent is empty. In UTF-8.
    std::string_view optional(std::string_view name);
    /// Required, but any octets: what a person typed is read as well as can be.
    std::string_view text(std::string_view name);
    /// Says what is wrong with a field, unless something was wrong before.
    void fault(std::string_view name, std::string_view wrong);

    /// The message these fields make up, unless one of them was wrong.
    const std::optional<Refusal>& refusal() const { return refusal_; }

private:
    std::optional<std::string_view> find(std::string_view name);

    Fields fields_;
    std::set<std::string, std::less<>> wrong_type_;
    std::string where_;
    std::optional<Refusal> refusal_;
};

/// True for a content type of that name, whatever its parameters and case.
bool has_content_type(const HttpRequest& request, std::string_view type);

/// One message's parts as a request spells them, to be made an InboundText.
struct Heard {
    std::string_view from, to;
    std::string_view text;  ///< octets, meant to be UTF-8
    std::string_view id;
    std::optional<WallTime> sent_at;
};
sms::InboundText inbound_text(const Heard& heard, std::string_view country_code);

/// An id for a message that came without one: a digest of what a provider repeats when it tries again, SHA-256 in
/// hexadecimal.
std::string content_id(std::initializer_list<std::string_view> pieces);

/// `2013-11-21 15:27:30` or any RFC 3339 moment; without an offset it is UTC. Empty when it is no time.
std::optional<WallTime> read_time(std::string_view text);

}  // namespace jejak::dialect
