// The system's lookup, as this program sees it: names of a test first.
#include <dlfcn.h>
#include <netdb.h>

#include "tests/support/names.hpp"

using jejak::test::Names;

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* wanted, addrinfo** found) {
    static const auto system = reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
    const auto said = node == nullptr ? std::nullopt : Names::answer(node);
    if (!said) return system(node, service, wanted, found);
    *found = nullptr;
    if (said->empty()) return EAI_NONAME;
    auto** last = found;
    for (const auto& address : *said) {
        const int error = system(address.c_str(), service, wanted, last);
        if (error != 0) return error;
        while (*last != nullptr) last = &(*last)->ai_next;
    }
    return 0;
}
