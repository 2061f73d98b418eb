-- Takes a clap of a worker's canary: written as safely as any, and told.
--
-- KEYS  1 what the canary has clapped last on a shard
-- ARGV  1 the number of its clap, 2 the channel, 3 for how many seconds it is kept
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
redis.call('PUBLISH', ARGV[2], ARGV[1])
return 'OK'
