-- Tells whether a shard's data belongs to the Redis process that holds it, and the shard's epoch.
--
-- KEYS  1 the shard's life
-- Reply {1 or 0, epoch or nil}. A script, because in a cluster only the shard's own node can say.
local run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local life = redis.call('HMGET', KEYS[1], 'run_id', 'epoch')
return {life[1] == run_id and 1 or 0, life[2]}
