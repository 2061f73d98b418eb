/* What fan-out is compared with: a bare loop of send() over as many sockets.

   It prints its port, takes N connections and says "ready". Then for every line SIZE with SIZE bytes behind it on
   standard input it sends these bytes to each connection, and prints how many nanoseconds the loop took.

   Usage: bare N */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static long long now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}

int main(int count, char **words) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001u)};
    socklen_t length = sizeof here;
    int many = count > 1 ? atoi(words[1]) : 0, listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1, size;
    int *all = calloc(many + 1, sizeof *all);
    static char bytes[65536];
    if (bind(listener, (struct sockaddr *)&here, length) || listen(listener, 4096)) { perror("listen"); return 1; }
    getsockname(listener, (struct sockaddr *)&here, &length);
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    for (int index = 0; index < many; index++) {
        if ((all[index] = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) < 0) { perror("accept"); return 1; }
        setsockopt(all[index], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    puts("ready");
    fflush(stdout);
    while (scanf("%d", &size) == 1 && getchar() == '\n' && size <= (int)sizeof bytes &&
           fread(bytes, 1, size, stdin) == (size_t)size) {
        long long began = now(), failed = 0;
        for (int index = 0; index < many; index++)
            if (send(all[index], bytes, size, MSG_NOSIGNAL) != size) failed++;
        printf("%lld %lld\n", now() - began, failed);
        fflush(stdout);
    }
    return 0;
}
