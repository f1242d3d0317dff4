-- Guards and writes: what each verb means. verbs.py and view.py give it the same meaning in memory.
-- Both read and change the overlay of their call (overlay.lua), so a value that is no number ends the
-- call before anything is in Redis.
--
-- They stand one after the other in a list of numbers, the code, as calls.py writes it:
--   guards    how many, and each: its verb, its key, and the words it compares with
--   changes   how many, and each: its aggregate's key or 0, guards, how many writes, and each:
--             its verb, its key, how many words follow, and these

-- The integer a value begins with: of a value like "3 w-1 0 2" the 3, which says how far a thing has
-- come.
local function number_of(value) return tonumber(value:match('^-?%d+')) end

-- A missing value is below every number.
local function is_below(value, number)
  return not value or number_of(value) < number_of(number)
end

-- By the number of its verb: how many words a guard has, and whether it holds.
local guards = {
  {0, function(key) return not exists(key) end},                                  -- absent: a key
  {1, function(key, name) return not field_of(key, name) end},                    -- absent: a field
  {2, function(key, name, value) return field_of(key, name) == value end},        -- field_is
  {2, function(key, name, number) return is_below(field_of(key, name), number) end},  -- field_below
}

-- Adds to an integer field. Numbers stay below 2^53, up to which Lua counts exactly.
local function add(key, name, by)
  local held = field_of(key, name) or '0'
  if not held:find('^-?%d+$') then error('hash value is not an integer: ' .. name) end
  put(key, name, string.format('%.0f', tonumber(held) + tonumber(by)))
end

-- Sets a field if that raises the integer it begins with: of several the highest stands, in any
-- order, and of two texts with one integer the one that sorts last.
local function raise(key, name, to)
  local held = field_of(key, name)
  if is_below(held, to) or held < to and not is_below(to, held) then put(key, name, to) end
end

-- Whether a text of ASCII comes before another one of its length, byte by byte: Lua itself compares
-- as the server's language sorts.
local function comes_before(text, other)
  for i = 1, #text do
    local one, two = text:byte(i), other:byte(i)
    if one ~= two then return one < two end
  end
  return false
end

-- Adds an entry to those that some fields of a hash hold, the highest first, and drops the lowest
-- where there is no room for all. highest.py says how they stand.
local function keep_highest(over, number, from, to)
  local key, code, words = of_kind(over, number, 'hash'), over.code, over.words
  local entry, held, at = words[code[from]], {}, 1
  for i = from + 2, to do held[#held + 1] = field_of(key, words[code[i]]) or '' end
  local text, length, size = table.concat(held), #entry, #entry * tonumber(words[code[from + 1]])
  while at <= #text and comes_before(entry, text:sub(at, at + length - 1)) do at = at + length end
  if text:sub(at, at + length - 1) == entry then return end
  text = text:sub(1, at - 1) .. entry .. text:sub(at)
  for i = 1, #held do
    local piece = text:sub((i - 1) * size + 1, i * size)
    if piece ~= held[i] then put(key, words[code[from + 1 + i]], piece) end
  end
end

local function dropping(kind)
  return function(over, number, from, to)
    local key, code, words = of_kind(over, number, kind), over.code, over.words
    for i = from, to do drop(key, words[code[i]]) end
  end
end

local function each_pair(change)
  return function(over, number, from, to)
    local key, code, words = of_kind(over, number, 'hash'), over.code, over.words
    for i = from, to, 2 do change(key, words[code[i]], words[code[i + 1]]) end
  end
end

-- By the number of its verb: what a write does with the words from one place of the code to another.
local writes = {
  each_pair(put),    -- HSET
  dropping('hash'),  -- HDEL
  each_pair(add),    -- HINCRBY
  each_pair(raise),  -- HMAX
  function(over, number, from, to)  -- SADD
    local key = of_kind(over, number, 'set')
    for i = from, to do put_member(key, over.words[over.code[i]]) end
  end,
  dropping('set'),   -- SREM
  function(over, number, from)  -- ZADD
    local key, code, words = of_kind(over, number, 'zset'), over.code, over.words
    local score = words[code[from]]
    if not tonumber(score) then error('score is no number: ' .. score) end
    put_member(key, words[code[from + 1]], score)
  end,
  dropping('zset'),  -- ZREM
  -- EXPIREAT lets a hash expire at a Unix time, but in a day at the soonest: an old event that is
  -- folded again must find the key that guards it. Of several times the latest stands, in any order.
  function(over, number, from)
    local key = touched(over, number)
    if not exists(key) then return end
    local at = math.max(tonumber(over.words[over.code[from]]), math.floor(now_ms() / 1000) + 86400)
    if (key.at or redis.call('EXPIRETIME', key.name)) < at then key.at = at end
  end,
  function(over, number) touched(over, number).at = -1 end,  -- PERSIST takes back what it said
  keep_highest,  -- HTOP
}

-- Returns whether all guards hold that stand at a place of the code, and where they end.
local function hold(over, at)
  local code, words, all = over.code, over.words, true
  local count = code[at]
  at = at + 1
  for _ = 1, count do
    local guard = guards[code[at]]
    if all then
      local key = over[code[at + 1]] or touched(over, code[at + 1])
      all = guard[2](key, words[code[at + 2]], words[code[at + 3]])
    end
    at = at + 2 + guard[1]
  end
  return all, at
end

-- Makes the writes of each change whose guards hold, in order: a guard sees the writes before it.
-- Raises the revision of each aggregate once, however many of its changes are made.
local function make(over, at)
  local code, raised = over.code, {}
  local count = code[at]
  at = at + 1
  for _ = 1, count do
    local aggregate, holds = code[at], nil
    holds, at = hold(over, at + 1)
    local writes_count = code[at]
    at = at + 1
    for _ = 1, writes_count do
      local last = at + 2 + code[at + 2]
      if holds then writes[code[at]](over, code[at + 1], at + 3, last) end
      at = last + 1
    end
    if holds and aggregate > 0 and not raised[aggregate] then
      raised[aggregate] = true
      add(of_kind(over, aggregate, 'hash'), 'rev', 1)
    end
  end
end
