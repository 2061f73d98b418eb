/* A crowd in one process: WebSocket readers, long-pollers, people who clap.

   It is told what to do by lines on standard input and answers each with a line. Between them it reads whatever
   it is sent and answers pings, as browsers do. It ends when its standard input does.

   open N WINDOW AWAIT FILE  open N more connections, WINDOW at a time, each sending the bytes of FILE; AWAIT is
                             "head" (a 101, then frames), "frames" (at once), "nothing" (all is read and forgotten)
                             or "socket.io" (a 101, then its own greeting and pings inside of messages)
                             -> opened OPEN REFUSED NANOSECONDS
   round MS NEEDLE           wait until every connection has had a message with NEEDLE in it
                             -> listening, and then: round COUNT FIRST_AT LAST_AT FRAME_BYTES (monotonic nanoseconds)
   clap MS RATE WINDOW FILE  send the frame in FILE, RATE times a second, or with RATE 0 from WINDOW connections as
                             fast as they are answered; no connection more than 50 times in its life
                             -> clapped SENT ACKED REFUSED NANOSECONDS P50 P99 MAX (microseconds)
   watch EACH NEEDLE         from now on note when one connection of EACH gets a message with a number behind NEEDLE
   sightings FILE            write these, and the time of each clap sent, and forget them; each is nanoseconds in 64 bits,
                             the connection in 32, the number in 32, which is -1 for a clap -> sightings COUNT
   ping MS GAP_US            one connection pings, waits for the pong, pauses -> pinged COUNT P50 P99 MAX
   count                     -> count OPEN TEXT_MESSAGES
   close                     close every connection -> closed

   Usage: crowd PORT */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "answers.h"
#include "commands.h"
#include "sightings.h"

#define MOST 20000
#define CLAPS_EACH 50
#define OPEN_SECONDS 60
#define PER_ADDRESS 5000
enum { CLOSED, CONNECTING, HEAD, JOINING, OPEN };
enum { IDLE, OPENING, ROUND, CLAP, PING };
struct connection { int fd, state, round, given, rest_size; int64_t sent_at; unsigned char *rest; };

static struct connection all[MOST];
static int made, open_now, port, events, mode = IDLE;
static char await_what[16], needle[200], watched[200], bytes[65536];
static int bytes_size, wanted, opening, window, refused, round_now, counted, frame_size;
static int64_t began, until, first_at, last_at, texts, sent, acked, denied, gap, next_ping;
static int next_clapper, rate, watching;

static void complain(const char *text, int size) {
    static int complaints;
    if (!complaints++) fprintf(stderr, "%.*s\n", size > 300 ? 300 : size, text);
}

static void leave(struct connection *one) {
    if (one->state == OPEN) open_now--;
    else if (one->state != CLOSED) { opening--; refused++; }
    if (one->state != CLOSED) close(one->fd);
    one->state = CLOSED;
    one->sent_at = 0;
    free(one->rest);
    one->rest = NULL;
}

static void become_open(struct connection *one) {
    one->state = OPEN;
    opening--;
    open_now++;
}

static void start_one(void) {
    /* Several source addresses, because one has fewer ports than a server may have readers. */
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002u + made / PER_ADDRESS)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000001u)};
    int yes = 1, fd = made < MOST ? socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0) : -1;
    wanted--;
    if (fd < 0) { refused += wanted + 1; wanted = 0; return; }
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct connection *one = &all[made++];
    *one = (struct connection){.fd = fd, .state = CONNECTING};
    opening++;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.u32 = (uint32_t)(one - all)};
    if (bind(fd, (struct sockaddr *)&from, sizeof from) ||
        (connect(fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS)) { leave(one); return; }
    epoll_ctl(events, EPOLL_CTL_ADD, fd, &event);
}

static void connected(struct connection *one) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)(one - all)};
    if (bytes_size && send(one->fd, bytes, bytes_size, MSG_NOSIGNAL) != bytes_size) { leave(one); return; }
    epoll_ctl(events, EPOLL_CTL_MOD, one->fd, &event);
    one->state = HEAD;
    if (*await_what == 'f' || *await_what == 'n') become_open(one);
}

