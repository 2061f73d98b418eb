-- Puts the totals of single readers, read from SQL, into a tally that does not hold all its readers.
--
-- KEYS  1 the shard's life, 2 the tally
-- ARGV  1 the epoch in which SQL was read, then pairs of field and total
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
if redis.call('HGET', KEYS[2], 'e') ~= ARGV[1] then return 0 end
for i = 2, #ARGV, 2 do
  redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 1])
end
return 1
