-- What a call has written so far: it stays here until the call ends, and then each key is written
-- once. Until then nothing is in Redis, so a call that fails has written nothing. Guards and writes
-- read through it, so a later entry of a call sees what the earlier ones wrote.
--
-- The overlay of a call holds its keys by their numbers in KEYS. Of a key it holds
--   name, kind   its name, and 'hash', 'set' or 'zset' once it is written
--   now          field -> its value as it is now, false for none; nil: nobody has asked yet; of a
--                sorted set: member -> where its score stands in `into`
--   is_read      whether Redis was asked for a field, and so has seen that it is no other kind
--   into, count  what is to be put into it, as the values of one command, and how many these are:
--                of two values for one member the later one stands
--   out          the members that go, as a set; they go after the others have come
--   gone         whether it was emptied on the way: its expiry went with it
--   at           the Unix time at which it is to expire, -1 for never; nil: as it is in Redis

-- Arguments of one command at most: Lua cannot unpack many thousands at once. The number is even,
-- so that a field and its value, or a score and its member, stay together.
local ARGUMENTS_MAX = 1000

-- Calls a Redis command on a key with all values of a list.
local function in_parts(command, key, list)
  for from = 1, #list, ARGUMENTS_MAX do
    redis.call(command, key, unpack(list, from, math.min(from + ARGUMENTS_MAX - 1, #list)))
  end
end

-- Asks Redis about members of a key: a command that answers each with a value or false.
local function asked_of(command, key, members)
  if #members <= ARGUMENTS_MAX then return redis.call(command, key, unpack(members)) end
  local values = {}
  for from = 1, #members, ARGUMENTS_MAX do
    local to = math.min(from + ARGUMENTS_MAX - 1, #members)
    for _, value in ipairs(redis.call(command, key, unpack(members, from, to))) do
      values[#values + 1] = value
    end
  end
  return values
end

-- Makes the overlay of a call. `words` are the texts that guards and writes name by their numbers,
-- `asked` which fields of which keys guards will ask for: key, count, words, and so on. They are read
-- in one command for each key.
local function overlay(keys, words, asked)
  local over, at = {keys = keys, words = words, order = {}}, 1
  while at < #asked do
    local names, now, name = {}, {}, keys[asked[at]]
    for i = 1, asked[at + 1] do names[i] = words[asked[at + 1 + i]] end
    local values = asked_of('HMGET', name, names)
    for i = 1, #names do now[names[i]] = values[i] end
    local key = {name = name, now = now, is_read = true, count = 0}
    over[asked[at]] = key
    over.order[#over.order + 1] = key
    at = at + 2 + #names
  end
  return over
end

local function touched(over, number)
  local key = over[number]
  if not key then
    key = {name = over.keys[number], now = {}, count = 0}
    over[number] = key
    over.order[#over.order + 1] = key
  end
  return key
end

-- Returns a key that is about to be written. One that holds something of another kind is refused
-- here, before anything is written.
local function of_kind(over, number, kind)
  local key = touched(over, number)
  if key.kind == kind then return key end
  if key.kind or kind ~= 'hash' or not key.is_read then
    local held = key.kind or redis.call('TYPE', key.name).ok
    if held ~= 'none' and held ~= kind then
      error('WRONGTYPE ' .. key.name .. ' is a ' .. held .. ' and is written as a ' .. kind)
    end
  end
  key.kind, key.into = kind, {}
  return key
end

-- Returns the value of a field of a hash as it is now, or false.
local function field_of(key, name)
  local value = key.now[name]
  if value == nil then
    value = not key.gone and redis.call('HGET', key.name, name)
    key.now[name] = value
    key.is_read = true
  end
  return value
end

local COUNTED = {hash = {'HLEN', 'HMGET'}, set = {'SCARD', 'SMISMEMBER'}, zset = {'ZCARD', 'ZMSCORE'}}

-- Returns whether anything that was put into a key is still to stay in it.
local function holds_new(key)
  if key.count == 0 or not key.out then return key.count > 0 end
  local first, step = 1, key.kind == 'set' and 1 or 2
  if key.kind == 'zset' then first = 2 end
  for i = first, key.count, step do
    if not key.out[key.into[i]] then return true end
  end
  return false
end

-- Finds out whether what went from a key has emptied it. Asked only where that makes a difference:
-- before a field is put into it again, and where its existence or expiry is asked for.
local function look_if_gone(key)
  if not key.out or holds_new(key) then return end
  local left, out = 0, {}
  if not key.gone then  -- one that was emptied before holds only what was put into it since
    for member in pairs(key.out) do out[#out + 1] = member end
    left = redis.call(COUNTED[key.kind][1], key.name)
    for _, held in ipairs(asked_of(COUNTED[key.kind][2], key.name, out)) do
      if held and held ~= 0 then left = left - 1 end
    end
  end
  if left == 0 then
    key.gone, key.now, key.into, key.count, key.out, key.at = true, {}, {}, 0, nil, -1
  end
end

local function exists(key)
  look_if_gone(key)
  return holds_new(key) or not key.gone and redis.call('EXISTS', key.name) == 1
end

local function put(key, name, value)
  if key.out then
    look_if_gone(key)
    if key.out then key.out[name] = nil end
  end
  local into, count = key.into, key.count
  into[count + 1], into[count + 2] = name, value
  key.count = count + 2
  key.now[name] = value
end

-- A set or a sorted set never expires, so it does not matter whether it was empty meanwhile. A member
-- that gets two scores is said once: for one command with more than 128 pairs Redis gives up the
-- compact form of a sorted set, however few members these are.
local function put_member(key, member, score)
  if key.out then key.out[member] = nil end
  local into, count, place = key.into, key.count, score and key.now[member]
  if place then
    into[place] = score
    return
  end
  if score then
    count = count + 1
    into[count] = score
    key.now[member] = count
  end
  into[count + 1] = member
  key.count = count + 1
end

local function drop(key, member)
  key.out = key.out or {}
  key.out[member] = true
  key.now[member] = false
end

local puts = {hash = 'HSET', set = 'SADD', zset = 'ZADD'}
local drops = {hash = 'HDEL', set = 'SREM', zset = 'ZREM'}

local function write_members(key)
  if key.gone then redis.call('DEL', key.name) end
  if key.count > 0 then in_parts(puts[key.kind], key.name, key.into) end
  -- After what comes: a key that something stays in is not emptied on the way, and keeps its expiry.
  if key.out then
    local out = {}
    for member in pairs(key.out) do out[#out + 1] = member end
    in_parts(drops[key.kind], key.name, out)
  end
end

-- Writes each key of the overlay, in the order in which they were first touched.
local function write_out(over)
  for _, key in ipairs(over.order) do
    if key.kind then write_members(key) end
    if key.at == -1 and not key.gone then redis.call('PERSIST', key.name)
    elseif key.at and key.at ~= -1 then redis.call('EXPIREAT', key.name, key.at) end
  end
end
