"""Every bound of the product that is not a setting, in one place."""

from __future__ import annotations

# What people may do.
CLAPS_PER_READER = 50
VIEW_SECONDS = 30 * 60
NAME_LENGTH = 30
DISPLAY_NAME_LENGTH = 60
BIO_LENGTH = 300
PEOPLE_SHOWN = 50
# NIST SP 800-63B-4 asks for 15 where nothing else is asked for, and to take at least 64.
PASSWORD_LENGTHS = (15, 200)
PASSWORD_GUESSES = 10**8
COMMENT_LENGTH = 5_000
BODY_BYTES = 256 * 1024
TITLE_LENGTH = 200
SLUG_LENGTH = 80
NOTE_LENGTH = 500
ARTICLE_LENGTH = 100_000
# Of a form, where a letter may take twelve bytes.
ARTICLE_BYTES = 1_300_000
TAG_LENGTH = 30
TAGS_PER_POST = 5
TAGS_FIELD_LENGTH = 200
DRAFTS_PER_PERSON = 200
# What was thrown away can be put back: for so many days, and so many of them are shown.
THROWN_DAYS = 30
DRAFTS_KEPT_THROWN = 20
# Pictures: as sent, as kept, and what one person may keep.
IMAGE_BYTES = 10 * 1024 * 1024
IMAGE_PIXELS = 50_000_000
IMAGE_SIDE = 2_000
IMAGE_QUOTA_BYTES = 200 * 1024 * 1024
ALT_LENGTH = 300

# Waiting for news.
WAIT_SECONDS = 25
WAIT_SECONDS_MOST = 60
TOPICS_PER_CONNECTION = 50
# Heads of handshakes that were let in and differ in more than their key: one for each kind of browser, about.
HANDSHAKES_KEPT = 2_000
TICK_SECONDS = 0.1
FAN_OUT_SHARE = 0.25
UNHURRIED_SECONDS = 1.0
UNHURRIED_TICKS = 10
UNHURRIED_PER_LOOK = 100
# How long one piece of work may go on without giving way, where there is more of it.
TURN_SECONDS = 0.003
PING_SECONDS = 25
PING_SLOTS = 50
STUCK_SECONDS = 10
PENDING_BYTES = 256 * 1024
MESSAGE_BYTES = 16 * 1024
READ_BYTES = 64 * 1024
SEND_BUFFER_BYTES = 64 * 1024
UNACKED_SECONDS = 60
CLOSING_SECONDS = 2
REST_SECONDS = 15
RELOAD_SECONDS = 1.0
PRESENCE_TELL_SECONDS = 1.0
PRESENCE_RENEW_SECONDS = 15
DRAIN_BATCH = 500
DRAIN_PAUSE_SECONDS = 0.1
TOPIC_LINGER_SECONDS = 5.0
# Topics of which every event matters: what is kept at hand, what one who comes back is told before it is "resync",
# how long events gather before the next telling, and how often SQL is asked whether something was not heard.
LOG_EVENTS_AT_HAND = 32
LOG_BYTES_AT_HAND = 64 * 1024
LOG_EVENTS_TOLD = 500
LOG_TICK_SECONDS = 0.02
LOG_DOUBT_SECONDS = 5.0
# Evening out: who has clearly more subscribers than the mean, by this share and this number, sheds the surplus.
LOAD_SECONDS = 1.0
LOAD_LIVES_SECONDS = 5.0
SURPLUS_SHARE = 0.1
SURPLUS_LEAST = 48
SURPLUS_LEFT_SHARE = 0.02
SURPLUS_TURNS = 5
NEWCOMERS_PER_SECOND = 400
SHED_REST_SECONDS = 15.0
SHED_REST_SECONDS_MOST = 960.0
SHED_TRIAL_SHARE = 0.1
# What a worker keeps for requests, Redis and SQL when it takes no more readers.
FILES_KEPT_FREE = 256
# The hot path.
SHARDS = 16
CHANGES_PER_CALL = 512
CHANGES_WAITING = 50_000
GATHER_SECONDS = 0.2
JOURNAL_ENTRIES = 2_000_000
FLUSH_ENTRIES = 2_000
FLUSH_CHANGES = 5_000
PEOPLE_KEPT_HOT = 20_000
TALLY_IDLE_SECONDS = 24 * 3600
PRESENCE_SECONDS = 45
MINUTES_KEPT = 30

