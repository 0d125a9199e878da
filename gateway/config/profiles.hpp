#pragma once
#include <map>
#include <string>
#include <string_view>

#include "gateway/channel/smpp_profile.hpp"
#include "gateway/config/reader.hpp"

namespace jejak {

/// The `[[profile]]` tables and the shipped profiles, for channels to name. source: config_profile.cpp
class Profiles {
public:
    static constexpr std::size_t profiles_max = 1'000;

    /// A profile may be based on a shipped one, or on one above it in the file.
    void read(const toml::table& root, const std::filesystem::path& folder, Faults& faults);
    /// `profile = "NAME"` of a channel, and the keys it overrides.
    void read_channel(TableReader& table, SmppProfile& profile) const;

private:
    std::optional<SmppProfile> find(std::string_view name) const;
    void base(TableReader& table, std::string_view key, SmppProfile& profile) const;

    std::map<std::string, SmppProfile, std::less<>> own_;
};

/// The keys of a profile, in whichever table they stand.
void read_profile_keys(TableReader& table, SmppProfile& profile);

}  // namespace jejak
