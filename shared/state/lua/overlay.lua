-- What a call has written so far: it stays here until the call ends, and then each key is written
-- once. Until then nothing is in Redis, so a call that fails has written nothing. Guards and writes
-- read through it, so a later entry of a call sees what the earlier ones wrote.
--
-- The overlay of a call holds its keys by their numbers in KEYS. A key is the list of the members
-- (fields of a hash, members of a set) that were written, and besides
--   name, kind   its name, and 'hash', 'set' or 'zset' once it is written
--   now          member -> its value as it is now, false for none; nil: nobody has asked yet
--   is_read      whether Redis was asked for a field, and so has seen that it is no other kind
--   dropped      whether a member went; gone: whether that emptied it, and its expiry went with it
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
  local told = {}
  for from = 1, #members, ARGUMENTS_MAX do
    local to = math.min(from + ARGUMENTS_MAX - 1, #members)
    for i, value in ipairs(redis.call(command, key, unpack(members, from, to))) do
      told[from + i - 1] = value
    end
  end
  return told
end

-- Makes the overlay of a call. `words` are the texts that guards and writes name by their numbers,
-- `asked` which fields of which keys guards will ask for: key, count, words, and so on. They are read
-- in one command for each key.
local function overlay(keys, words, asked)
  local over, at = {keys = keys, words = words, order = {}}, 1
  while at < #asked do
    local key, names = {name = keys[asked[at]], now = {}, is_read = true}, {}
    over[asked[at]] = key
    over.order[#over.order + 1] = key
    for i = 1, asked[at + 1] do names[i] = words[asked[at + 1 + i]] end
    for i, value in ipairs(asked_of('HMGET', key.name, names)) do key.now[names[i]] = value end
    at = at + 2 + #names
  end
  return over
end

local function touched(over, number)
  local key = over[number]
  if not key then
    key = {name = over.keys[number], now = {}}
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
  key.kind = kind
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

-- Returns whether anything was put into a key that is still to stay in it.
local function holds_new(key)
  for _, member in ipairs(key) do
    if key.now[member] then return true end
  end
  return false
end

-- Finds out whether what went from a key has emptied it. Asked only where that makes a difference:
-- before a field is put into it again, and where its existence or expiry is asked for.
local function look_if_gone(key)
  if key.gone or not key.dropped or holds_new(key) then return end
  local out, seen = {}, {}
  for _, member in ipairs(key) do
    if not seen[member] then out[#out + 1] = member end
    seen[member] = true
  end
  local left = redis.call(COUNTED[key.kind][1], key.name)
  for _, held in ipairs(asked_of(COUNTED[key.kind][2], key.name, out)) do
    if held and held ~= 0 then left = left - 1 end
  end
  if left > 0 then return end
  for i = #key, 1, -1 do key[i] = nil end
  key.gone, key.now, key.at = true, {}, -1
end

local function exists(key)
  look_if_gone(key)
  return holds_new(key) or not key.gone and redis.call('EXISTS', key.name) == 1
end

local function put(key, member, value)
  -- Only a hash is ever let go, so only of a hash it matters whether its expiry went meanwhile.
  if key.dropped and key.kind == 'hash' then look_if_gone(key) end
  key.now[member] = value
  key[#key + 1] = member
end

local function drop(key, member)
  key.now[member] = false
  key[#key + 1] = member
  key.dropped = true
end

local puts = {hash = 'HSET', set = 'SADD', zset = 'ZADD'}
local drops = {hash = 'HDEL', set = 'SREM', zset = 'ZREM'}

local function write_members(key)
  local kind, now, into, out, n = key.kind, key.now, {}, {}, 0
  for _, member in ipairs(key) do
    local value = now[member]
    if value then
      if kind == 'hash' then
        into[n + 1], into[n + 2] = member, value
        n = n + 2
      elseif kind == 'set' then
        into[n + 1] = member
        n = n + 1
      else
        into[n + 1], into[n + 2] = value, member
        n = n + 2
      end
    elseif value == false and not key.gone then out[#out + 1] = member end
    now[member] = nil  -- one that was written twice stands in the list twice
  end
  if key.gone then redis.call('DEL', key.name) end
  in_parts(puts[kind], key.name, into)
  -- After what comes: a key that something stays in is not emptied on the way, and keeps its expiry.
  in_parts(drops[kind], key.name, out)
end

-- Writes each key of the overlay, in the order in which they were first touched.
local function write_out(over)
  for _, key in ipairs(over.order) do
    if key.kind then write_members(key) end
    if key.at == -1 and not key.gone then redis.call('PERSIST', key.name)
    elseif key.at and key.at ~= -1 then redis.call('EXPIREAT', key.name, key.at) end
  end
end
