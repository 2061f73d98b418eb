"""Every bound of webhooks; what bounds the rest of the product is in :mod:`claps.plain.limits`."""

from __future__ import annotations

# What one person may have, and one webhook name.
WEBHOOKS_PER_PERSON = 10
WEBHOOK_URL_LENGTH = 500
TABLES_PER_WEBHOOK = 10

# What waits for one webhook at most: events beyond it are counted and not kept. Claps and tables do not pile up, they
# are told together. Of what is through so many are kept to look at, and for how long.
WEBHOOK_WAITING = 1_000
WEBHOOK_LOG = 100
WEBHOOK_LOG_SECONDS = 7 * 24 * 3_600
WEBHOOK_SWEEP_SECONDS = 600
DELIVERIES_PER_PAGE = 20

# What one message tells of a table, and how many posts one turn tells claps of.
WEBHOOK_EVENTS = 100
WEBHOOK_EVENTS_BYTES = 64 * 1024
WEBHOOK_POSTS = 50

# Trying again: after which pauses, spread a little, and for how long; then it is given up. So long a webhook may fail
# without one success before it is turned off.
PAUSES_SECONDS = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600)
TRIED_SECONDS = 3 * 24 * 3_600
RETRY_AFTER_SECONDS_MOST = 24 * 3_600
# How long a webhook that fails rests before anything else is tried there, and after how many failures in a row one
# success means that it was away, so that all that waits is tried at once.
REST_SECONDS_MOST = 60
AWAY_FAILS = 5
# How long both secrets sign after one is exchanged.
OLD_SECRET_SECONDS = 24 * 3_600

# One delivery: to find and reach the receiver, to wait for what it says next, all together, and what is read of it.
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 8.0
DELIVERY_SECONDS = 10.0
ANSWER_BYTES = 2_048
ANSWER_SHOWN = 200
ADDRESSES_TRIED = 4
# In one worker: deliveries at once, how many of them to webhooks of one person, and how many to webhooks that failed
# last time. One turn of a webhook has so many deliveries, or seconds; then others come first.
DELIVERIES_AT_ONCE = 8
DELIVERIES_AT_ONCE_PER_PERSON = 2
DELIVERIES_AT_ONCE_FAILING = 4
WEBHOOK_TURN = 10
WEBHOOK_TURN_SECONDS = 5.0
# Who has a webhook in hand has it for so long; then another one may think that he has died.
WEBHOOK_HELD_SECONDS = 30
WEBHOOK_LOOK_SECONDS = 1.0
# Looking for tables that have changed takes at most this share of a worker's time.
WEBHOOK_LOOK_SHARE = 0.05
# How late a webhook with something to tell may be, and how long one may fail, before `claps check` says so.
WEBHOOK_LATE_SECONDS = 120
WEBHOOK_FAILING_SECONDS = 24 * 3_600
