#pragma once
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <string>
#include <string_view>

namespace jejak::test {

/// What is logged while this lives, in place of where it went before.
class Log {
public:
    Log() : before_(spdlog::default_logger()) {
        spdlog::set_default_logger(
            std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines_)));
    }
    ~Log() { spdlog::set_default_logger(before_); }
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    std::string text() const { return lines_.str(); }
    std::size_t count(std::string_view words) const {
        const auto all = text();
        std::size_t found = 0;
        for (auto at = all.find(words); at != std::string::npos; at = all.find(words, at + 1)) ++found;
        return found;
    }

private:
    std::ostringstream lines_;
    std::shared_ptr<spdlog::logger> before_;
};

}  // namespace jejak::test
