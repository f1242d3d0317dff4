-- The calls of builds up to library version 2, as those builds made them: outcomes are hashes with
-- `digest` and `records`. Another service's build may be older than the one that loaded this library,
-- and goes on with its own state.

do

-- Returns {digest of the event's bytes, whether it is settled, packed records} of an event that was
-- committed, or nil. Settling drops the records, so an outcome without them is settled.
local function outcome_of(slot, id)
  local kept = redis.call('HMGET', slot .. ':outcome:' .. id, 'digest', 'records')
  if not kept[1] then return nil end
  return {kept[1], not kept[2], kept[2] or ''}
end

-- {ids, reads, counted} -> {epoch, {id = outcome}, {counted = attempts}, {key = {kind, flat}}}
-- Counts up how often the named events were tried: who dies over an event finds a higher number.
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

-- Whether a decision relied on something that has changed: on an aggregate that an earlier entry of
-- this batch left unwritten, on an aggregate's revision, or on a guard.
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

-- Marks the aggregates of an entry that was not made. A later entry was decided as if it had been.
local function taint(entry, tainted)
  for _, read in ipairs(entry[3]) do tainted[read[1]] = true end
  for _, change in ipairs(entry[5]) do
    if change[1] > 0 then tainted[change[1]] = true end
  end
end

-- {epoch, entries} -> {epoch, replies}; entry: {id, digest, reads, guards, changes, records};
-- reply: 'committed', 'conflict', or the outcome kept under the id of an entry committed before.
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
-- Published outcomes lose their records and expire, handled events lose their attempts, and markers
-- move up.
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

-- {older_ms, count} -> {epoch, {{id, digest, settled, records}...}}: the outcomes that were
-- committed longer ago than that and that nobody settled, oldest first.
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

redis.register_function('sentuh_load', load)
redis.register_function('sentuh_commit', commit)
redis.register_function('sentuh_settle', settle)
redis.register_function('sentuh_unsettled', unsettled)

end
