-- Takes one batch of changes to the tallies of one shard: caps, counts, writes the journal, tells.
--
-- KEYS  1 the shard's life, 2 its journal, 3… one tally per post
-- ARGV  1 the most entries the journal may hold, 2 claps per reader, 3 seconds between two views; then per post:
--       its id, the number of changes, and for each change its kind (c clap, l like, v view, m comments, h hold
--       claps back, r release them, j join), who, amount
-- Reply {'unverified'} or {'full'}: nothing was done; else one list per post:
--       {'cold'} or {'ok', version, claps, people, likes, views, comments, readers, yours, given, …},
--       where yours is -1 for a change that was left out because this reader's total is not here yet.
--
-- A reader's total of claps is negative while it is held back: of -8, 8 are remembered and none counted. Who is held back
-- and claps again adds to what is remembered.
--
-- Who joins gets what the guest gave whose number is the amount, as far as there is room: in one step, so it never counts twice.

-- A Redis that was restarted, restored or promoted has another run_id than its data says: until
-- somebody has compared it with SQL nothing is counted. The check costs one INFO per batch.
local run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local life = redis.call('HMGET', KEYS[1], 'run_id', 'epoch')
if life[1] ~= run_id then return {'unverified'} end
local epoch = life[2]
if redis.call('XLEN', KEYS[2]) >= tonumber(ARGV[1]) then return {'full'} end

local cap, view_seconds = tonumber(ARGV[2]), ARGV[3]
local at, replies = 4, {}
local field = {l = 'l:', v = 'v:', m = 'm:'}

