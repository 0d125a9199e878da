#pragma once
#include <string>
#include <utility>

namespace jejak {

/// Holds what must never reach a log: a number, a name, a text. There is no operator<< and no formatter for it, so that
/// logging one does not compile; whoever needs the value says so with reveal().
template <class T>
class Sensitive {
public:
    Sensitive() = default;
    explicit Sensitive(T value) : value_(std::move(value)) {}

    const T& reveal() const { return value_; }
    T& reveal() { return value_; }
    bool operator==(const Sensitive&) const = default;

private:
    T value_{};
};

using SensitiveText = Sensitive<std::string>;

}  // namespace jejak
