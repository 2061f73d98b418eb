/* The clock of these programs, which is Python's time.monotonic_ns(). */
#include <stdint.h>
#include <time.h>

static int64_t now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}
