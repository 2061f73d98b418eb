-- Says how many of one worker's readers watch some tables of a shard, and sums what all living workers say.
--
-- KEYS  the places of each table
-- ARGV  1 the worker, 2 the number of this word of its, 3 now (Unix seconds), 4 seconds a count lives,
--       5 how many may watch one table (0: whatever it is, it is so), then for each table the count, or -1 to say nothing
-- Reply for each table the sum, with this word in it; where it is more than may watch, the word was not taken.
local worker, word, now, lives, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

local sums = {}
for k = 1, #KEYS do
  local count, others, said = tonumber(ARGV[5 + k]), 0, redis.call('HGETALL', KEYS[k])
  local overtaken = false
  for i = 1, #said, 2 do
    local seats, number, ends = string.match(said[i + 1], '^(%d+) (%d+) (%d+)')
    if tonumber(ends) < now then
      redis.call('HDEL', KEYS[k], said[i])
    elseif said[i] ~= worker or count < 0 then
      others = others + tonumber(seats)
    elseif tonumber(number) > word then
      -- A later word was here first; who asks with this one is counted in it.
      overtaken, count = true, tonumber(seats)
    end
  end
  sums[k] = others + math.max(count, 0)
  if count >= 0 and not overtaken and (most == 0 or sums[k] <= most) then
    if count > 0 then
      redis.call('HSET', KEYS[k], worker, count .. ' ' .. word .. ' ' .. (now + lives))
      redis.call('EXPIRE', KEYS[k], lives)
    else
      redis.call('HDEL', KEYS[k], worker)
    end
  end
end
return sums
