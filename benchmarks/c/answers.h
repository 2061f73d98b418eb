/* How long answers took, in microseconds. */
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"

static int answers_count, answers_room;
static uint32_t *answers;

static void note_answer(int64_t *sent_at) {
    if (answers_count == answers_room)
        answers = realloc(answers, (answers_room = answers_room * 2 + 1024) * sizeof *answers);
    answers[answers_count++] = (uint32_t)((now() - *sent_at) / 1000);
    *sent_at = 0;
}

static int compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void print_answers(void) {
    qsort(answers, answers_count, sizeof *answers, compare);
    if (!answers_count) { puts(" 0 0 0"); return; }
    printf(" %u %u %u\n", answers[answers_count / 2], answers[(int64_t)answers_count * 99 / 100],
           answers[answers_count - 1]);
}
