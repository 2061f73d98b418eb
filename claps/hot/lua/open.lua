-- Begins a new epoch of a shard, after its journal and SQL were brought together.
--
-- KEYS  1 the shard's life, 2 its journal
-- ARGV  1 the token under which the shard was closed, 2 the new epoch, 3 and 4 the two halves of the
--       journal position in SQL
-- Reply 1 when it stands, 0 when somebody else closed the shard meanwhile.
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
-- No journal id at or below the position in SQL may ever be given again: a journal that came back empty
-- or older, under a clock that runs behind, would write entries that no flush reads.
local floor = ARGV[3] .. '-' .. ARGV[4]
if redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('XADD', KEYS[2], ARGV[3] .. '-' .. (ARGV[4] + 1), 'post', 0)
  redis.call('XTRIM', KEYS[2], 'MAXLEN', 0)
else
  local last = redis.call('XINFO', 'STREAM', KEYS[2])
  local last_id
  for i = 1, #last, 2 do
    if last[i] == 'last-generated-id' then last_id = last[i + 1] end
  end
  local ms, seq = string.match(last_id, '(%d+)-(%d+)')
  if tonumber(ms) < tonumber(ARGV[3]) or (ms == ARGV[3] and tonumber(seq) < tonumber(ARGV[4])) then
    redis.call('XTRIM', KEYS[2], 'MAXLEN', 0)
    redis.call('XSETID', KEYS[2], floor)
  end
  redis.call('XTRIM', KEYS[2], 'MINID', ARGV[3] .. '-' .. (ARGV[4] + 1))
end
local run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
redis.call('HSET', KEYS[1], 'run_id', run_id, 'epoch', ARGV[2], 'offset', 0)
redis.call('HDEL', KEYS[1], 'token')
return 1
