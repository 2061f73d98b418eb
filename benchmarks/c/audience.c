/* A part of a very large audience: up to 19,900 readers in one process, each with a post of its own choosing.

   Readers are numbered over all processes. Every HOT_EVERY-th reads the hot post, the others read the rest in turn;
   of hundred of each, POLLS poll for JSON, SOCKETS hold a WebSocket carrying JSON, and the rest one carrying HTML.
   With LISTS 1 those others have a list open, as the front page is one: each names a second post, and is counted as
   a reader of neither. Posts are numbered from 0, the hot one, which has the id HOT_ID; post N has the id FIRST_ID + N - 1. All begin with
   no claps. Who loses its connection comes back after a random time between nothing and DELAY, twice that after
   the second failure, and so on up to a minute (full jitter).

   It is told what to do by lines on standard input and answers each with a line, at once:

   open COUNT WINDOW         open readers, WINDOW at a time -> opening
   clap HOT OTHERS           send claps from JSON sockets, so many a second -> clapping
   visit RATE HEAD_FILE      ask for a page over a new connection, so many times a second -> visiting
   cut DELAY_MS              let everybody come back by themselves when they lose their connection -> ready
   truth FILE                the claps and the version's offset of each post, as 32-bit numbers -> true
   count                     -> count OPEN UNDER_WAY RIGHT EXACT LOST TIMES_LOST SENT ACKED REFUSED UNKNOWN UPDATES
                             POLLS VISITS WRONG_VISITS SIGHTS_LOST (right: its claps; exact: its version, too)
   missed FILE               write who is open and has not seen the truth, a line each -> missed
   write FILE                write the histograms, see sights.h -> written

   Usage: audience PORT FIRST_READER HOT_EVERY POLLS SOCKETS HOT_ID FIRST_ID POSTS LISTS ADDRESS TIMES_FILE */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "commands.h"
#include "sights.h"

#define MOST 19900
#define VISITS 64
#define PER_ADDRESS 4000 /* the kernel looks for a free port by trial: with half of them taken it is half of all work */
#define CLAPS_EACH 50
#define LOOK_NS 10000000
#define LONGEST_DELAY 60000000000LL
enum { EMPTY, CONNECTING, HEAD, OPEN, AWAY };
enum { HTML, JSON, POLL, VISIT };
struct reader {
    int fd, post, claps, rest_size;
    unsigned char state, kind, given, tries, fresh, was_open;
    int64_t sent_at, due, read_at;
    unsigned char *rest;
    char since[28];
};

static struct reader all[MOST + VISITS];
static int made, open_now, under_way, away, wanted, window, port, events, posts, coming_back;
static int first_reader, hot_every, polls, sockets, hot_id, first_id, lists, next_clapper[2];
static int32_t (*truth)[2];
static uint32_t address;
static int64_t lost, times_lost, acked, refused, unknown, updates, polled, visited, wrong, delay, sent, visits_due;
static double clap_rate[2], clap_due[2], visit_rate;
static char visit_head[2048];
static int64_t ticked, looked_away_at;

static int id_of(int post) { return post ? first_id + post - 1 : hot_id; }
static uint32_t chance(void) { static uint32_t x; if (!x) x = (uint32_t)now() | 1; x ^= x << 13; x ^= x >> 17; return x ^= x << 5; }

static void complain(const char *text, int size) {
    static int complaints;
    if (complaints++ < 3) fprintf(stderr, "%.*s\n", size > 300 ? 300 : size, text);
}

static void start(struct reader *one) {
    uint32_t mine = address + (uint32_t)(one - all) / PER_ADDRESS;
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(mine)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000001u)};
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.u32 = (uint32_t)(one - all)};
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    one->fd = fd;
    one->state = CONNECTING;
    one->rest_size = 0;
    one->fresh = 1;
    under_way += one->kind != VISIT;
    if (fd < 0) { perror("socket"); exit(1); }
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&from, sizeof from)) { perror("bind"); exit(1); }
    if (connect(fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) { perror("connect"); exit(1); }
    epoll_ctl(events, EPOLL_CTL_ADD, fd, &event);
}

static void leave(struct reader *one) {
    if (one->state == OPEN) { open_now--; times_lost++; }
    else under_way -= one->kind != VISIT;
    if (one->sent_at && one->kind == JSON) { unknown++; one->sent_at = 0; }
    close(one->fd);
    free(one->rest);
    one->rest = NULL;
    one->state = EMPTY;
    if (one->kind == VISIT) return;
    if (!coming_back) { lost++; return; }
    int64_t most = delay << (one->tries < 7 ? one->tries : 7);
    one->due = now() + (int64_t)((most < LONGEST_DELAY ? most : LONGEST_DELAY) * (chance() / 4294967296.0));
    one->tries++;
    one->state = AWAY;
    away++;
}

