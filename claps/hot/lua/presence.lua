-- Sets how many readers one worker has on a post, and sums what all living workers say.
--
-- KEYS  1 the shard's life, 2 the tally
-- ARGV  1 post id, 2 the worker, 3 its count, 4 now (Unix seconds), 5 seconds a count lives
-- Reply the sum, or -1 when the tally is not here.
local run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local life = redis.call('HMGET', KEYS[1], 'run_id', 'epoch')
if life[1] ~= run_id then return -1 end
local have = redis.call('HMGET', KEYS[2], 'e', 'readers', 'claps', 'people', 'likes', 'views', 'comments')
if have[1] ~= life[2] then return -1 end

local counts_key = KEYS[2] .. ':readers'
if tonumber(ARGV[3]) > 0 then
  redis.call('HSET', counts_key, ARGV[2], ARGV[3] .. ' ' .. (ARGV[4] + ARGV[5]))
else
  redis.call('HDEL', counts_key, ARGV[2])
end
local sum, counts = 0, redis.call('HGETALL', counts_key)
for i = 1, #counts, 2 do
  local count, ends = string.match(counts[i + 1], '^(%d+) (%d+)')
  if tonumber(ends) < tonumber(ARGV[4]) then
    redis.call('HDEL', counts_key, counts[i])
  else
    sum = sum + tonumber(count)
  end
end
redis.call('EXPIRE', counts_key, ARGV[5])
if tonumber(have[2]) ~= sum then
  local offset = redis.call('HINCRBY', KEYS[1], 'offset', 1)
  redis.call('HSET', KEYS[2], 'readers', sum, 'v', offset)
  redis.call('PUBLISH', 'post:' .. ARGV[1], table.concat(
    {life[2] .. '.' .. offset, have[3], have[4], have[5], have[6], have[7], sum}, ' '))
end
return sum
