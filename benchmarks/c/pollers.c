/* Long-pollers in one process: each asks, and asks again as soon as it is answered.

   SCRIPT holds requests, each ended by a zero byte: those before number LOOP are sent once, each after the answer to
   the one before; then LOOP again and again. With one more behind it, that one is sent after an answer that is "2",
   Socket.IO's ping. A request's \x01 and \x02 stand for what came in answers behind the first and the second MARK, up
   to a quote or the end of the line; of a mark that begins with "!" only the first find counts.

   Commands on standard input:
   open N WINDOW    open N more connections, WINDOW at a time in their first requests -> opened OPEN REFUSED NANOSECONDS
   round MS NEEDLE  wait until every poller has had an answer with NEEDLE in it
                    -> listening, and then: round COUNT FIRST_AT LAST_AT ANSWER_BYTES (monotonic nanoseconds)

   Usage: pollers PORT SCRIPT LOOP MARK [MARK] */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "commands.h"

#define MOST 15000
#define ANSWER_BYTES 4096
#define OPEN_SECONDS 60
enum { IDLE, OPENING, ROUND };
struct poller { int fd, step, size, round, is_open; char found[2][64], answer[ANSWER_BYTES]; };

static struct poller *all;
static char *requests[16], *marks[2], needle[200];
static int requests_count, marks_count, loop, made, open_now, opening, wanted, window, refused, port, events, mode;
static int round_now, counted, answer_size;
static int64_t began, until, first_at, last_at;

static void leave(struct poller *one) {
    if (one->fd < 0) return;
    if (one->is_open) open_now--;
    else { opening--; refused++; }
    close(one->fd);
    one->fd = -1;
}

static void ask(struct poller *one) {
    char text[8192];
    int size = 0;
    for (const char *from = requests[one->step]; *from; from++) {
        if (*from > 2 || *from < 1) { text[size++] = *from; continue; }
        size += (int)(stpcpy(text + size, one->found[*from - 1]) - (text + size));
    }
    one->size = 0;
    if (send(one->fd, text, size, MSG_NOSIGNAL) != size) leave(one);
}

static void find_marks(struct poller *one) {
    for (int number = 0; number < marks_count; number++) {
        int is_first_only = *marks[number] == '!';
        const char *mark = marks[number] + is_first_only, *from = strcasestr(one->answer, mark);
        if (!from || (is_first_only && *one->found[number])) continue;
        from += strlen(mark);
        size_t length = strcspn(from, "\"\r");
        if (length < sizeof *one->found) { memcpy(one->found[number], from, length); one->found[number][length] = 0; }
    }
}

static const char *whole_body(const struct poller *one) {
    const char *body = strstr(one->answer, "\r\n\r\n"), *length = strcasestr(one->answer, "\r\ncontent-length:");
    if (!body) return NULL;
    body += 4;
    if (length && length < body) return one->answer + one->size >= body + atoi(length + 17) ? body : NULL;
    return one->size > 5 && !memcmp(one->answer + one->size - 5, "0\r\n\r\n", 5) ? body : NULL;  /* chunked */
}

static void note_round(struct poller *one, const char *body) {
    if (mode != ROUND || one->round == round_now || !strstr(body, needle)) return;
    one->round = round_now;
    last_at = now();
    if (!counted++) first_at = last_at;
    answer_size = one->size;
}

static void take_answer(struct poller *one) {
    const char *body = whole_body(one);
    if (!body) return;
    if (strncmp(one->answer, "HTTP/1.1 200", 12) && strncmp(one->answer, "HTTP/1.1 304", 12)) {
        static int complaints;
        if (!complaints++) fprintf(stderr, "%.400s\n", one->answer);
        leave(one);
        return;
    }
    find_marks(one);
    note_round(one, body);
    int is_ping = one->step == loop && loop + 1 < requests_count && *body == '2' && (!body[1] || body[1] == 0x1e);
    one->step = is_ping ? loop + 1 : one->step < loop ? one->step + 1 : loop;
    ask(one);
    if (one->step == loop && !one->is_open && one->fd >= 0) { one->is_open = 1; opening--; open_now++; }
}

static void read_one(struct poller *one) {
    ssize_t size = read(one->fd, one->answer + one->size, ANSWER_BYTES - 1 - one->size);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) { leave(one); return; }
    one->answer[one->size += (int)size] = 0;
    take_answer(one);
}

static void start_one(void) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000001u)};
    struct poller *one = &all[made++];
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)(one - all)};
    int yes = 1;
    wanted--;
    opening++;
    one->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(one->fd, (struct sockaddr *)&to, sizeof to)) { leave(one); return; }
    setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    epoll_ctl(events, EPOLL_CTL_ADD, one->fd, &event);
    ask(one);
    if (loop == 0 && one->fd >= 0) { one->is_open = 1; opening--; open_now++; }
}

static void obey(char *line) {
    int ms = 0;
    began = now();
    if (sscanf(line, "open %d %d", &wanted, &window) == 2 && made + wanted <= MOST) {
        mode = OPENING; refused = 0; until = began + OPEN_SECONDS * 1000000000LL;
    } else if (sscanf(line, "round %d %199[^\n]", &ms, needle) == 2) {
        mode = ROUND; round_now++; counted = 0; first_at = last_at = 0; until = began + ms * 1000000LL;
        puts("listening");
    } else printf("unknown %s\n", line);
}

static void go_on(void) {
    int64_t at = now();
    if (mode == OPENING) {
        while (wanted && opening < window) start_one();
        if ((wanted || opening) && at < until) return;
        printf("opened %d %d %lld\n", open_now, refused + opening, (long long)(at - began));
    } else {
        if (counted < open_now && at < until) return;
        printf("round %d %lld %lld %d\n", counted, (long long)first_at, (long long)last_at, answer_size);
    }
    mode = IDLE;
}

static int read_script(const char *path) {
    static char script[16384];
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(script, 1, sizeof script - 1, file) : 0;
    if (file) fclose(file);
    for (char *next = script; next < script + size && requests_count < 16; next += strlen(next) + 1)
        requests[requests_count++] = next;
    return requests_count;
}

int main(int count, char **words) {
    struct epoll_event ready[1024], commands = {.events = EPOLLIN, .data.u32 = MOST};
    if (count < 5 || count > 6 || !read_script(words[2])) return 2;
    port = atoi(words[1]);
    loop = atoi(words[3]);
    for (int number = 4; number < count; number++) marks[marks_count++] = words[number];
    all = calloc(MOST, sizeof *all);
    setvbuf(stdout, NULL, _IOLBF, 0);
    events = epoll_create1(0);
    epoll_ctl(events, EPOLL_CTL_ADD, 0, &commands);
    for (;;) {
        int found = epoll_wait(events, ready, 1024, mode == IDLE ? 1000 : 20);
        for (int turn = 0; turn < found; turn++) {
            if (ready[turn].data.u32 == MOST) read_commands();
            else if (all[ready[turn].data.u32].fd >= 0) read_one(&all[ready[turn].data.u32]);
        }
        if (mode != IDLE) go_on();
    }
}
