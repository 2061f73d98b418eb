-- Reads the tallies of some posts of one shard.
--
-- KEYS  1 the shard's life, 2… tallies
-- Reply {'unverified'}, or per post {'cold'} or {version, claps, people, likes, views, comments, readers}
local run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local life = redis.call('HMGET', KEYS[1], 'run_id', 'epoch')
if life[1] ~= run_id then return {'unverified'} end
local replies = {}
for k = 2, #KEYS do
  local have = redis.call('HMGET', KEYS[k], 'e', 'v', 'claps', 'people', 'likes', 'views', 'comments', 'readers')
  if have[1] == life[2] then
    -- The counts per worker expire with the workers; then the sum in the tally is history.
    local readers = redis.call('EXISTS', KEYS[k] .. ':readers') == 1 and have[8] or '0'
    replies[k - 1] = {life[2] .. '.' .. have[2], have[3], have[4], have[5], have[6], have[7], readers}
  else
    replies[k - 1] = {'cold'}
  end
end
return replies
