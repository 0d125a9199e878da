#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>
#include <memory>

#include "gateway/tool/store_door.hpp"
#include "gateway/tool/tool.hpp"

namespace jejak::tool {
namespace {

namespace json = boost::json;

struct CorrectOptions {
    std::filesystem::path config;
    std::string report, reason;
    std::optional<std::string> category, place;
    std::optional<std::uint32_t> people;
};

int correct(Console& console, const CorrectOptions& options) {
    json::object arguments{{"report", options.report}, {"reason", options.reason}};
    if (options.category) arguments["category"] = *options.category;
    if (options.place) arguments["place"] = *options.place;
    if (options.people) arguments["people"] = *options.people;
    StoreDoor door(options.config);
    console.out << json::serialize(door.change("report.correct", std::move(arguments))) << '\n';
    return exits::ok;
}

}  // namespace

void add_report(Family family) {
    const auto options = std::make_shared<CorrectOptions>();
    auto* report = family.app.add_subcommand("report", "what was understood of a message");
    report->require_subcommand(1);

    auto* command = report->add_subcommand(
        "correct",
        "puts right what was misunderstood, for good; the alerts of its event follow while nobody else tells of it");
    add_config(*command, options->config);
    command->add_option("report,--report", options->report, "its id, as `export reports` and report.received show it")
        ->required();
    command->add_option("--category", options->category, "recruitment, transport, unofficial_land_route, …");
    command->add_option("--place", options->place, "Kemendagri code, such as 61.01.09.2002; \"\": it names none");
    command->add_option("--people", options->people, "how many; 0: it does not say");
    command->add_option("--reason", options->reason, "why, at least 8 characters; kept in the audit trail")->required();
    command->callback(
        [family, options] { family.chosen = [family, options] { return correct(family.console, *options); }; });
}

}  // namespace jejak::tool
