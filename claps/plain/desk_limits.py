"""How much a writer's dashboard shows while it moves, and tells."""

# Posts that are heard of together, those whose lines are shown while they move, and those told to a program at first.
DESK_POSTS = 2_000
DESK_ROWS = 12
DESK_ROWS_LEAST = 5
DESK_ROWS_TOLD = 100
# Beside the lines, posts that somebody is reading, by title and number; and the lines of one page of all posts.
DESK_ALSO = 100
DESK_PART = 25
DESK_TICKS = 8
DESK_REMARKS = 5
# Who gave what: of one flush, of the last half hour, in one line of the ticker; and how many are forgotten at a time.
REACTIONS_NAMED = 500
DESK_REACTIONS = 200
DESK_NAMES = 3
REACTIONS_SWEPT = 500
