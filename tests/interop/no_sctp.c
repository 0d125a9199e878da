/* For osmo-msc on a kernel without SCTP, loaded by LD_PRELOAD: it would end because one of its listeners cannot be
 * opened, though its SMPP side needs TCP alone. Sockets asked of SCTP become TCP sockets that nobody speaks to. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { sctp = 132, bindx_add = 100 }; /* source: RFC 9260 §16, linux/sctp.h SCTP_SOCKOPT_BINDX_ADD */

int socket(int domain, int type, int protocol) {
    int (*const real)(int, int, int) = (int (*)(int, int, int))dlsym(RTLD_NEXT, "socket");
    if (protocol != sctp) return real(domain, type, protocol);
    return real(domain, SOCK_STREAM | (type & (SOCK_CLOEXEC | SOCK_NONBLOCK)), IPPROTO_TCP);
}

int setsockopt(int fd, int level, int name, const void* value, socklen_t size) {
    int (*const real)(int, int, int, const void*, socklen_t) =
        (int (*)(int, int, int, const void*, socklen_t))dlsym(RTLD_NEXT, "setsockopt");
    if (level != sctp) return real(fd, level, name, value, size);
    if (name != bindx_add || size < sizeof(struct sockaddr_in)) return 0;
    return bind(fd, value, sizeof(struct sockaddr_in)); /* the first of the addresses; osmo-msc gives one */
}
