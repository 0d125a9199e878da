#pragma once
#include <boost/json/object.hpp>
#include <boost/system/result.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/store.hpp"

/// What the operator's tool may change. The running daemon carries these commands out for it (POST /admin/NAME on its
/// socket, JSON in and out); while it is stopped the tool takes the store's lock and calls the same function.
namespace jejak {

struct AdminCommand {
    std::string name;               ///< "person.add"
    std::string actor;              ///< "cli:root"
    boost::json::object arguments;  ///< may hold a number: never logged
};

struct AdminReply {
    unsigned status = 200;     ///< 400 a faulty argument, 404 no such thing, 409 it is there already
    boost::json::object body;  ///< what was done, or `error` with one line for the operator; without number or text
    std::string endpoint;      ///< the endpoint that has something to deliver now, or empty
};

/// What the commands must know beside the store.
struct AdminContext {
    const storage::Vault& vault;
    std::vector<std::string> endpoints;  ///< configured names
    std::string country_code = "62";     ///< of numbers typed without one
};

/// Names of all commands: person.add, person.remove, person.reply, token.add, token.revoke, endpoint.resume,
/// endpoint.replay, endpoint.test, report.correct, audit.append.
std::span<const std::string_view> admin_commands();

/// The command behind `POST /admin/NAME` with `{"actor": "…", "arguments": {…}}`; or the refusal to answer.
boost::system::result<AdminCommand, AdminReply> parse_admin(std::string_view name, std::string_view body);
/// The body that parse_admin reads.
std::string serialize_admin(const AdminCommand& command);

/// Carries out one command inside a unit, on the writer thread. Whatever changes something appends an audit entry in
/// the same unit; a refusal changes nothing. errors: storage::Error passes through.
AdminReply run_admin(storage::Unit& unit, const AdminContext& context, const AdminCommand& command);

}  // namespace jejak