static int write_all(struct reader *one, const char *data, int size) {
    if (send(one->fd, data, size, MSG_NOSIGNAL) == size) return 1;
    leave(one);
    return 0;
}

static void ask(struct reader *one) {
    char text[2600], since[80] = "";
    int size;
    if (lists && one->post) snprintf(since, sizeof since, "&topic=post:%d", id_of(one->post % (posts - 1) + 1));
    else if (one->since[0]) snprintf(since, sizeof since, "&since=%s", one->since);
    if (one->kind == VISIT) size = snprintf(text, sizeof text, "%s", visit_head);
    else if (one->kind == POLL)
        size = snprintf(text, sizeof text, "GET /live?topic=post:%d%s&wait=25 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                        "Accept: application/json\r\n\r\n", id_of(one->post), since, port);
    else
        size = snprintf(text, sizeof text, "GET /live?topic=post:%d%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                        "Upgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://127.0.0.1:%d\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s"
                        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\r\n",
                        id_of(one->post), since, port, port,
                        one->kind == JSON ? "Sec-WebSocket-Protocol: claps.json.v1\r\n" : "");
    write_all(one, text, size);
}

static void see(struct reader *one, int claps) {
    if (claps <= one->claps && !one->fresh) return;
    if (!one->fresh) note_sight(one->post, one->claps, claps, now());
    one->claps = claps;
    one->fresh = 0;
}

static void keep_version(struct reader *one, const char *data, int size) {
    const char *word = memmem(data, size, "\"version\":\"", 11), *at = word + 11;
    const char *end = word ? memchr(at, '"', (size_t)(data + size - at)) : NULL;
    if (!end || end - at >= (int)sizeof one->since) return;
    memcpy(one->since, at, (size_t)(end - at));
    one->since[end - at] = 0;
}

static int number_after(const char *data, int size, const char *word) {
    const char *at = memmem(data, size, word, strlen(word)), *end = data + size;
    int number = 0;
    if (!at) return -1;
    for (at += strlen(word); at < end && (*at == ',' || (*at >= '0' && *at <= '9')); at++)
        if (*at != ',') number = number * 10 + *at - '0';
    return number;
}

static void take_text(struct reader *one, const char *text, int size) {
    if (one->kind == HTML) {
        char word[32];
        snprintf(word, sizeof word, "id=\"claps-%d\">", id_of(one->post));
        int claps = number_after(text, size, word);
        updates += claps >= 0 || memmem(text, size, "id=\"readers-", 12); /* a heartbeat has neither */
        if (claps >= 0) see(one, claps);
    } else if (!memcmp(text, "{\"topic\"", 8)) {
        updates++;
        if (atoi(text + 15) != id_of(one->post)) return; /* {"topic":"post:12" */
        keep_version(one, text, size);
        see(one, number_after(text, size, "\"claps\":"));
    } else if (!memcmp(text, "{\"ack\"", 6)) {
        note_clap(one->post, number_after(text, size, "\"claps\":"), one->sent_at);
        acked++;
        one->sent_at = 0;
    } else {
        complain(text, size);
        refused++;
        one->sent_at = 0;
    }
}

static int take_frames(struct reader *one, char *data, int size) {
    int used = 0;
    while (size - used >= 2 && one->state == OPEN) {
        unsigned char *frame = (unsigned char *)data + used;
        int head = frame[1] == 126 ? 4 : 2, length = frame[1] == 126 ? frame[2] << 8 | frame[3] : frame[1];
        if (size - used < head || size - used < head + length) break;
        if ((frame[0] & 15) == 1) take_text(one, data + used + head, length);
        else if ((frame[0] & 15) == 8) leave(one);
        else if ((frame[0] & 15) == 9) write_all(one, "\x8a\x80\0\0\0\0", 6);
        used += head + length;
    }
    return used;
}

static int take_answer(struct reader *one, char *data, int size) {
    char *end = memmem(data, size, "\r\n\r\n", 4);
    if (!end) return 0;
    int head = (int)(end + 4 - data), length = number_after(data, head, "Content-Length: ");
    int whole = head + (length > 0 ? length : 0);
    if (size < whole) return 0;
    if (!memcmp(data, "HTTP/1.1 200", 12)) {
        updates++;
        keep_version(one, data + head, whole - head);
        see(one, number_after(data + head, whole - head, "\"claps\":"));
    } else if (memcmp(data, "HTTP/1.1 304", 12)) {
        complain(data, size);
        leave(one);
        return whole;
    }
    polled++;
    one->fresh = 0;
    ask(one);
    return whole;
}

static void become_open(struct reader *one) {
    one->state = OPEN;
    one->was_open = 1;
    one->tries = 0;
    under_way--;
    open_now++;
}

static void read_one(struct reader *one) {
    static char data[262144];
    int kept = one->rest_size, used = 0;
    if (kept) { memcpy(data, one->rest, kept); free(one->rest); one->rest = NULL; one->rest_size = 0; }
    int size = (int)read(one->fd, data + kept, sizeof data - kept);
    if (size <= 0 && size < 0 && errno == EAGAIN) size = 0;
    else if (size <= 0) {
        if (one->kind == VISIT && size == 0) put(PAGES, now(), now() - one->sent_at, 1), visited++, one->sent_at = 0;
        leave(one);
        return;
    }
    size += kept;
    one->read_at = now();
    if (one->kind == VISIT) {
        if (!one->was_open++ && memcmp(data, "HTTP/1.1 200", 12)) { wrong++; complain(data, size); }
        return;
    }
    if (one->state == HEAD) {
        char *end = memmem(data, size, "\r\n\r\n", 4);
        if (!end) { used = 0; goto keep; }
        if (one->kind == POLL && !memcmp(data, "HTTP/1.1 200", 12)) become_open(one);
        else if (one->kind == POLL && !memcmp(data, "HTTP/1.1 304", 12)) become_open(one);
        else if (one->kind != POLL && !memcmp(data, "HTTP/1.1 101", 12)) { become_open(one); used = (int)(end + 4 - data); }
        else { complain(data, size); leave(one); return; }
    }
    if (one->kind == POLL) used += take_answer(one, data, size);
    else used += take_frames(one, data + used, size - used);
keep:
    if (one->state < HEAD || one->state > OPEN || used == size) return;
    one->rest_size = size - used;
    one->rest = malloc((size_t)one->rest_size);
    memcpy(one->rest, data + used, (size_t)one->rest_size);
}

static void new_reader(void) {
    struct reader *one = &all[made];
    int64_t number = first_reader + made++;
    int is_hot = hot_every && number % hot_every == 0;
    int64_t turn = is_hot ? number / hot_every : number;
    uint32_t luck = (uint32_t)(((turn + 1) * 2654435761u) >> 8) % 100;
    *one = (struct reader){.kind = luck < (uint32_t)polls ? POLL : luck < (uint32_t)(polls + sockets) ? JSON : HTML};
    one->post = is_hot ? 0 : (int)((hot_every ? number - number / hot_every - 1 : number) % (posts - 1)) + 1;
    start(one);
}

static int send_clap(int others) {
    char frame[80];
    for (int tried = 0; tried < made; tried++) {
        struct reader *one = &all[next_clapper[others]];
        next_clapper[others] = (next_clapper[others] + 1) % made;
        if (one->kind != JSON || one->state != OPEN || one->sent_at || one->given >= CLAPS_EACH || (one->post != 0) != others ||
            one->fresh || (one->post && one->claps + 2 >= PLACES)) continue;
        int size = snprintf(frame + 6, sizeof frame - 6, "{\"clap\":1,\"topic\":\"post:%d\",\"id\":\"a\"}", id_of(one->post));
        memcpy(frame, (char[]){(char)0x81, (char)(0x80 | size), 0, 0, 0, 0}, 6);
        one->sent_at = now();
        one->given++;
        sent++;
        write_all(one, frame, size + 6);
        return 1;
    }
    return 0;
}

static void visit(void) {
    for (struct reader *one = all + MOST; one < all + MOST + VISITS; one++)
        if (one->state == EMPTY) {
            *one = (struct reader){.kind = VISIT, .sent_at = now()};
            start(one);
            return;
        }
    wrong++;
}

static void tick(void) {
    int64_t at = now();
    double passed = (double)(at - ticked) / 1e9;
    while (wanted && under_way < window && made < MOST) { wanted--; new_reader(); }
    for (int others = 0; others < 2; others++)
        for (clap_due[others] += clap_rate[others] * passed; clap_due[others] >= 1 && made; clap_due[others]--)
            if (!send_clap(others)) { clap_due[others] = 0; break; }
    for (; visit_rate > 0 && visits_due <= at; visits_due += (int64_t)(1e9 / visit_rate)) visit();
    if (away && at - looked_away_at > LOOK_NS) {
        looked_away_at = at;
        for (int index = 0; index < made; index++)
            if (all[index].state == AWAY && all[index].due <= at) { away--; start(&all[index]); }
    }
    take_sights(at - SIGHT_WAIT);
    ticked = at;
}

static void read_truth(const char *path) {
    FILE *file = fopen(path, "rb");
    truth = realloc(truth, (size_t)posts * sizeof *truth);
    if (!file || fread(truth, sizeof *truth, (size_t)posts, file) != (size_t)posts) { perror("truth"); exit(1); }
    fclose(file);
}

static int has_version(struct reader *one) { /* HTML carries none */
    const char *offset = strchr(one->since, '.');
    return one->kind == HTML || (offset && atoi(offset + 1) == truth[one->post][1]);
}

static void count(void) {
    int right = 0, exact = 0;
    for (struct reader *one = all; truth && one < all + made; one++) {
        if (one->state != OPEN || one->claps != truth[one->post][0]) continue;
        right++;
        exact += has_version(one);
    }
    printf("count %d %d %d %d", open_now, under_way + wanted + away, right, exact);
    printf(" %lld %lld %lld %lld", (long long)lost, (long long)times_lost, (long long)sent, (long long)acked);
    printf(" %lld %lld %lld %lld", (long long)refused, (long long)unknown, (long long)updates, (long long)polled);
    printf(" %lld %lld %u\n", (long long)visited, (long long)wrong, sights_lost);
}

static void write_missed(const char *path) {
    static const char *kinds[] = {"HTML", "JSON", "poll"};
    FILE *file = fopen(path, "w");
    for (struct reader *one = all; file && truth && one < all + made; one++)
        if (one->state == OPEN && (one->claps != truth[one->post][0] || !has_version(one)))
            fprintf(file, "%s of post %d has %d claps of %d, version %s of %d, last read %.1f s ago\n", kinds[one->kind],
                    id_of(one->post), one->claps, truth[one->post][0], one->since, truth[one->post][1],
                    (double)(now() - one->read_at) / 1e9);
    if (file) fclose(file);
}

static void obey(char *line) {
    char path[1000] = "";
    int number = 0;
    if (sscanf(line, "open %d %d", &number, &window) == 2) { wanted += number; puts("opening"); }
    else if (sscanf(line, "clap %lf %lf", &clap_rate[0], &clap_rate[1]) == 2) puts("clapping");
    else if (sscanf(line, "visit %lf %999s", &visit_rate, path) == 2) {
        FILE *file = fopen(path, "r");
        if (file) { visit_head[fread(visit_head, 1, sizeof visit_head - 1, file)] = 0; fclose(file); }
        visits_due = now();
        puts("visiting");
    } else if (sscanf(line, "cut %d", &number) == 1) { coming_back = 1; delay = number * 1000000LL; puts("ready"); }
    else if (sscanf(line, "truth %999s", path) == 1) { read_truth(path); puts("true"); }
    else if (sscanf(line, "missed %999s", path) == 1) { write_missed(path); puts("missed"); }
    else if (sscanf(line, "write %999s", path) == 1) { take_sights(INT64_MAX); write_histograms(path); puts("written"); }
    else if (!strcmp(line, "count")) count();
    else printf("unknown %s\n", line);
}

static void handle(struct reader *one, uint32_t what) {
    if (one->state == CONNECTING && what & (EPOLLERR | EPOLLHUP)) { leave(one); return; }
    if (one->state == CONNECTING && what & EPOLLOUT) {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)(one - all)};
        epoll_ctl(events, EPOLL_CTL_MOD, one->fd, &event);
        one->state = HEAD;
        ask(one);
    }
    if ((one->state == HEAD || one->state == OPEN) && what & (EPOLLIN | EPOLLERR | EPOLLHUP)) read_one(one);
}

int main(int given, char **words) {
    struct epoll_event ready[1024], commands = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
    int *numbers[] = {&port, &first_reader, &hot_every, &polls, &sockets, &hot_id, &first_id, &posts, &lists};
    if (given != 12) { fputs("see the top of audience.c\n", stderr); return 2; }
    for (int index = 0; index < 9; index++) *numbers[index] = atoi(words[index + 1]);
    address = 0x7f000000u + (uint32_t)atoi(words[10]);
    if (!share_times(words[11], posts)) { perror(words[11]); return 1; }
    setvbuf(stdout, NULL, _IOLBF, 0);
    events = epoll_create1(0);
    epoll_ctl(events, EPOLL_CTL_ADD, 0, &commands);
    ticked = now();
    for (;;) {
        int busy = wanted || away || clap_rate[0] > 0 || clap_rate[1] > 0 || visit_rate > 0;
        int found = epoll_wait(events, ready, 1024, busy ? 5 : 200);
        for (int turn = 0; turn < found; turn++)
            if (ready[turn].data.u32 == UINT32_MAX) read_commands();
            else handle(&all[ready[turn].data.u32], ready[turn].events);
        tick();
    }
}
