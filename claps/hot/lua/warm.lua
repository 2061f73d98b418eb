-- Puts a tally that was read from SQL in its place, unless somebody was faster.
--
-- KEYS  1 the shard's life, 2 the tally, 3 the same tally made ready under another name
-- ARGV  1 the epoch in which SQL was read, 2 seconds to keep it when nobody claps
-- Reply 1 when it stands, 0 when the epoch has changed or the ready one is gone: read SQL again.
local run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local life = redis.call('HMGET', KEYS[1], 'run_id', 'epoch', 'offset')
if life[1] ~= run_id or life[2] ~= ARGV[1] then
  redis.call('UNLINK', KEYS[3])
  return 0
end
if redis.call('HGET', KEYS[2], 'e') == life[2] then
  redis.call('UNLINK', KEYS[3])
  return 1
end
if redis.call('EXISTS', KEYS[3]) == 0 then return 0 end
redis.call('UNLINK', KEYS[2])
local renamed = redis.pcall('RENAME', KEYS[3], KEYS[2])
if renamed.err then
  -- The shard is on its way to this node of a cluster: until it is here, no command may name a key that is missing
  -- beside one that is not.
  local fields = redis.call('HGETALL', KEYS[3])
  for at = 1, #fields, 1000 do
    redis.call('HSET', KEYS[2], unpack(fields, at, math.min(at + 999, #fields)))
  end
  redis.call('UNLINK', KEYS[3])
end
-- The shard's offset is at or past every version this tally ever had in this epoch.
redis.call('HSET', KEYS[2], 'e', life[2], 'v', life[3])
redis.call('EXPIRE', KEYS[2], ARGV[2])
return 1
