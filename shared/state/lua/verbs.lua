-- Guards and writes: what each verb means. verbs.py and view.py give it the same meaning in memory.
-- Both read and change the overlay of their call (overlay.lua), so a value that is no number ends the
-- call before anything is in Redis.

-- Compares the integer a value begins with: of a value like "3 w-1 0 2" only the 3, which says how
-- far a thing has come. A missing value is below every number.
local function is_below(value, number)
  return not value or tonumber(value:match('^-?%d+')) < tonumber(number)
end

-- A guard answers yes or no: {verb, key's number, field, value}.
local guards = {
  absent = function(key, guard)
    if guard[3] then return not field_of(key, guard[3]) end
    return not exists(key)
  end,
  field_is = function(key, guard) return field_of(key, guard[3]) == guard[4] end,
  field_below = function(key, guard) return is_below(field_of(key, guard[3]), guard[4]) end,
}

-- Adds to an integer field. Numbers stay below 2^53, up to which Lua counts exactly.
local function add(key, name, by)
  local held = field_of(key, name) or '0'
  if not held:find('^-?%d+$') then error('hash value is not an integer: ' .. name) end
  put(key, name, string.format('%.0f', tonumber(held) + tonumber(by)))
end

-- Sets an integer field if that raises it: of several numbers the highest stands, in any order.
local function raise(key, name, to)
  if is_below(field_of(key, name), to) then put(key, name, to) end
end

local function dropping(kind)
  return function(over, write)
    local key = of_kind(over, write[2], kind)
    for i = 3, #write do drop(key, write[i]) end
  end
end

-- A write is {verb, key's number, ...}.
local writes = {
  HSET = function(over, write)
    local key = of_kind(over, write[2], 'hash')
    for i = 3, #write, 2 do put(key, write[i], write[i + 1]) end
  end,
  HDEL = dropping('hash'),
  HINCRBY = function(over, write)
    local key = of_kind(over, write[2], 'hash')
    for i = 3, #write, 2 do add(key, write[i], write[i + 1]) end
  end,
  HMAX = function(over, write)
    local key = of_kind(over, write[2], 'hash')
    for i = 3, #write, 2 do raise(key, write[i], write[i + 1]) end
  end,
  SADD = function(over, write)
    local key = of_kind(over, write[2], 'set')
    for i = 3, #write do put(key, write[i], true) end
  end,
  SREM = dropping('set'),
  ZADD = function(over, write) put(of_kind(over, write[2], 'zset'), write[4], write[3]) end,
  ZREM = dropping('zset'),
  -- Lets a hash expire at a Unix time, but in a day at the soonest: an old event that is folded again
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

-- Notes that a field will be asked for.
local function ask(over, number, name)
  local key = touched(over, number)
  if key.now[name] == nil then
    key.now[name] = false
    key.asked = key.asked or {}
    key.asked[#key.asked + 1] = name
  end
end

-- Notes every field that guards and writes of these changes will ask for; refuses unknown verbs.
local function ask_for(over, changes)
  for _, change in ipairs(changes) do
    if change[1] > 0 then ask(over, change[1], 'rev') end
    for _, guard in ipairs(change[2]) do
      if not guards[guard[1]] then error('unknown guard ' .. tostring(guard[1])) end
      if guard[3] then ask(over, guard[2], guard[3]) end
    end
    for _, write in ipairs(change[3]) do
      local verb = write[1]
      if not writes[verb] then error('unknown write ' .. tostring(verb)) end
      if verb == 'HMAX' or verb == 'HINCRBY' then
        for i = 3, #write, 2 do ask(over, write[2], write[i]) end
      end
    end
  end
end

-- Reads all fields that were asked for, in one command for each key.
local function look_up(over)
  for _, key in ipairs(over.order) do
    if key.asked then
      for i, value in ipairs(asked_of('HMGET', key.name, key.asked)) do
        key.now[key.asked[i]] = value
      end
      key.is_read, key.asked = true, nil
    end
  end
end

-- Whether all these guards hold.
local function hold(list, over)
  for _, guard in ipairs(list) do
    if not guards[guard[1]](touched(over, guard[2]), guard) then return false end
  end
  return true
end

-- Makes the writes of each change whose guards hold, in order: a guard sees the writes before it.
-- Raises the revision of each aggregate once, however many of its changes are made.
local function make(changes, over)
  local raised = {}
  for _, change in ipairs(changes) do
    if hold(change[2], over) then
      for _, write in ipairs(change[3]) do writes[write[1]](over, write) end
      local aggregate = change[1]
      if aggregate > 0 and not raised[aggregate] then
        raised[aggregate] = true
        add(of_kind(over, aggregate, 'hash'), 'rev', 1)
      end
    end
  end
end