# Realtime tables: of one, of all, and of one request. A person may have so many, and a site so many to try out.
TABLE_NAME_LENGTH = 64
KEY_LENGTH = 200
VALUE_BYTES = 64 * 1024
VALUE_DEPTH = 64
TABLE_ENTRIES = 10_000
TABLE_BYTES = 16 * 1024 * 1024
TABLES_PER_PERSON = 1_000
MEMBERS_PER_TABLE = 100
SCRATCH_SECONDS = 24 * 3600
SCRATCH_ENTRIES = 100
SCRATCH_BYTES = 256 * 1024
SCRATCH_TABLES = 10_000
SCRATCH_TABLES_PER_GUEST = 3
TTL_SECONDS_MOST = 10 * 366 * 24 * 3600
# As etcd bounds a request of its own: one that carries more belongs into several.
BATCH_OPERATIONS = 100
BATCH_BYTES = 1024 * 1024
ENTRIES_PER_PAGE = 100
ENTRIES_PER_PAGE_MOST = 500
ENTRIES_PAGE_BYTES = 256 * 1024
TABLES_PER_PAGE = 50
# What is kept of a table's changes for those who come back, and after how many of them the rest goes.
TABLE_EVENTS_KEPT = 1_000
TABLE_LOG_BYTES = 4 * 1024 * 1024
TABLE_COMPACT_EVERY = 64
# What runs out: how often it is looked for, and how much goes in one turn; then how much of a table that was deleted.
SWEEP_SECONDS = 0.5
SWEEP_ENTRIES = 500
SWEEP_TABLES = 20
EMPTY_ROWS = 100
LATENESS_SECONDS = 60
LEAD_SECONDS_MOST = 24 * 3600
# Watching a table: by how many, over all workers; how often a worker tells how many of them are its own, renews that,
# and for how long its word counts when it does not; how many events are read at a time, for one who comes back; and how
# many entries of a snapshot, from the first time on until it is seen that they are small.
WATCHERS_PER_TABLE = 100
WATCHERS_TELL_SECONDS = 1.0
WATCHERS_RENEW_SECONDS = 10
WATCHERS_SECONDS = 30
TABLE_EVENTS_TOLD = 64
# Over how many pub/sub channels tables are told of: so many a worker hears at most, however many tables it has.
TABLE_CHANNELS = 1_024
SNAPSHOT_ENTRIES = 32
SNAPSHOT_ENTRIES_MOST = 512
# On a table's page, and in its frame without script; and how many letters of each value.
ENTRIES_SHOWN = 50
FRAME_ENTRIES = 50
VALUE_SHOWN = 300

# Work after a change.
ERRAND_LOOK_SECONDS = 1.0
ERRAND_PAUSE_SECONDS_MOST = 60.0

# Feeds. Who has more followers than the first number is read with each feed instead of being written into it; a
# feed keeps so many posts, and one who begins to follow gets so many of what was there.
FAN_OUT_FOLLOWERS = 10_000
FAN_OUT_STEP = 500
FEED_POSTS = 1_000
FEED_POSTS_OF_ONE = 50
FEED_TRIM_EVERY = 64
WRITERS_HEARD = 200
LINES_PER_PAGE = 30
NEWER_TOLD = 20
ATOM_ENTRIES = 20
# Popular posts: how many are ranked, how many are looked at when the ranking is made anew, and how often it is.
POPULAR_POSTS = 1_000
POPULAR_LOOKED_AT = 5_000
POPULAR_SECONDS = 3_600
POPULAR_COPY_SECONDS = 10.0
TOP_LOOKED_AT = 500
TAGGED_COUNTED = 10_000

# Taking out what is one's own: texts and other rows read at a time, and what is sent at a time.
EXPORT_TEXTS = 20
EXPORT_ROWS = 500
EXPORT_BLOCK_BYTES = 256 * 1024

# Leaving: days in which one may stay after all, texts and other rows taken away at a time, when everything is looked
# through once more, how often workers ask who has left, and for how long they keep it in mind, which is longer than a
# session lasts.
LEAVE_DAYS = 7
LEAVE_TEXTS = 20
LEAVE_ROWS = 200
LEAVE_AGAIN_SECONDS = 60
LEFT_LOOK_SECONDS = 5.0
LEFT_DAYS = 61

