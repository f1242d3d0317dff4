-- What a call has written so far: it stays here until the call ends, and then each key is written
-- once. Until then nothing is in Redis, so a call that fails has written nothing. Guards and writes
-- read through it, so a later entry of a call sees what the earlier ones wrote.
--
-- The overlay of a call holds its keys by their numbers in KEYS. A key is
--   name, kind   its name, and 'hash', 'set' or 'zset' once it is written
--   fields       the fields of a hash as they are now, as far as anybody asked; false: missing.
--                `is_read` says that one was looked for in Redis
--   put, names   what is to be set, member -> value, and in which order; `puts` is how many
--   out          members that are to go
--   gone         whether it was emptied on the way: an emptied key is deleted, its expiry with it
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

local function overlay(keys) return {keys = keys, order = {}} end

local function touched(over, number)
  local key = over[number]
  if not key then
    key = {name = over.keys[number], fields = {}, put = {}, names = {}, puts = 0, out = {}}
    over[number] = key
    over.order[#over.order + 1] = key
  end
  return key
end

-- Returns a key that is about to be written. One that holds something of another kind is refused
-- here, before anything is written. Where a field was read, HGET has refused it before.
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

local COUNTED = {hash = {'HLEN', 'HMGET'}, set = {'SCARD', 'SMISMEMBER'}, zset = {'ZCARD', 'ZMSCORE'}}

-- Finds out whether what goes from a key empties it. Asked only where that makes a difference:
-- before something is put into it again, or its existence or its expiry is asked for.
local function look_if_gone(key)
  if key.gone or key.puts > 0 or not next(key.out) then return end
  local out = {}
  for member in pairs(key.out) do out[#out + 1] = member end
  local left = redis.call(COUNTED[key.kind][1], key.name)
  for from = 1, #out, ARGUMENTS_MAX do
    local to = math.min(from + ARGUMENTS_MAX - 1, #out)
    for _, held in ipairs(redis.call(COUNTED[key.kind][2], key.name, unpack(out, from, to))) do
      if held and held ~= 0 then left = left - 1 end
    end
  end
  if left == 0 then key.gone, key.fields, key.out, key.at = true, {}, {}, -1 end
end

local function exists(key)
  look_if_gone(key)
  return key.puts > 0 or not key.gone and redis.call('EXISTS', key.name) == 1
end

-- Returns the value of a field of a hash as it is now, or false.
local function field_of(over, number, name)
  local key = touched(over, number)
  local value = key.fields[name]
  if value == nil then
    value = not key.gone and redis.call('HGET', key.name, name)
    key.fields[name] = value
    key.is_read = true
  end
  return value
end

local function put(key, member, value)
  look_if_gone(key)
  if key.put[member] == nil then
    key.puts = key.puts + 1
    key.names[#key.names + 1] = member
  end
  key.put[member] = value
  key.out[member] = nil
end

local function put_field(over, number, name, value)
  local key = of_kind(over, number, 'hash')
  put(key, name, value)
  key.fields[name] = value
end

local function drop(key, member)
  if key.put[member] ~= nil then
    key.put[member] = nil
    key.puts = key.puts - 1
  end
  key.fields[member] = false
  if not key.gone then key.out[member] = true end
end

-- The values behind a command that puts members into a key of a kind.
local puts = {
  hash = {'HSET', function(list, name, value) list[#list + 1] = name; list[#list + 1] = value end},
  set = {'SADD', function(list, name) list[#list + 1] = name end},
  zset = {'ZADD', function(list, name, score) list[#list + 1] = score; list[#list + 1] = name end},
}
local drops = {hash = 'HDEL', set = 'SREM', zset = 'ZREM'}

local function write_members(key)
  if key.gone then redis.call('DEL', key.name) end
  if key.puts > 0 then
    local values = {}
    for _, name in ipairs(key.names) do
      local value = key.put[name]
      if value ~= nil then puts[key.kind][2](values, name, value) end
      key.put[name] = nil  -- a name that went and came again stands twice
    end
    in_parts(puts[key.kind][1], key.name, values)
  end
  -- After what comes: a key that something stays in is not emptied on the way, and keeps its expiry.
  if next(key.out) then
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