static int send_clap(struct connection *one) {
    if (one->state != OPEN || one->sent_at || one->given >= CLAPS_EACH) return 0;
    one->sent_at = now();
    if (watching) note_sighting(one->sent_at, (int)(one - all), -1);
    one->given++;
    sent++;
    if (send(one->fd, bytes, bytes_size, MSG_NOSIGNAL) != bytes_size) leave(one);
    return 1;
}

static void next_clap(void) {
    for (int tried = 0; tried < made; tried++) {
        struct connection *one = &all[next_clapper];
        next_clapper = (next_clapper + 1) % made;
        if (send_clap(one)) return;
    }
}

/* Socket.IO joins a namespace after its greeting, and pings, in text messages: true when this was one of them. */
static int take_packet(struct connection *one, const unsigned char *text) {
    if (one->state == JOINING && text[0] == '4' && text[1] == '0') become_open(one);
    if (text[0] == '0') return send(one->fd, "\x81\x82\0\0\0\0" "40", 8, MSG_NOSIGNAL) == 8;
    return text[0] == '2' && send(one->fd, "\x81\x81\0\0\0\0" "3", 7, MSG_NOSIGNAL) == 7;
}

static void take_text(struct connection *one, const unsigned char *text, int size, int whole) {
    texts++;
    if (*await_what == 's' && take_packet(one, text)) return;
    if (watching && (one - all) % watching == 0) {
        const char *found = memmem(text, size, watched, strlen(watched));
        if (found) note_sighting(now(), (int)(one - all), atoi(found + strlen(watched)));
    }
    if (mode == ROUND && one->round != round_now && memmem(text, size, needle, strlen(needle))) {
        one->round = round_now;
        last_at = now();
        if (!counted++) first_at = last_at;
        frame_size = whole;
    } else if (mode == CLAP && one->sent_at) {
        if (memmem(text, size, "\"ack\"", 5)) acked++;
        else if (memmem(text, size, "\"refused\"", 9)) denied++;
        else return;
        note_answer(&one->sent_at);
        last_at = now();
        if (!rate && last_at < until && !send_clap(one)) next_clap();
    }
}

static void take_frame(struct connection *one, int kind, unsigned char *payload, int size, int whole) {
    unsigned char pong[6 + 125] = {0x8a, (unsigned char)(0x80 | size)};
    if (kind == 1) take_text(one, payload, size, whole);
    else if (kind == 8) leave(one);
    else if (kind == 9 && size <= 125) {
        memcpy(pong + 6, payload, size);
        if (send(one->fd, pong, 6 + size, MSG_NOSIGNAL) < 0) leave(one);
    } else if (kind == 10 && one->sent_at) {
        note_answer(&one->sent_at);
        next_ping = now() + gap;
    }
}

static void take_frames(struct connection *one, unsigned char *data, int size) {
    while (size >= 2 && one->state >= JOINING) {
        int head = 2, length = data[1] & 127;
        if (length == 127) { complain("a message of more than 64 KiB", 29); leave(one); return; }
        if (length == 126) {
            if (size < 4) break;
            head = 4;
            length = data[2] << 8 | data[3];
        }
        if (size < head + length) break;
        take_frame(one, data[0] & 15, data + head, length, head + length);
        data += head + length;
        size -= head + length;
    }
    if (one->state < JOINING || !size) return;
    one->rest = malloc(size);
    memcpy(one->rest, data, one->rest_size = size);
}

static void read_one(struct connection *one) {
    static unsigned char data[262144];
    int kept = one->rest_size, size, skip = 0;
    if (kept) { memcpy(data, one->rest, kept); free(one->rest); one->rest = NULL; one->rest_size = 0; }
    size = (int)read(one->fd, data + kept, sizeof data - kept);
    if (size <= 0) { if (size == 0 || errno != EAGAIN) leave(one); return; }
    size += kept;
    if (!strcmp(await_what, "nothing")) return;
    if (one->state == HEAD) {
        unsigned char *end = memmem(data, size, "\r\n\r\n", 4);
        if (!end || memcmp(data, "HTTP/1.1 101", 12)) {
            complain((char *)data, size);
            leave(one);
            return;
        }
        skip = (int)(end + 4 - data);
        if (*await_what == 's') one->state = JOINING;
        else become_open(one);
    }
    take_frames(one, data + skip, size - skip);
}