local function stored(tally_key, at, size)
  local names = {'e', 'full', 'claps', 'people', 'likes', 'views', 'comments', 'readers', 'log'}
  for i = 0, size - 1 do
    names[#names + 1] = (field[ARGV[at + i * 3]] or 'c:') .. ARGV[at + i * 3 + 1]
  end
  return redis.call('HMGET', tally_key, unpack(names))
end

for k = 3, #KEYS do
  local tally_key, post_id, size = KEYS[k], ARGV[at], tonumber(ARGV[at + 1])
  at = at + 2
  local have = stored(tally_key, at, size)
  if have[1] ~= epoch then
    replies[#replies + 1] = {'cold'}
  else
    local full = have[2] == '1'
    local sum = {claps = 0, people = 0, likes = 0, views = 0}
    local comments, log = tonumber(have[7]), tonumber(have[9])
    local moved, touched, totals, answers = false, {}, {}, {}
    local clap_log, like_log, held_log, viewers = {}, {}, {}, {}
    for i = 0, size - 1 do
      local kind, who = ARGV[at + i * 3], ARGV[at + i * 3 + 1]
      local amount = tonumber(ARGV[at + i * 3 + 2])
      local yours, given = 0, 0
      if kind == 'v' then
        if redis.call('SET', tally_key .. ':seen:' .. who, '1', 'EX', view_seconds, 'NX') then
          given = 1
          sum.views = sum.views + 1
          viewers[#viewers + 1] = who
        end
      elseif kind == 'm' then
        if tonumber(who) > log then
          log, comments, moved, yours = tonumber(who), amount, true, amount
        end
      elseif kind == 'j' then
        local guest, known = ARGV[at + i * 3 + 2], {}
        for _, name in ipairs({'c:' .. who, 'c:' .. guest, 'l:' .. who, 'l:' .. guest}) do
          known[#known + 1] = totals[name] or tonumber(redis.call('HGET', tally_key, name) or (full and 0))
        end
        if #known < 4 then
          yours = -1
        else
          local claps, theirs, likes, liked = unpack(known)
          yours = math.abs(claps)
          if claps >= 0 and theirs > 0 then
            yours = math.min(cap, claps + theirs)
            totals['c:' .. who], touched['c:' .. who], totals['c:' .. guest], touched['c:' .. guest] = yours, yours, 0, 0
            if yours > claps then clap_log[#clap_log + 1] = who .. ':' .. (yours - claps) end
            clap_log[#clap_log + 1] = guest .. ':' .. -theirs
            sum.claps = sum.claps + yours - claps - theirs
            if claps > 0 then sum.people = sum.people - 1 end
          end
          if liked > 0 then
            totals['l:' .. who], touched['l:' .. who], totals['l:' .. guest], touched['l:' .. guest] = 1, 1, 0, 0
            if likes == 0 then like_log[#like_log + 1] = who .. ':1' end
            like_log[#like_log + 1] = guest .. ':-1'
            if likes > 0 then sum.likes = sum.likes - 1 end
          end
        end
      else
        local name = (field[kind] or 'c:') .. who
        local before = totals[name] or tonumber(have[10 + i] or (full and 0))
        if before == nil then
          yours = -1
        else
          local had, after = math.abs(before), before
          if kind == 'h' then after = -had
          elseif kind == 'r' then after = had
          else
            after = math.max(0, math.min(kind == 'c' and cap or 1, had + amount))
            if before < 0 and after > 0 then after = -after end
          end
          yours, given = math.abs(after), math.abs(after) - had
          totals[name] = after
          if after ~= before then
            touched[name] = after
            if kind == 'l' then
              sum.likes = sum.likes + given
              like_log[#like_log + 1] = who .. ':' .. given
            else
              local counted, held = math.max(0, after) - math.max(0, before), math.max(0, -after) - math.max(0, -before)
              if counted ~= 0 then
                sum.claps = sum.claps + counted
                if before <= 0 then sum.people = sum.people + 1 end
                if after <= 0 then sum.people = sum.people - 1 end
                clap_log[#clap_log + 1] = who .. ':' .. counted
              end
              if held ~= 0 then held_log[#held_log + 1] = who .. ':' .. held end
            end
          end
        end
      end
      answers[#answers + 1] = yours
      answers[#answers + 1] = given
    end
    at = at + size * 3

    local claps, people = tonumber(have[3]) + sum.claps, tonumber(have[4]) + sum.people
    local likes, views = tonumber(have[5]) + sum.likes, tonumber(have[6]) + sum.views
    local entry = {}
    if #clap_log > 0 then entry = {'claps', table.concat(clap_log, ' ')} end
    if #like_log > 0 then entry[#entry + 1] = 'likes'; entry[#entry + 1] = table.concat(like_log, ' ') end
    if #held_log > 0 then entry[#entry + 1] = 'held'; entry[#entry + 1] = table.concat(held_log, ' ') end
    if sum.views > 0 then
      entry[#entry + 1] = 'views'; entry[#entry + 1] = sum.views
      entry[#entry + 1] = 'viewers'; entry[#entry + 1] = table.concat(viewers, ' ')
    end
    local version
    if #entry > 0 or moved then
      local offset = redis.call('HINCRBY', KEYS[1], 'offset', 1)
      version = epoch .. '.' .. offset
      local write = {'v', offset, 'claps', claps, 'people', people, 'likes', likes, 'views', views,
                     'comments', comments, 'log', log}
      for name, total in pairs(touched) do
        write[#write + 1] = name
        write[#write + 1] = total
      end
      if #entry > 0 then
        write[#write + 1] = 'id'
        write[#write + 1] = redis.call('XADD', KEYS[2], '*', 'post', post_id, unpack(entry))
        -- While it has entries that are not in SQL, a tally must not expire.
        redis.call('PERSIST', tally_key)
      end
      redis.call('HSET', tally_key, unpack(write))
      redis.call('PUBLISH', 'post:' .. post_id, table.concat(
        {version, claps, people, likes, views, comments, have[8]}, ' '))
    else
      version = epoch .. '.' .. redis.call('HGET', tally_key, 'v')
    end
    replies[#replies + 1] = {'ok', version, claps, people, likes, views, comments, tonumber(have[8]),
                             unpack(answers)}
  end
  if replies[#replies][1] == 'cold' then at = at + size * 3 end
end
return replies
