#include "gateway/channel/server/bind_guard.hpp"

#include <algorithm>

namespace jejak::channel {
namespace {

namespace ip = boost::asio::ip;

std::string pair_of(const std::string& name, const std::string& address) {
    return name + '\n' + address;
}

}  // namespace

std::string subscriber_of(const ip::address& address) {
    if (address.is_v4()) return address.to_string();
    auto octets = address.to_v6().to_bytes();
    if (address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6()).to_string();
    std::fill(octets.begin() + 8, octets.end(), static_cast<unsigned char>(0));
    return ip::address_v6(octets).to_string();
}

BindGuard::Record* BindGuard::Memory::find(const std::string& name) {
    const auto found = places_.find(name);
    return found == places_.end() ? nullptr : &found->second->second;
}

BindGuard::Record& BindGuard::Memory::touch(const std::string& name) {
    if (const auto found = places_.find(name); found != places_.end()) {
        order_.splice(order_.end(), order_, found->second);
        return found->second->second;
    }
    if (order_.size() == size_max_) {
        places_.erase(order_.front().first);
        order_.pop_front();
    }
    const auto place = order_.emplace(order_.end(), name, Record{});
    places_.emplace(name, place);
    return place->second;
}

void BindGuard::Memory::forget(const std::string& name) {
    const auto found = places_.find(name);
    if (found == places_.end()) return;
    order_.erase(found->second);
    places_.erase(found);
}

std::chrono::milliseconds BindGuard::delay(std::uint32_t refusals) const {
    auto delay = limits_.first;
    for (std::uint32_t i = 1; i < refusals && delay < limits_.longest; ++i) delay *= 2;
    return std::min(delay, limits_.longest);
}

SteadyTime BindGuard::turn(const ip::address& address, SteadyTime now) {
    auto* const record = addresses_.find(subscriber_of(address));
    if (record == nullptr || now - record->last >= forgotten_after) return now;
    if (record->not_before > now) return record->not_before;
    record->not_before = now + delay(record->refusals);  // taken: whoever stands behind waits as long as it did
    return now;
}

SteadyTime BindGuard::blame(Record& record, SteadyTime now) const {
    if (now - record.last >= forgotten_after) record = {};
    if (record.refusals < 64) ++record.refusals;
    record.last = now;
    record.not_before = std::max(record.not_before, now + delay(record.refusals));
    return record.not_before;
}

SteadyTime BindGuard::refused(const ip::address& address, const std::string& name, bool ours, SteadyTime judged) {
    auto& names = ours ? accounts_ : strangers_;
    const auto due = blame(names.touch(name), judged);
    auto& record = addresses_.touch(subscriber_of(address));
    return record.not_before = std::max(due, blame(record, judged));
}

void BindGuard::accepted(const ip::address& address) {
    addresses_.forget(subscriber_of(address));
}

std::unique_ptr<BindGuard::Check> BindGuard::check(const ip::address& address, const std::string& name) {
    const auto [at, fresh] = checking_.insert(pair_of(name, subscriber_of(address)));
    return fresh ? std::make_unique<Check>(*this, *at) : nullptr;
}

BindGuard::Check::~Check() {
    guard_.checking_.erase(pair_);
}

}  // namespace jejak::channel