# Programs: what one person may register and make, how long what they get lasts, how long workers keep what the bearer
# of a token may do, how often its use is noted, and when what has ended is deleted.
PROGRAM_NAME_LENGTH = 60
APPS_PER_PERSON = 50
TOKENS_PER_PERSON = 50
REDIRECTS_PER_APP = 10
REDIRECT_LENGTH = 300
PERMITS_PER_APP = 20
CODE_SECONDS = 60
ACCESS_SECONDS = 3_600
REFRESH_SECONDS = 60 * 24 * 3_600
PERSONAL_TOKEN_DAYS = (7, 30, 90, 365)
PASSES_KEPT = 10_000
PASS_FRESH_SECONDS = 5.0
# How long after its token's end somebody may still be waiting with it.
BEARERS_LOOK_SECONDS = 1.0
USE_NOTED_SECONDS = 60
TOKENS_SWEEP_SECONDS = 600
TOKENS_SWEPT = 500
ENDED_TOKENS_SECONDS = 24 * 3_600

# Figures over time: the most of a period by the day and by the hour, and the rows of tables on a page and taken away.
FIGURE_DAYS_MOST = 1_830
FIGURE_HOURS_MOST = 31 * 24
FIGURE_ROWS = 25
FIGURE_ROWS_TAKEN = 2_000
# How often workers ask whose numbers are hidden.
CALM_LOOK_SECONDS = 15.0
# What was read of figures is kept, so that reading them takes this share of a worker's time at most.
FIGURE_COPIES_KEPT = 500
FIGURE_SHARE = 0.05

# What a guest gave and a new account gets: posts at a time, how often it is looked for, and the first pause before it.
JOIN_ROWS = 200
JOIN_LOOKS = 4
JOIN_SECONDS = 3.0

# What programs ask under keys of their own: for how long an answer is kept, for how long who answers has the key, how
# many old ones go at a time, and after how many answers.
REPEATS_KEPT_SECONDS = 24 * 3_600
REPEAT_HELD_SECONDS = 60
REPEATS_DROPPED = 200
REPEATS_DROPPED_EVERY = 64

# Searching.
SEARCH_LENGTH = 200
SEARCH_WORDS = 8
FOUND_POSTS = 50
FOUND_PEOPLE = 10

# What people are told of: of how many each notification knows who they are, how many are looked through for the badge
# and what it shows at most, what is kept of published posts and of a person's log, and how often that is trimmed.
ACTORS_KNOWN = 100
TALKERS_COUNTED = 1_000
BADGE_NOTICES = 200
BADGE_MOST = 99
PUBLISHED_NOTICES = 1_000
NOTICE_TRIM_EVERY = 64
PERSON_EVENTS_KEPT = 64
NOTICES_PER_PAGE = 30
# Claps and likes on their way to those who are told of them: readers named with one piece of a flush, rows and pieces
# taken at a time, and how often that is looked for.
STIRRED_NAMED = 200
STIRRED_TAKEN = 20
NOTIFY_SECONDS = 1.0
# Posts of widely followed writers: up to so many since one looked last are compared with whom one follows, and above
# it whom one follows is compared with them; the newest so many are told.
WIDE_POSTS_COMPARED = 1_000
WIDE_POSTS_TOLD = 100

# Figures of posts and writers: for how long they are kept by the minute and by the hour (by the day: for ever), after
# how long the readers of a minute are put together with those of its hour and day, what is taken away or put together
# at a time, and how often that is looked for.
MINUTES_OF_FIGURES_KEPT = 180
HOURS_KEPT = 35 * 24
SKETCH_MINUTES = 60
FIGURES_FOLDED = 500
SKETCHES_FOLDED = 100
FOLD_SECONDS = 10.0
# Where readers come from: hosts of a post or writer on one day, what a worker gathers at most, and for how long.
REFERRERS_A_DAY = 50
REFERRERS_GATHERED = 2_000
REFERRERS_SECONDS = 5.0
# What looks like a machine: so many who never clapped before began within one minute, and this share of them gave the
# same number, or so many times as many as there were readers. Rows looked at, taken out and put back at a time.
BURST_PEOPLE = 20
BURST_SHARE = 0.9
BURST_TIMES_READERS = 2
BURST_STEP = 200
BURSTS_SHOWN = 50
BURSTS_LOOKED_AT = 20
BURST_LOOK_SECONDS = 15.0

# Copies, for when what they were made from is slow; calls that leave the process are in ``patience.py``.
COPY_FRESH_SECONDS = 2.0
COPY_PATIENCE_SECONDS = 0.25
COPIES_KEPT = 2_000
OUTLINES_KEPT = 20_000
PAGE_FRESH_SECONDS = 2.0
PAGES_KEPT_BYTES = 32 * 1024 * 1024
OWN_PAGES_KEPT_BYTES = 8 * 1024 * 1024
CLAP_ANSWER_SECONDS = 8.0
