-- Stops all counting in a shard until it is opened again.
--
-- KEYS  1 the shard's life
-- ARGV  1 the token with which only this closing can be opened
-- Reply 1.
redis.call('HSET', KEYS[1], 'token', ARGV[1])
redis.call('HDEL', KEYS[1], 'run_id')
return 1
