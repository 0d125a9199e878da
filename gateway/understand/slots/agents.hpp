#pragma once
#include "gateway/understand/slots/groups.hpp"

namespace jejak::understand {

/// "7 girls … by one lady", "3 cewek dibawa 2 laki", "dijemput sama 2 org": these are who does it, not to whom it is
/// done.
/// others  groups of people have been counted before this one
bool does_it(const Subject& subject, const Group& group, bool others);

/// "4 other girls", "4 orang lain", "2 orang lagi": besides somebody told of before.
bool says_besides(const Subject& subject, const Group& group);

}  // namespace jejak::understand
