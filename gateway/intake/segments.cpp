// Long texts: their parts as they come, and what becomes of those that stay incomplete.
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "gateway/intake/job.hpp"

namespace jejak::intake {
namespace {

using casework::Handled;
using casework::ReplyRoute;
using casework::Subject;
using sms::Remark;
using storage::Assembly;
using storage::Column;
using storage::Committed;
using storage::Id;
using storage::Table;
using storage::Unit;

constexpr std::size_t overdue_page = 64;  ///< stand before a new message in the store's queue

}  // namespace

void Intake::store_part(Unit& unit, Job& job, storage::Message& row) {
    using How = PartOutcome::How;
    const auto outcome = assembler_.add(unit, row.id, job.scope, row.sender_key, job.text);
    if (outcome.how == How::repeated) return store_repeat(unit, job, row, outcome.first);
    if (outcome.how == How::alone) return store_alone(unit, job, row);
    if (outcome.total_differs) row.remarks = row.remarks | Remark::total_differs;
    row.fate = Fate::waiting_segments;
    row.assembly = outcome.assembly;
    unit.add(row);
    job.accepted.handled.fate = Fate::waiting_segments;
    if (outcome.joined) join(unit, job, *outcome.joined);
}

/// More is open than its sender or its channel may have: the part is read as a text of its own.
void Intake::store_alone(Unit& unit, Job& job, storage::Message& row) {
    auto text = job.text;
    text.segment.reset();
    row.remarks = row.remarks | Remark::stray_segment;
    if (row.raw.empty() && keeps_raw(text)) {
        row.raw = vault_.seal(Table::message, Column::raw, row.id, as_text(text.raw));
    }
    act(unit, job, row.id, false, text.text.reveal());
    row.remarks |= remarks_of(job.subject, job.accepted.handled);
    row.fate = job.accepted.handled.fate;
    unit.add(row);
}

/// The last part came: the text is read again, whole, and all its parts share one fate.
void Intake::join(Unit& unit, Job& job, const Joined& joined) {
    const auto lead = joined.assembly.lead;
    const bool answered = joined.assembly.state == Assembly::State::released_partial;
    unit.set_state(joined.assembly.id, Assembly::State::complete);
    act(unit, job, lead, answered, joined.text);
    unit.set_fate(lead, job.accepted.handled.fate);
    const auto taken_back = answered ? static_cast<sms::Remarks>(Remark::partial) : sms::Remarks{};
    const auto added = remarks_of(job.subject, job.accepted.handled);
    if ((taken_back | added) == 0) return;
    if (const auto row = unit.message(lead)) unit.set_remarks(lead, (row->remarks & ~taken_back) | added);
}

/// One turn of release_overdue(): the units and what became of them.
struct Intake::Overdue {
    struct Text {
        storage::Assembly assembly;
        std::string channel;
        Handled handled;
        bool durable = false;
    };
    explicit Overdue(const net::asio::any_io_executor& executor) : over(executor, SteadyTime::max()) {}
    std::vector<Text> texts;
    std::size_t under_way = 0;
    net::asio::steady_timer over;  ///< cancelled when none is
};

net::awaitable<std::vector<std::string>> Intake::release_overdue(
    std::function<ReplyRoute(const std::string&)> route_of) {
    std::vector<std::string> endpoints;
    for (bool more = true; more;) {
        const auto page = std::make_shared<Overdue>(store_.executor());
        auto ask = [&texts = page->texts, now = clock_()](storage::View& view) {
            texts.clear();
            for (auto& assembly : view.assemblies_due(now, overdue_page)) {
                if (auto lead = view.message(assembly.lead)) texts.push_back({assembly, lead->channel, {}, false});
            }
        };
        co_await store_.read(ask);
        release(page, route_of);
        while (page->under_way > 0) co_await page->over.async_wait(net::use_tuple);
        // What the store refused is due again in the next turn, which is not now.
        more = page->texts.size() == overdue_page;
        for (const auto& text : page->texts) {
            more = more && text.durable;
            if (!text.durable) continue;
            endpoints.insert(endpoints.end(), text.handled.endpoints.begin(), text.handled.endpoints.end());
        }
        if (co_await net::stop_requested()) break;
    }
    co_return endpoints;
}

/// A unit each: one that cannot be released holds up no other. `page` lives until the last of them is over.
void Intake::release(const std::shared_ptr<Overdue>& page,
                     const std::function<ReplyRoute(const std::string&)>& route_of) {
    page->under_way = page->texts.size();
    for (auto& text : page->texts) {
        // Taken here, on the loop's thread, where a new pack is put in its place.
        auto apply = [this, &text, route = route_of(text.channel), pack = pack_()](Unit& unit) {
            text.handled = release_partial(unit, text.assembly.id, route, pack);
        };
        auto instead = [&text](Unit& unit) {
            unit.set_fate(text.assembly.lead, Fate::quarantined);
            unit.set_state(text.assembly.id, Assembly::State::closed);
            text.handled = {};
        };
        store_.submit(apply, instead, [page, &text](Committed how) {
            text.durable = how == Committed::durable;
            if (--page->under_way == 0) page->over.cancel();
        });
    }
}

/// What is due of one long text: its first release, another with what came since, or its end.
Handled Intake::release_partial(Unit& unit, Id id, const ReplyRoute& route,
                                std::shared_ptr<const understand::Pack> pack) {
    const auto assembly = unit.assembly_by_id(id);
    if (!assembly || !assembly->open()) return {};
    const auto closes_at = assembly->first_at + assembly_closes_after;
    const bool told = assembly->state == Assembly::State::released_partial && assembly->due_at == closes_at;
    auto handled = told ? Handled{} : read_partial(unit, *assembly, route, std::move(pack));
    if (unit.now() >= closes_at) {
        unit.set_state(id, Assembly::State::closed);
    } else {
        unit.set_state(id, Assembly::State::released_partial, closes_at);
    }
    return handled;
}

/// What is there of one long text, read and acted on as if it were whole, and flagged.
Handled Intake::read_partial(Unit& unit, const Assembly& assembly, const ReplyRoute& route,
                             std::shared_ptr<const understand::Pack> pack) {
    const auto lead = unit.message(assembly.lead);
    if (!lead) return {};
    Subject subject;
    subject.message = lead->id;
    subject.sender.kind = static_cast<sms::Originator::Kind>(lead->sender_kind);
    if (const auto sender = vault_.open(Table::message, Column::sender, lead->id, lead->sender)) {
        subject.sender.address = sender->reveal();
    }
    subject.sender_key = lead->sender_key;
    subject.said_at = lead->received_at;
    subject.text = assembler_.join(unit, assembly).text;
    subject.pack = std::move(pack);
    subject.route = route;
    if (route.channel == lead->channel) subject.route.account = lead->account;
    subject.may_ask = false;  // its missing part may say it
    subject.answered = assembly.state == Assembly::State::released_partial;
    const auto source = source_of(lead->channel, lead->account);
    weigh(subject, source, unit.now());
    read_into(subject, lead->received_at);
    auto handled = caseworker_.handle(unit, subject);
    note(subject, source, handled, unit.now());
    unit.set_fate(lead->id, handled.fate);
    unit.set_remarks(lead->id, (lead->remarks | Remark::partial) | remarks_of(subject, handled));
    return handled;
}

}  // namespace jejak::intake
