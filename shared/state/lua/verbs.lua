-- Guards and writes: what each verb means. verbs.py and view.py give it the same meaning in memory.

-- Compares the integer a value begins with: of a value like "3 w-1 0 2" only the 3, which says how
-- far a thing has come. A missing value is below every number.
local function is_below(value, number)
  return not value or tonumber(value:match('^-?%d+')) < tonumber(number)
end

-- A guard reads and answers yes or no. Any other verb is refused before anything is written.
local guards = {
  absent = function(key, field)
    if field then return redis.call('HEXISTS', key, field) == 0 end
    return redis.call('EXISTS', key) == 0
  end,
  field_is = function(key, field, value) return redis.call('HGET', key, field) == value end,
  field_below = function(key, field, number)
    return is_below(redis.call('HGET', key, field), number)
  end,
}

-- Arguments of one command at most: Lua cannot unpack many thousands at once. The number is even,
-- so that a field and its value, or a score and its member, stay together.
local ARGUMENTS_MAX = 1000

-- Calls a Redis command on a key with the values of a list, from the first one wanted on.
local function in_parts(command, key, list, first)
  for from = first or 1, #list, ARGUMENTS_MAX do
    redis.call(command, key, unpack(list, from, math.min(from + ARGUMENTS_MAX - 1, #list)))
  end
end

-- Calls the Redis command that has the verb's name.
local function plain(key, write) in_parts(write[1], key, write, 3) end

-- Lets a key expire at a Unix time, but in a day at the soonest: an old event that is folded again
-- must find the key that guards it. Of several times for one key the latest stands, in any order.
local function expire(key, write)
  local known = redis.call('EXPIRETIME', key)
  local at = math.max(tonumber(write[3]), math.floor(now_ms() / 1000) + 86400)
  if known < at then redis.call('EXPIREAT', key, at) end
end

-- Takes back what EXPIREAT said: the key stays.
local function keep(key) redis.call('PERSIST', key) end

local function increment(key, write)
  for i = 3, #write, 2 do redis.call('HINCRBY', key, write[i], write[i + 1]) end
end

-- Sets an integer field if that raises it: of several numbers the highest stands, in any order.
local function raise(key, field, number)
  local known = redis.call('HGET', key, field)
  if is_below(known, number) then redis.call('HSET', key, field, number) end
end

local function advance(key, write)
  for i = 3, #write, 2 do raise(key, write[i], write[i + 1]) end
end

local writes = {
  HSET = plain, HDEL = plain, HINCRBY = increment, HMAX = advance, SADD = plain, SREM = plain,
  ZADD = plain, ZREM = plain, EXPIREAT = expire, PERSIST = keep,
}

-- Whether all these guards hold.
local function hold(list, keys)
  for _, guard in ipairs(list) do
    if not guards[guard[1]](keys[guard[2]], guard[3], guard[4]) then return false end
  end
  return true
end

-- Raises an error for an unknown verb. Called for a whole batch before its first write: a function
-- that fails halfway leaves behind what it has written.
local function check_verbs(changes)
  for _, change in ipairs(changes) do
    for _, guard in ipairs(change[2]) do
      if not guards[guard[1]] then error('unknown guard ' .. tostring(guard[1])) end
    end
    for _, write in ipairs(change[3]) do
      if not writes[write[1]] then error('unknown write ' .. tostring(write[1])) end
    end
  end
end

-- Makes the writes of each change whose guards hold, in order: a guard sees the writes before it.
-- Raises the revision of each aggregate once, however many of its changes are made.
local function make(changes, keys)
  local raised = {}
  for _, change in ipairs(changes) do
    if hold(change[2], keys) then
      for _, write in ipairs(change[3]) do writes[write[1]](keys[write[2]], write) end
      local aggregate = change[1]
      if aggregate > 0 and not raised[aggregate] then
        raised[aggregate] = true
        redis.call('HINCRBY', keys[aggregate], 'rev', 1)
      end
    end
  end
end
