/* What the audience saw and when: claps' times by the count they made, shared by all processes, and histograms.

   A clap of one is known by the count that it made. Whoever is told of a clap notes when it was sent, in a file that
   all processes have in memory; claps that were counted together are told the same count, and take the free places
   below it. Whoever sees a count go from A to B notes that, and three seconds later, when all times are known, the
   claps between the two are put into the histogram of the second in which they were seen. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define HOT_PLACES 1048576
#define PLACES 64
#define SECONDS 1024
#define STEPS 32 /* within each doubling of the time */
#define BUCKETS (28 * STEPS)
#define SIGHTS 2097152
#define SIGHT_WAIT 3000000000LL
#define LOOKED_AT 8
enum { HOT, OTHERS, PAGES, CLASSES };
struct sight { int64_t at; int32_t post, from, to; };

static int64_t *sent_at_count;
static struct sight *sights;
static uint32_t sights_in, sights_out, sights_lost;
static uint32_t histogram[CLASSES][SECONDS][BUCKETS];
static int64_t longest[CLASSES][SECONDS];

static int64_t now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static int64_t *places_of(int post) { return post ? sent_at_count + HOT_PLACES + (int64_t)(post - 1) * PLACES : sent_at_count; }

static int share_times(const char *path, int posts) {
    size_t size = (HOT_PLACES + (int64_t)posts * PLACES) * sizeof(int64_t);
    int file = open(path, O_RDWR | O_CREAT, 0600);
    if (file < 0 || posix_fallocate(file, 0, (off_t)size)) return 0;
    sent_at_count = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    sights = malloc(SIGHTS * sizeof *sights);
    return sent_at_count != MAP_FAILED && sights;
}

static void note_clap(int post, int count, int64_t sent_at) {
    int64_t *places = places_of(post);
    if (count >= (post ? PLACES : HOT_PLACES)) return;
    for (int64_t none = 0; count > 0; count--, none = 0)
        if (__atomic_compare_exchange_n(&places[count], &none, sent_at, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return;
}

static void put(int class, int64_t at, int64_t took, uint32_t times) {
    uint64_t us = took > 0 ? (uint64_t)took / 1000 : 0, second = (uint64_t)(at / 1000000000LL) % SECONDS;
    int doubling = us < STEPS ? 0 : 63 - __builtin_clzll(us) - 4;
    int bucket = us < STEPS ? (int)us : doubling * STEPS + (int)(us >> (doubling - 1)) - STEPS;
    histogram[class][second][bucket < BUCKETS ? bucket : BUCKETS - 1] += times;
    if (took > longest[class][second]) longest[class][second] = took;
}

static void note_sight(int post, int from, int to, int64_t at) {
    if (sights_in - sights_out == SIGHTS) { sights_lost++; return; }
    sights[sights_in++ % SIGHTS] = (struct sight){at, post, from, to};
}

/* Many claps between two counts are represented by eight of them, the oldest always among them. */
static void take_sights(int64_t until) {
    while (sights_out != sights_in && sights[sights_out % SIGHTS].at < until) {
        struct sight one = sights[sights_out++ % SIGHTS];
        int most = one.post ? PLACES : HOT_PLACES, to = one.to < most ? one.to : most - 1, count = to - one.from;
        int looked_at = count < LOOKED_AT ? count : LOOKED_AT;
        for (int turn = 0; turn < looked_at; turn++) {
            int place = one.from + 1 + (int)((int64_t)turn * count / looked_at);
            int next = one.from + 1 + (int)((int64_t)(turn + 1) * count / looked_at);
            int64_t sent_at = __atomic_load_n(&places_of(one.post)[place], __ATOMIC_RELAXED);
            if (sent_at) put(one.post ? OTHERS : HOT, one.at, one.at - sent_at, (uint32_t)(next - place));
        }
    }
}

static void write_histograms(const char *path) {
    FILE *file = fopen(path, "w");
    for (int class = 0; file && class < CLASSES; class++)
        for (int second = 0; second < SECONDS; second++) {
            if (!longest[class][second]) continue;
            fprintf(file, "%d %d longest %lld\n", class, second, (long long)longest[class][second] / 1000);
            for (int bucket = 0; bucket < BUCKETS; bucket++)
                if (histogram[class][second][bucket])
                    fprintf(file, "%d %d %d %u\n", class, second, bucket, histogram[class][second][bucket]);
        }
    if (file) fclose(file);
}
