/* Preloaded into a program: who it connects to over the loopback sees it come from an address of its own.
 *
 * All of 127.0.0.0/8 is this machine, so that programs which share it can be told apart by what is between them. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

static int is_loopback(const struct sockaddr *address)
{
    const struct sockaddr_in *known = (const struct sockaddr_in *)address;
    return address->sa_family == AF_INET && ntohl(known->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

static void come_from(int file, const char *own)
{
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    int yes = 1;
    if (getsockname(file, (struct sockaddr *)&from, &size) || from.sin_family != AF_INET || from.sin_port ||
        from.sin_addr.s_addr != htonl(INADDR_ANY) || inet_pton(AF_INET, own, &from.sin_addr) != 1)
        return;
    /* The port is chosen when it connects: otherwise each is one for all it may connect to. */
    setsockopt(file, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    bind(file, (struct sockaddr *)&from, sizeof from);
}

int connect(int file, const struct sockaddr *to, socklen_t size)
{
    static int (*real_connect)(int, const struct sockaddr *, socklen_t);
    const char *own = getenv("OWN_ADDRESS");
    if (!real_connect)
        real_connect = (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "connect");
    if (own && is_loopback(to))
        come_from(file, own);
    return real_connect(file, to, size);
}
