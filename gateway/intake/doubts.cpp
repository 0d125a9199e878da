// What may come again after a session or the process ended, and what each number did before.
#include <algorithm>
#include <limits>
#include <utility>

#include "gateway/intake/job.hpp"

namespace jejak::intake {
namespace {

using storage::Column;
using storage::Committed;
using storage::Id;
using storage::Table;
using storage::Unit;

constexpr std::chrono::hours replies_in_doubt{1};  ///< longer than any reply is worth sending
constexpr std::size_t recover_page = 1'000;
constexpr std::size_t recover_messages_max = 200'000;
constexpr std::size_t recover_reports_max = 200'000;  ///< the latest, however old; read in 0.2 s

/// Kept for the alarm that the word of danger raised: a text that would be no report without it.
bool for_alarm_only(const storage::Report& report) {
    const bool told = report.intent == Intent::report || report.intent == Intent::sos ||
                      report.intent == Intent::missing || report.intent == Intent::departed ||
                      report.intent == Intent::register_worker;
    return !told && has(report.flags, understand::Flag::duress);
}

}  // namespace

void Intake::session_ended(const std::vector<Id>& answered) {
    doubt(answered);
    mark_doubts();
}

/// Ids ascend: the oldest stand in front.
void Intake::session_doubted(const std::string& channel, std::uint32_t bind, const std::vector<Id>& answered) {
    auto& known = brought_[way_of(channel, bind)];
    auto all = known ? *known : std::vector<Id>();
    all.insert(all.end(), answered.begin(), answered.end());
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    if (all.size() > doubted_of_one_max) all.erase(all.begin(), all.end() - std::ptrdiff_t{doubted_of_one_max});
    known = std::make_shared<const std::vector<Id>>(std::move(all));
    session_ended(answered);
}

void Intake::session_over(const std::string& channel, std::uint32_t bind) {
    brought_.erase(way_of(channel, bind));
}

void Intake::doubt(const std::vector<Id>& messages) {
    auto& all = doubts_->messages;
    all.insert(all.end(), messages.begin(), messages.end());
    if (all.size() <= doubted_max) return;
    doubt_all_since(
        std::min(clock_() - doubted_back, storage::IdSource::time_of(*std::min_element(all.begin(), all.end()))));
    all.clear();
}

void Intake::doubt_all_since(WallTime since) {
    doubts_->all_since = std::min(since, doubts_->all_since.value_or(since));
}

/// Queued behind everything the session handed over: its rows are there when this runs. False: the store refused, and
/// nothing may be queued before it takes this; it is asked again with the next message.
bool Intake::mark_doubts() {
    if (!doubts_->all_since && doubts_->messages.empty()) return true;
    auto mark = [doubts = doubts_](Unit& unit) {
        if (doubts->all_since) unit.mark_uncertain(*doubts->all_since);
        if (!doubts->messages.empty()) unit.mark_uncertain(doubts->messages);
    };
    const auto queued = std::make_shared<bool>(false);
    auto ended = [this, doubts = doubts_, queued](Committed how) {
        if (!*queued || how == Committed::durable || how == Committed::poisoned) return;
        if (doubts->all_since) doubt_all_since(*doubts->all_since);
        doubt(doubts->messages);
    };
    *queued = store_.submit(mark, {}, std::move(ended));
    if (*queued) doubts_ = std::make_shared<Doubts>();
    return *queued;
}

net::awaitable<void> Intake::recover() {
    const auto last = store_.store().last_message();
    if (last == 0) co_return;
    const auto since = storage::IdSource::time_of(last) - doubted_back;
    auto mark = [since](Unit& unit) {
        unit.mark_uncertain(since);
        unit.mark_replies_uncertain(unit.now() - replies_in_doubt);
    };
    // A store that cannot write yet gets it ahead of the first message.
    if (co_await store_.commit(mark) != Committed::durable) doubt_all_since(since);

    auto fill = [this](storage::View& view) { recall(view); };
    co_await store_.read(fill);
}

/// What each number sent in the last day and was told, and its last report, from the rows.
void Intake::recall(storage::View& view) {
    recall_reports(view);  // first: what is of today goes before it where there is no room for both
    const Id since = storage::IdSource::floor(clock_() - std::chrono::hours(24));
    Id after = since;
    for (std::size_t seen = 0; seen < recover_messages_max;) {
        const auto page = view.messages_after(after, recover_page);
        if (page.empty()) break;
        for (const auto& row : page) {
            if (row.fate == Fate::duplicate || has(row.remarks, sms::Remark::stray_receipt)) continue;
            lanes_.count(row.sender_key, row.received_at);
            budget_.count(source_of(row.channel, row.account), row.received_at);
            const bool unclear = row.fate == Fate::unclear || row.fate == Fate::quarantined;
            if (!unclear) continue;
            const auto text = vault_.open(Table::message, Column::text, row.id, row.text);
            lanes_.note_answer(row.sender_key, text ? text->reveal() : "", {}, true, row.received_at);
        }
        after = page.back().id;
        seen += page.size();
    }
    after = since;
    for (auto page = view.reply_ids_after(after, recover_page); !page.empty();
         page = view.reply_ids_after(page.back(), recover_page)) {
        for (const auto id : page) budget_.spent(storage::IdSource::time_of(id));
    }
}

/// The latest of each number: STATUS without a code is of that one.
void Intake::recall_reports(storage::View& view) {
    Id before = std::numeric_limits<Id>::max();
    for (std::size_t seen = 0; seen < recover_reports_max;) {
        const auto page = view.reports_before(before, recover_page);
        if (page.empty()) return;
        for (const auto& row : page) {
            if (for_alarm_only(row)) continue;
            if (lanes_.last_report(row.sender_key) == 0) lanes_.note_report(row.sender_key, row.message);
        }
        before = page.back().id;
        seen += page.size();
    }
}

}  // namespace jejak::intake
