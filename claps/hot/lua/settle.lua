-- After a flush: trims the journal, and lets tallies go one day that have nothing left in it.
--
-- KEYS  1 the journal, 2… tallies
-- ARGV  1 and 2 the halves of the position that SQL has committed, 3 seconds to keep an idle tally
local function reached(id)
  local ms, seq = string.match(id, '(%d+)-(%d+)')
  ms, seq = tonumber(ms), tonumber(seq)
  return ms < tonumber(ARGV[1]) or (ms == tonumber(ARGV[1]) and seq <= tonumber(ARGV[2]))
end
for k = 2, #KEYS do
  local id = redis.call('HGET', KEYS[k], 'id')
  if id and reached(id) then redis.call('EXPIRE', KEYS[k], ARGV[3]) end
end
return redis.call('XTRIM', KEYS[1], 'MINID', ARGV[1] .. '-' .. (ARGV[2] + 1))
