-- Guards and writes: what each verb means. verbs.py and view.py give it the same meaning in memory.
-- Both read and change the overlay of their call (overlay.lua), so an unknown verb or a value that
-- is no number ends the call before anything is in Redis.

-- Compares the integer a value begins with: of a value like "3 w-1 0 2" only the 3, which says how
-- far a thing has come. A missing value is below every number.
local function is_below(value, number)
  return not value or tonumber(value:match('^-?%d+')) < tonumber(number)
end

-- A guard answers yes or no: {verb, key's number, field, value}.
local guards = {
  absent = function(over, guard)
    if guard[3] then return not field_of(over, guard[2], guard[3]) end
    return not exists(touched(over, guard[2]))
  end,
  field_is = function(over, guard) return field_of(over, guard[2], guard[3]) == guard[4] end,
  field_below = function(over, guard)
    return is_below(field_of(over, guard[2], guard[3]), guard[4])
  end,
}

-- Adds to an integer field. Numbers stay below 2^53, up to which Lua counts exactly.
local function add(over, number, name, by)
  local held = field_of(over, number, name) or '0'
  if not held:find('^-?%d+$') then error('hash value is not an integer: ' .. name) end
  put_field(over, number, name, string.format('%.0f', tonumber(held) + tonumber(by)))
end

-- Sets an integer field if that raises it: of several numbers the highest stands, in any order.
local function raise(over, number, name, to)
  if is_below(field_of(over, number, name), to) then put_field(over, number, name, to) end
end

local function each_pair(change)
  return function(over, write)
    for i = 3, #write, 2 do change(over, write[2], write[i], write[i + 1]) end
  end
end

local function dropping(kind)
  return function(over, write)
    local key = of_kind(over, write[2], kind)
    for i = 3, #write do drop(key, write[i]) end
  end
end

-- A write is {verb, key's number, ...}.
local writes = {
  HSET = each_pair(put_field),
  HDEL = dropping('hash'),
  HINCRBY = each_pair(add),
  HMAX = each_pair(raise),
  SADD = function(over, write)
    local key = of_kind(over, write[2], 'set')
    for i = 3, #write do put(key, write[i], true) end
  end,
  SREM = dropping('set'),
  ZADD = function(over, write) put(of_kind(over, write[2], 'zset'), write[4], write[3]) end,
  ZREM = dropping('zset'),
  -- Lets a key expire at a Unix time, but in a day at the soonest: an old event that is folded again
  -- must find the key that guards it. Of several times for one key the latest stands, in any order.
  EXPIREAT = function(over, write)
    local key = touched(over, write[2])
    if not exists(key) then return end
    local at = math.max(tonumber(write[3]), math.floor(now_ms() / 1000) + 86400)
    if (key.at or redis.call('EXPIRETIME', key.name)) < at then key.at = at end
  end,
  -- Takes back what EXPIREAT said: the key stays.
  PERSIST = function(over, write) touched(over, write[2]).at = -1 end,
}

-- Whether all these guards hold.
local function hold(list, over)
  for _, guard in ipairs(list) do
    local holds = guards[guard[1]] or error('unknown guard ' .. tostring(guard[1]))
    if not holds(over, guard) then return false end
  end
  return true
end

-- Makes the writes of each change whose guards hold, in order: a guard sees the writes before it.
-- Raises the revision of each aggregate once, however many of its changes are made.
local function make(changes, over)
  local raised = {}
  for _, change in ipairs(changes) do
    if hold(change[2], over) then
      for _, write in ipairs(change[3]) do
        local made = writes[write[1]] or error('unknown write ' .. tostring(write[1]))
        made(over, write)
      end
      local aggregate = change[1]
      if aggregate > 0 and not raised[aggregate] then
        raised[aggregate] = true
        add(over, aggregate, 'rev', 1)
      end
    end
  end
end
