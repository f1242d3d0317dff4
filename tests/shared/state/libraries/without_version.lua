#!lua name=sentuh
-- The one commit function and its siblings. Contract, for every function:
--   KEYS[1]   the slot, as its hash tag: {service:pool}; further keys: those written
--   ARGV[1]   one msgpack value; replies are msgpack too, so packing costs one string each way
-- State of this library that no restart and no failover survives: the open epoch of each slot, and
-- who may catch up. An epoch counts only while the key beside the data names it too, so that
-- emptying the data closes it as surely as losing this memory does.

local open = {}    -- slot -> epoch
local leases = {}  -- slot -> {token, until_ms}

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function epoch_of(slot)
  local epoch = open[slot]
  if epoch and redis.call('GET', slot .. ':epoch') == epoch then return epoch end
  open[slot] = nil
  return nil
end

local function leads(slot, token)
  local lease = leases[slot]
  return lease and lease[1] == token and lease[2] > now_ms()
    and redis.call('GET', slot .. ':lease') == token
end

-- The integer a value begins with: of several words the first says how far something has come.
local function is_below(value, number)
  return not value or tonumber(value:match('^-?%d+')) < tonumber(number)
end

-- Guards. A verb that is not listed is an error before anything is written.
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

-- So many arguments at a time, an even number: Lua cannot unpack many thousands at once.
local ARGUMENTS_MAX = 1000