static void read_bytes(const char *path) {
    FILE *file = fopen(path, "rb");
    bytes_size = file ? (int)fread(bytes, 1, sizeof bytes, file) : 0;
    if (file) fclose(file);
}

static void obey(char *line) {
    char path[1000] = "";
    int ms = 0, pause_us = 0;
    began = now();
    if (sscanf(line, "open %d %d %15s %999s", &wanted, &window, await_what, path) == 4) {
        read_bytes(path);
        mode = OPENING; refused = 0; until = began + OPEN_SECONDS * 1000000000LL;
    } else if (sscanf(line, "round %d %199[^\n]", &ms, needle) == 2) {
        mode = ROUND; round_now++; counted = 0; first_at = last_at = 0;
        puts("listening");
    } else if (sscanf(line, "clap %d %d %d %999s", &ms, &rate, &window, path) == 4) {
        read_bytes(path);
        mode = CLAP; sent = acked = denied = 0; answers_count = 0; last_at = began; until = began + ms * 1000000LL;
        for (int turn = 0; !rate && turn < window; turn++) next_clap();
    } else if (sscanf(line, "ping %d %d", &ms, &pause_us) == 2) {
        mode = PING; answers_count = 0; gap = pause_us * 1000LL; next_ping = began;
    } else if (sscanf(line, "watch %d %199[^\n]", &watching, watched) == 2) {
        puts("watching");
    } else if (sscanf(line, "sightings %999s", path) == 1) {
        write_sightings(path);
    } else if (!strcmp(line, "count")) {
        printf("count %d %lld\n", open_now, (long long)texts);
    } else if (!strcmp(line, "close")) {
        for (int index = 0; index < made; index++) leave(&all[index]);
        made = next_clapper = 0;
        puts("closed");
    } else printf("unknown %s\n", line);
    if (ms) until = began + ms * 1000000LL;
}

static void go_on(void) {
    int64_t at = now();
    if (mode == OPENING) {
        while (wanted && opening < window) start_one();
        if ((wanted || opening) && at < until) return;
        printf("opened %d %d %lld\n", open_now, refused + opening, (long long)(at - began));
    } else if (mode == ROUND) {
        if (counted < open_now && at < until) return;
        printf("round %d %lld %lld %d\n", counted, (long long)first_at, (long long)last_at, frame_size);
    } else if (mode == CLAP) {
        int64_t due = (at < until ? at - began : 0) / 1000 * rate / 1000000;
        while (rate && sent < due && at < until) { int64_t before = sent; next_clap(); if (sent == before) break; }
        if (at < until || (acked + denied < sent && at < until + 3000000000LL)) return;
        printf("clapped %lld %lld %lld %lld", (long long)sent, (long long)acked, (long long)denied,
               (long long)(last_at - began));
        print_answers();
    } else if (mode == PING) {
        if (at < until && (all[0].sent_at || at < next_ping)) return;
        if (at < until && all[0].state == OPEN) {
            all[0].sent_at = at;
            if (send(all[0].fd, "\x89\x80\0\0\0\0", 6, MSG_NOSIGNAL) != 6) leave(&all[0]);
            return;
        }
        if (all[0].sent_at) note_answer(&all[0].sent_at);
        printf("pinged %d", answers_count);
        print_answers();
    }
    mode = IDLE;
}

int main(int count, char **words) {
    struct epoll_event ready[1024], commands = {.events = EPOLLIN, .data.u32 = MOST};
    port = count > 1 ? atoi(words[1]) : 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    events = epoll_create1(0);
    epoll_ctl(events, EPOLL_CTL_ADD, 0, &commands);
    for (;;) {
        int found = epoll_wait(events, ready, 1024, mode == IDLE ? 1000 : mode == PING || rate ? 1 : 20);
        for (int turn = 0; turn < found; turn++) {
            if (ready[turn].data.u32 == MOST) { read_commands(); continue; }
            struct connection *one = &all[ready[turn].data.u32];
            if (one->state == CONNECTING && ready[turn].events & (EPOLLERR | EPOLLHUP)) leave(one);
            else if (one->state == CONNECTING && ready[turn].events & EPOLLOUT) connected(one);
            if (one->state >= HEAD && ready[turn].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) read_one(one);
        }
        if (mode != IDLE) go_on();
    }
}
