#pragma once
#include <map>
#include <string>
#include <string_view>

#include "gateway/understand/reading.hpp"

namespace jejak::understand {

/// A text and what must be understood of it. Only what is stated is compared.
struct Example {
    std::string text;
    ReadingContext context;
    std::string file;
    unsigned line = 0;
    /// By key of [[example]], each as comparable() writes it.
    std::map<std::string, std::string, std::less<>> stated;
};

/// What one key of [[example]] holds.
enum class ExampleType : std::uint8_t { text, number, truth, list };
struct ExampleKey {
    std::string_view name;
    ExampleType type = ExampleType::text;
};

/// Everything an example may state of a reading. One list: the loader and lint both walk it.
constexpr ExampleKey example_keys[] = {
    {"intent"},
    {"category"},
    {"second_category"},
    {"people", ExampleType::number},
    {"people_max", ExampleType::number},
    {"children", ExampleType::number},
    {"place"},
    {"place_name"},
    {"time"},
    {"since"},
    {"until"},
    {"now", ExampleType::truth},
    {"past", ExampleType::truth},
    {"destination"},
    {"vehicle"},
    {"plate"},
    {"recruiter"},
    {"recruiter_phone"},
    {"route"},
    {"job"},
    {"visa"},
    {"subject"},
    {"age", ExampleType::number},
    {"amount", ExampleType::number},
    {"currency"},
    {"signs", ExampleType::list},
    {"nationalities", ExampleType::list},
    {"flags", ExampleType::list},
    {"indicators", ExampleType::list},
    {"alerts", ExampleType::list},
    {"ask"},
    {"reference"},
    {"query"},
    {"language"},
    {"correction", ExampleType::truth},
    {"question", ExampleType::truth},
    // of a registration
    {"name"},
    {"nik"},
    {"sex"},
    {"village"},
    {"exit_point"},
    {"minor", ExampleType::truth},
    {"missing", ExampleType::list},
};

/// What a reading says, by key of [[example]]: absent numbers are "0", lists are sorted and joined with ", ", moments
/// are RFC 3339 at `offset`.
std::map<std::string_view, std::string> comparable(const Reading& reading, std::chrono::minutes offset);

/// Sorted, and joined with ", ".
std::string joined_list(std::vector<std::string> words);

}  // namespace jejak::understand