local function plain(key, write)
  for from = 3, #write, ARGUMENTS_MAX do
    local to = math.min(from + ARGUMENTS_MAX - 1, #write)
    redis.call(write[1], key, unpack(write, from, to))
  end
end

-- A key is let go of a day from now at the soonest, so that an old event that is folded again finds
-- what guards it; and never sooner than it was said before, in whatever order that was said.
local function expire(key, write)
  local known = redis.call('EXPIRETIME', key)
  local at = math.max(tonumber(write[3]), math.floor(now_ms() / 1000) + 86400)
  if known < at then redis.call('EXPIREAT', key, at) end
end

local function increment(key, write)
  for i = 3, #write, 2 do redis.call('HINCRBY', key, write[i], write[i + 1]) end
end

-- The highest stands, in whatever order numbers come.
local function raise(key, field, number)
  local known = redis.call('HGET', key, field)
  if is_below(known, number) then redis.call('HSET', key, field, number) end
end

local function advance(key, write)
  for i = 3, #write, 2 do raise(key, write[i], write[i + 1]) end
end

local writes = {
  HSET = plain, HDEL = plain, HINCRBY = increment, HMAX = advance, SADD = plain, SREM = plain,
  ZADD = plain, ZREM = plain, EXPIREAT = expire,
}

local function hold(list, keys)
  for _, guard in ipairs(list) do
    if not guards[guard[1]](keys[guard[2]], guard[3], guard[4]) then return false end
  end
  return true
end

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

-- Makes each change whose guards hold; raises each aggregate's revision once.
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

-- An outcome without records is settled: what it gave rise to was published.
local function outcome_of(slot, id)
  local kept = redis.call('HMGET', slot .. ':outcome:' .. id, 'digest', 'records')
  if not kept[1] then return nil end
  return {kept[1], not kept[2], kept[2] or ''}
end

local function page(step)
  local from = step[3] == '>' and '-' or '(' .. step[3]:sub(2)
  return redis.call('ZRANGE', step[2], from, '+', 'BYLEX', 'LIMIT', 0, step[4])
end

-- What a step goes on to from a field of a hash: the value of the one it names, or where it names
-- how fields begin, what comes next in the name of each whose value is of several words.
local function followed(name, value, wanted)
  if wanted:sub(-1) ~= ':' then return name == wanted and value end
  return name:sub(1, #wanted) == wanted and value:find(' ', 1, true)
    and name:match('^[^:]+', #wanted + 1)
end

local function fetch(step, member, data)
  local key = step[2] .. member .. step[3]
  local kind = step[1]
  local found = data[key]
  if not found then
    if kind == 'hash' then found = {kind, redis.call('HGETALL', key)}
    elseif kind == 'set' then found = {kind, redis.call('SMEMBERS', key)}
    elseif kind == 'page' then found = {'set', page(step)}
    elseif kind == 'count' then found = {'hash', {'count', tostring(redis.call('ZCARD', step[2]))}}
    else found = {kind, redis.call('ZRANGE', key, 0, step[4] - 1, 'WITHSCORES')} end
    data[key] = found
  end
  if #step[5] == 0 then return end
  local flat = found[2]
  -- Of a sorted set another step may have loaded more; followed is what this one takes of it.
  local last = kind == 'zset' and math.min(#flat, 2 * step[4]) or #flat
  for i = 1, last, found[1] == 'set' and 1 or 2 do
    local member = flat[i]
    if kind == 'hash' then member = followed(member, flat[i + 1], step[6]) end
    for _, follow in ipairs(member and step[5] or {}) do fetch(follow, member, data) end
  end
end

-- {ids, reads, counted} -> {epoch, {id = outcome}, {counted = attempts}, {key = {kind, flat}}}
local function load(keys, args)
  local slot = keys[1]
  local epoch = epoch_of(slot)
  if not epoch then return cmsgpack.pack({false}) end
  local request = cmsgpack.unpack(args[1])
  local outcomes, attempts, data = {}, {}, {}
  for _, id in ipairs(request[1]) do outcomes[id] = outcome_of(slot, id) end
  for _, name in ipairs(request[3]) do
    attempts[name] = redis.call('HINCRBY', slot .. ':attempts', name, 1)
  end
  for _, step in ipairs(request[2]) do fetch(step, '', data) end
  return cmsgpack.pack({epoch, outcomes, attempts, data})
end

local function stale(entry, keys, tainted)
  for _, read in ipairs(entry[3]) do
    if tainted[read[1]] then return true end
    if (redis.call('HGET', keys[read[1]], 'rev') or '0') ~= read[2] then return true end
  end
  for _, change in ipairs(entry[5]) do
    if tainted[change[1]] then return true end
  end
  return not hold(entry[4], keys)
end

local function taint(entry, tainted)
  for _, read in ipairs(entry[3]) do tainted[read[1]] = true end
  for _, change in ipairs(entry[5]) do
    if change[1] > 0 then tainted[change[1]] = true end
  end
end

-- {epoch, entries} -> {epoch, replies}; entry: {id, digest, reads, guards, changes, records};
-- reply: 'committed', 'conflict', or the outcome kept under the id.
local function commit(keys, args)
  local slot = keys[1]
  local request = cmsgpack.unpack(args[1])
  if epoch_of(slot) ~= request[1] then return cmsgpack.pack({false}) end
  for _, entry in ipairs(request[2]) do
    check_verbs(entry[5])
    check_verbs({{0, entry[4], {}}})
  end
  local replies, tainted, at, made = {}, {}, now_ms(), {}
  for i, entry in ipairs(request[2]) do
    local kept = outcome_of(slot, entry[1])
    if kept then
      replies[i] = kept
      taint(entry, tainted)
    elseif stale(entry, keys, tainted) then
      replies[i] = 'conflict'
      taint(entry, tainted)
    else
      make(entry[5], keys)
      if entry[6] ~= '' then
        redis.call('HSET', slot .. ':outcome:' .. entry[1], 'digest', entry[2], 'records', entry[6])
        made[#made + 1] = at
        made[#made + 1] = entry[1]
      end
      replies[i] = 'committed'
    end
  end
  if #made > 0 then redis.call('ZADD', slot .. ':unsettled', unpack(made)) end
  return cmsgpack.pack({request[1], replies})
end

-- {epoch, published ids, handled ids, {field = offset}, keep_ms} -> {epoch}
local function settle(keys, args)
  local slot = keys[1]
  local request = cmsgpack.unpack(args[1])
  if epoch_of(slot) ~= request[1] then return cmsgpack.pack({false}) end
  for _, id in ipairs(request[2]) do
    local outcome = slot .. ':outcome:' .. id
    if redis.call('HDEL', outcome, 'records') == 1 then
      redis.call('PEXPIRE', outcome, request[5])
    end
  end
  if #request[2] > 0 then redis.call('ZREM', slot .. ':unsettled', unpack(request[2])) end
  if #request[3] > 0 then redis.call('HDEL', slot .. ':attempts', unpack(request[3])) end
  for field, offset in pairs(request[4]) do raise(slot .. ':markers', field, offset) end
  return cmsgpack.pack({request[1]})
end

-- {older_ms, count} -> {epoch, {{id, digest, settled, records}...}}: outcomes nobody settled
local function unsettled(keys, args)
  local slot = keys[1]
  local epoch = epoch_of(slot)
  if not epoch then return cmsgpack.pack({false}) end
  local request = cmsgpack.unpack(args[1])
  local found = {}
  local ids = redis.call('ZRANGE', slot .. ':unsettled', '-inf', now_ms() - request[1], 'BYSCORE',
    'LIMIT', 0, request[2])
  for i, id in ipairs(ids) do
    local kept = outcome_of(slot, id) or {'', true, ''}
    found[i] = {id, kept[1], kept[2], kept[3]}
  end
  return cmsgpack.pack({epoch, found})
end

-- {key, due_ms, again_ms, count} -> {epoch, {member, score, ...}}: what is due, moved on to again_ms
local function due(keys, args)
  local slot = keys[1]
  local epoch = epoch_of(slot)
  if not epoch then return cmsgpack.pack({false}) end
  local request = cmsgpack.unpack(args[1])
  local found = redis.call('ZRANGE', keys[2], '-inf', request[1], 'BYSCORE', 'LIMIT', 0, request[3],
    'WITHSCORES')
  for i = 1, #found, 2 do redis.call('ZADD', keys[2], request[2], found[i]) end
  return cmsgpack.pack({epoch, found})
end

-- {} -> {epoch or false}
local function epoch(keys) return cmsgpack.pack({epoch_of(keys[1]) or false}) end

-- {token, ttl_ms, again} -> {whether token leads now}. The lease stands beside the data too: emptied
-- in the middle of a catch-up, the data is none that could be folded on.
local function lead(keys, args)
  local slot = keys[1]
  local request = cmsgpack.unpack(args[1])
  local lease = leases[slot]
  if lease and lease[1] ~= request[1] and lease[2] > now_ms() then return cmsgpack.pack({false}) end
  if request[3] and redis.call('GET', slot .. ':lease') ~= request[1] then
    return cmsgpack.pack({false})
  end
  redis.call('SET', slot .. ':lease', request[1])
  leases[slot] = {request[1], now_ms() + request[2]}
  return cmsgpack.pack({true})
end

-- {token, changes} -> {whether they were made}: what catch-up folds while the epoch is closed
local function fold(keys, args)
  local request = cmsgpack.unpack(args[1])
  if not leads(keys[1], request[1]) then return cmsgpack.pack({false}) end
  check_verbs(request[2])
  make(request[2], keys)
  return cmsgpack.pack({true})
end

-- {token, reads} -> {token or false, {}, {}, {key = {kind, flat}}}: what catch-up reads
local function peek(keys, args)
  local request = cmsgpack.unpack(args[1])
  if not leads(keys[1], request[1]) then return cmsgpack.pack({false}) end
  local data = {}
  for _, step in ipairs(request[2]) do fetch(step, '', data) end
  return cmsgpack.pack({request[1], {}, {}, data})
end

-- {token, epoch} -> {whether it is open now}; ends the lease
local function open_epoch(keys, args)
  local slot = keys[1]
  local request = cmsgpack.unpack(args[1])
  if not leads(slot, request[1]) then return cmsgpack.pack({false}) end
  redis.call('SET', slot .. ':epoch', request[2])
  redis.call('DEL', slot .. ':lease')
  open[slot] = request[2]
  leases[slot] = nil
  return cmsgpack.pack({true})
end

redis.register_function('sentuh_load', load)
redis.register_function('sentuh_commit', commit)
redis.register_function('sentuh_settle', settle)
redis.register_function('sentuh_unsettled', unsettled)
redis.register_function('sentuh_due', due)
redis.register_function('sentuh_epoch', epoch)
redis.register_function('sentuh_lead', lead)
redis.register_function('sentuh_fold', fold)
redis.register_function('sentuh_peek', peek)
redis.register_function('sentuh_open', open_epoch)
