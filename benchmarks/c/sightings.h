/* Who saw which number when, in memory until it is asked for. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int sightings_count, sightings_room;
static struct sighting { int64_t at; int32_t who, number; } *sightings;

static void note_sighting(int64_t at, int32_t who, int32_t number) {
    if (sightings_count == sightings_room)
        sightings = realloc(sightings, (sightings_room = sightings_room * 2 + 1024) * sizeof *sightings);
    sightings[sightings_count++] = (struct sighting){at, who, number};
}

static void write_sightings(const char *path) {
    FILE *file = fopen(path, "wb");
    if (file) { fwrite(sightings, sizeof *sightings, sightings_count, file); fclose(file); }
    printf("sightings %d\n", sightings_count);
    sightings_count = 0;
}
