-- Sets how many readers one worker has on some posts of a shard, and sums what all living workers say.
--
-- KEYS  1 the shard's life, 2… tallies
-- ARGV  1 the worker, 2 now (Unix seconds), 3 seconds a count lives; then per tally its post's id and the count
-- Reply per tally the sum, or -1 when the tally is not here.
local run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local life = redis.call('HMGET', KEYS[1], 'run_id', 'epoch')
local verified = life[1] == run_id
local worker, now, lives = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local function sum_of(counts_key)
  local sum, counts = 0, redis.call('HGETALL', counts_key)
  for i = 1, #counts, 2 do
    local count, ends = string.match(counts[i + 1], '^(%d+) (%d+)')
    if tonumber(ends) < now then
      redis.call('HDEL', counts_key, counts[i])
    else
      sum = sum + tonumber(count)
    end
  end
  return sum
end

local sums = {}
for k = 2, #KEYS do
  local post_id, count = ARGV[2 * k], ARGV[2 * k + 1]
  local have = redis.call('HMGET', KEYS[k], 'e', 'readers', 'claps', 'people', 'likes', 'views', 'comments')
  if not verified or have[1] ~= life[2] then
    sums[k - 1] = -1
  else
    local counts_key = KEYS[k] .. ':readers'
    if tonumber(count) > 0 then
      redis.call('HSET', counts_key, worker, count .. ' ' .. (now + lives))
    else
      redis.call('HDEL', counts_key, worker)
    end
    local sum = sum_of(counts_key)
    redis.call('EXPIRE', counts_key, lives)
    if tonumber(have[2]) ~= sum then
      local offset = redis.call('HINCRBY', KEYS[1], 'offset', 1)
      redis.call('HSET', KEYS[k], 'readers', sum, 'v', offset)
      redis.call('PUBLISH', 'post:' .. post_id, table.concat(
        {life[2] .. '.' .. offset, have[3], have[4], have[5], have[6], have[7], sum}, ' '))
    end
    sums[k - 1] = sum
  end
end
return sums
