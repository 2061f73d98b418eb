/* What these programs are told: lines on standard input, each given to obey() without its end. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void obey(char *line);

static void read_commands(void) {
    static char text[4096];
    static int have;
    int size = (int)read(0, text + have, sizeof text - 1 - (size_t)have);
    if (size <= 0) exit(0);
    text[have += size] = 0;
    for (char *end; (end = strchr(text, '\n'));) {
        *end = 0;
        obey(text);
        have -= (int)(end + 1 - text);
        memmove(text, end + 1, (size_t)have + 1);
    }
}
