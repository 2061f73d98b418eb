/* A disk that takes its time: loaded before a program (LD_PRELOAD), it delays every fsync and fdatasync by 150 ms
   while the file named in SLOW_SYNC is there. Redis is let alone: its fsync keeps nobody but the clappers waiting. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int delayed(const char *name, int file) {
    int (*plain)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    const char *flag = getenv("SLOW_SYNC");
    if (flag && !strstr(program_invocation_name, "redis") && !access(flag, F_OK))
        nanosleep(&(struct timespec){.tv_nsec = 150000000}, NULL);
    return plain(file);
}

int fsync(int file) { return delayed("fsync", file); }
int fdatasync(int file) { return delayed("fdatasync", file); }
