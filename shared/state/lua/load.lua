-- Loading: the outcomes, attempts and keys that a batch of records is decided on.

-- Returns what is kept of events that were committed, by id: `digest records`, and once that is
-- settled the digest alone. A digest holds no blank. `events` are ids, or lists
-- that begin with one.
local function outcomes_of(slot, events)
  local ids, names, kept = {}, {}, {}
  for i, event in ipairs(events) do
    ids[i] = type(event) == 'table' and event[1] or event
    names[i] = slot .. ':outcome:' .. ids[i]
  end
  for from = 1, #names, ARGUMENTS_MAX do
    local to = math.min(from + ARGUMENTS_MAX - 1, #names)
    for i, value in ipairs(redis.call('MGET', unpack(names, from, to))) do
      if value then kept[ids[from + i - 1]] = value end
    end
  end
  return kept
end

-- Returns the next members, by their bytes, of a sorted set whose scores are all the same.
local function page(step)
  local from = step[3] == '>' and '-' or '(' .. step[3]:sub(2)
  return redis.call('ZRANGE', step[2], from, '+', 'BYLEX', 'LIMIT', 0, step[4])
end

-- Returns what a step follows from a field of a hash, or a false value. A step for the field
-- `rules` follows that field's value. A step for `seat:` follows, from a field like `seat:w-1`
-- whose value has several words, the next part of its name: `w-1`. A step for `.turn` follows, from a
-- field like `0.turn` whose value is `3 t-1`, the second word of its value.
local function followed(name, value, wanted)
  if wanted:sub(1, 1) == '.' then return name:sub(-#wanted) == wanted and value:match(' (%S+)') end
  if wanted:sub(-1) ~= ':' then return name == wanted and value end
  return name:sub(1, #wanted) == wanted and value:find(' ', 1, true)
    and name:match('^[^:]+', #wanted + 1)
end

-- Returns the fields of a hash that a step for a part of it loads, and whether these are all. part.py
-- says which; the step's suffix holds the words that it explains.
local function part(step)
  local flat, facts, words, kept, held = redis.call('HGETALL', step[2]), {}, {}, {}, 0
  local counted, goal, never
  for word in step[3]:gmatch('%S+') do
    words[word] = true
    local sign = word:sub(1, 1)
    if sign == '+' then held = held + 1
    elseif sign == '-' then never = word:sub(2)
    elseif sign == '<' then counted, goal = word:match('^<([^:]*):(.*)$') end
  end
  counted = counted and counted .. ' '
  for i = 1, #flat, 2 do
    local name, value = flat[i], flat[i + 1]
    local entry, coming = name:find(':', 1, true), words['+' .. name]
    if not entry then facts[name] = value
    elseif counted and value:sub(1, #counted) == counted and not coming then held = held + 1 end
    if not entry or coming or words[name] then
      kept[#kept + 1] = name
      kept[#kept + 1] = value
    end
  end
  if never and facts[never] then return kept, false end
  if goal and facts[goal] and held >= tonumber(facts[goal]) then return flat, true end
  for name in pairs(facts) do
    if words['!' .. name] then return flat, true end
  end
  return kept, false
end

-- Reads the key of a step into `data`, unless it is there already, and then the steps that follow
-- from its members. A step is {kind, prefix, suffix, take, steps that follow, field, spare, holding}.
-- One with `holding` follows only from a field of a hash whose value holds that text.
local function fetch(step, member, data)
  local kind = step[1]
  local key = kind == 'part' and step[2] or step[2] .. member .. step[3]
  local found, whole = data[key], true
  if not found then
    if kind == 'hash' then found = {kind, redis.call('HGETALL', key)}
    elseif kind == 'set' then found = {kind, redis.call('SMEMBERS', key)}
    elseif kind == 'page' then found = {'set', page(step)}
    elseif kind == 'part' then
      found = {'hash'}
      found[2], whole = part(step)
    elseif kind == 'count' then found = {'hash', {'count', tostring(redis.call('ZCARD', step[2]))}}
    else found = {kind, redis.call('ZRANGE', key, 0, step[4] - 1, 'WITHSCORES')} end
    data[key] = found
  end
  if #step[5] == 0 or not whole then return end
  local flat = found[2]
  -- Another step may have loaded more of a sorted set than this one takes and follows.
  local last = kind == 'zset' and math.min(#flat, 2 * step[4]) or #flat
  for i = 1, last, found[1] == 'set' and 1 or 2 do
    local member, said = flat[i], ''
    if found[1] == 'hash' then
      said = flat[i + 1]
      member = followed(member, said, step[6])
    end
    for _, follow in ipairs(member and step[5] or {}) do
      if said:find(follow[8] or '', 1, true) then fetch(follow, member, data) end
    end
  end
  for coming in (kind == 'part' and ' ' .. step[3] or ''):gmatch('%f[%S]%+(%S+)') do
    local member = followed(coming, ' ', step[6])
    for _, follow in ipairs(member and step[5] or {}) do
      if (follow[8] or '') == '' then fetch(follow, member, data) end
    end
  end
end

-- {} -> {epoch, how many of the keys behind the slot exist}
local function there(keys)
  local epoch = epoch_of(keys[1])
  if not epoch then return cmsgpack.pack({false}) end
  return cmsgpack.pack({epoch, redis.call('EXISTS', unpack(keys, 2))})
end

-- Counts up how often the named events were tried: who dies over an event finds a higher number.
-- Returns these numbers, and what the steps of a request read.
local function counted_and_read(slot, request)
  local attempts, data = {}, {}
  for _, name in ipairs(request[3]) do
    attempts[name] = redis.call('HINCRBY', slot .. ':attempts', name, 1)
  end
  for _, step in ipairs(request[2]) do fetch(step, '', data) end
  return attempts, data
end

-- {ids, reads, counted} -> {epoch, {id = outcome}, {counted = attempts}, {key = {kind, flat}}}
local function load(keys, args)
  local slot = keys[1]
  local epoch = epoch_of(slot)
  if not epoch then return cmsgpack.pack({false}) end
  local request = cmsgpack.unpack(args[1])
  local attempts, data = counted_and_read(slot, request)
  return cmsgpack.pack({epoch, outcomes_of(slot, request[1]), attempts, data})
end
