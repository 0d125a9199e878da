#pragma once
#include "gateway/understand/slots/groups.hpp"

namespace jejak::understand {

/// "7 girls … by one lady", "3 cewek dibawa 2 laki", "dijemput sama 2 org": these are who does it, not to whom it is
/// done.
/// others  groups of people have been counted before this one
bool does_it(const Subject& subject, const Group& group, bool others);

/// "saya dipaksa kerja sama 3 perempuan": they are in it with the sender.
bool beside_sender(const Subject& subject, const Group& group);

/// "4 other girls", "4 orang lain", "2 orang lagi": besides somebody told of before.
bool says_besides(const Subject& subject, const Group& group);

}  // namespace jejak::understand
