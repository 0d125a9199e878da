#pragma once
#include <map>
#include <string>
#include <string_view>

#include "gateway/channel/smpp_profile.hpp"
#include "gateway/config/reader.hpp"

namespace jejak {

/// The `[[profile]]` tables and the shipped profiles, for channels to name.
class Profiles {
public:
    static constexpr std::size_t profiles_max = 1'000;
    using ByName = std::map<std::string, SmppProfile, std::less<>>;

    /// Those that every configuration may name. source: profiles.toml, which is part of the program
    static const ByName& shipped();

    Profiles() : shipped_(&shipped()) {}

    /// A profile may be based on a shipped one, or on one above it in the file.
    void read(const toml::table& root, const std::filesystem::path& folder, Faults& faults);
    /// `profile = "NAME"` of a channel, and the keys it overrides.
    void read_channel(TableReader& table, SmppProfile& profile) const;

private:
    explicit Profiles(const ByName& shipped) : shipped_(&shipped) {}

    static const std::string_view shipped_text;

    const SmppProfile* find(std::string_view name) const;
    void base(TableReader& table, std::string_view key, SmppProfile& profile) const;

    const ByName* shipped_;
    ByName own_;
};

/// The keys of a profile, in whichever table they stand.
void read_profile_keys(TableReader& table, SmppProfile& profile);

}  // namespace jejak
