/* Presses an HTTP server with requests over kept-alive connections, each waiting for its answer.

   FILE holds the requests, each ended by a zero byte; they are sent one after the other and then from the start.
   Prints: answered COUNT WRONG NANOSECONDS P50 P99 MAX (microseconds); WRONG are those without a 2xx status.

   Usage: press PORT CONNECTIONS MILLISECONDS FILE */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 1024
#define ANSWER_BYTES 16384

struct connection { int fd, size; int64_t sent_at; char answer[ANSWER_BYTES]; };

static struct connection all[MOST];
static int events, port, wrong, count, room;
static char *requests, *next, *end;
static uint32_t *times;

static int64_t now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static void ask(struct connection *one) {
    size_t size = strlen(next);
    one->size = 0;
    one->sent_at = now();
    if (send(one->fd, next, size, MSG_NOSIGNAL) != (ssize_t)size) wrong++;
    next += size + 1;
    if (next >= end) next = requests;
}

static void begin(struct connection *one) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000001u)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
    int yes = 1;
    one->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(one->fd, (struct sockaddr *)&to, sizeof to)) { perror("connect"); exit(1); }
    setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    epoll_ctl(events, EPOLL_CTL_ADD, one->fd, &event);
    ask(one);
}

static int is_whole(struct connection *one) {
    one->answer[one->size] = 0;
    char *body = strstr(one->answer, "\r\n\r\n"), *length = strcasestr(one->answer, "\r\ncontent-length:");
    if (!body) return 0;
    return length && length < body ? one->size >= body + 4 - one->answer + atoi(length + 17) : 1;
}

static void take(struct connection *one) {
    ssize_t size = recv(one->fd, one->answer + one->size, ANSWER_BYTES - 1 - one->size, 0);
    if (size <= 0) {
        wrong++;
        close(one->fd);
        begin(one);
        return;
    }
    one->size += (int)size;
    if (!is_whole(one)) return;
    if (strncmp(one->answer, "HTTP/1.1 2", 10)) {
        if (!wrong++) fprintf(stderr, "%.300s\n", one->answer);
    }
    if (count == room) times = realloc(times, (room = room * 2 + 1024) * sizeof *times);
    times[count++] = (uint32_t)((now() - one->sent_at) / 1000);
    ask(one);
}

static int compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

int main(int words_count, char **words) {
    struct epoll_event ready[MOST];
    if (words_count != 5) return 2;
    port = atoi(words[1]);
    int many = atoi(words[2]);
    FILE *file = fopen(words[4], "rb");
    if (!file || many < 1 || many > MOST) return 2;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    requests = next = malloc(size + 1);
    if (fread(requests, 1, size, file) != (size_t)size) return 2;
    end = requests + size;
    events = epoll_create1(0);
    int64_t began = now(), until = began + atoll(words[3]) * 1000000LL;
    for (int index = 0; index < many; index++) begin(&all[index]);
    while (now() < until) {
        int found = epoll_wait(events, ready, MOST, 100);
        for (int turn = 0; turn < found; turn++) take(ready[turn].data.ptr);
    }
    int64_t took = now() - began;
    qsort(times, count, sizeof *times, compare);
    printf("answered %d %d %lld %u %u %u\n", count, wrong, (long long)took, count ? times[count / 2] : 0,
           count ? times[(int64_t)count * 99 / 100] : 0, count ? times[count - 1] : 0);
    return 0;
}
