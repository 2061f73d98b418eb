"""How long anything is waited for that is outside this process, and what is done when too many wait.

docs/limits.md says of every call that leaves the process which of these holds for it.
"""

from __future__ import annotations

# To connect, for an answer, and how long nothing may be answered until nobody else asks (see ``silence.py``).
REDIS_CONNECT_SECONDS = 2.0
REDIS_ANSWER_SECONDS = 5.0
REDIS_SILENT_SECONDS = 1.0
SQL_CONNECT_SECONDS = 3
SQL_ANSWER_SECONDS = 10
# For how long one request waits for SQL in all, until it asks no more.
SQL_REQUEST_SECONDS = 10.0
SQL_SILENT_SECONDS = 2.0
# A worker's connections to each, and how long one waits for one of them.
REDIS_CONNECTIONS = 32
REDIS_POOL_SECONDS = 2.0
SQL_CONNECTIONS = 8
SQL_POOL_SECONDS = 5
# For how long readers are told that a part did not answer.
FAILING_SECONDS = 3.0
# After a refusal by the database nobody asks for so long.
SQL_SHUN_SECONDS = 1.0

# More than can be served. A request that has waited so long before anybody looked at it is late; when for so long all
# were, those who have waited longer than the third number are turned away, until none was for so long. They are asked
# to come back after so many seconds. And so many requests may be in work in one worker.
LATE_SECONDS = 1.0
LATE_PATIENCE_SECONDS = 1.0
LATE_SECONDS_CROWDED = 0.25
LATE_CALM_SECONDS = 2.0
COME_BACK_SECONDS = (2, 5)
REQUESTS_IN_WORK = 1_000
# Who comes to stay, and has to be asked about: so many a second a worker lets in, which is half of its time; so many
# at once if there were fewer before; so many may wait for their turn, and so many be on their way.
STAYING_PER_SECOND = 1_500
STAYING_AT_ONCE = 200
STAYING_WAITING = 5_000
STAYING_IN_WORK = 200

# What comes from outside. A request's head, and the next one over a connection, is waited for ``keepalive`` seconds. A
# body has so many seconds, and one more for so many bytes of it; so has who reads an answer. So many connections of a
# worker may be waited for. A head has so many bytes, in so many fields; what is left of a body that nobody read is
# read on up to the last number before the connection is closed.
KEEP_SECONDS = 15
BODY_SECONDS = 15.0
BODY_BYTES_PER_SECOND = 4 * 1024
ANSWER_SECONDS = 30.0
ANSWER_BYTES_PER_SECOND = 4 * 1024
ARRIVING_MOST = 800
HEAD_BYTES = 64 * 1024
HEAD_FIELDS = 64
LEFT_OVER_BYTES = 1024 * 1024

# Over an open socket. Pings, and parts of a message without its end, of one peer in one look; its claps that have no
# answer yet; and those among them whose post is not at hand, and has to be looked up.
IDLE_FRAMES = 200
CLAPS_UNANSWERED = 1_000
LOOKS_UNANSWERED = 100
