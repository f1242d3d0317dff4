-- Committing a batch, settling what was published, and finding what waits.
-- `hold`, `make`, `in_parts` and `check_verbs` are in verbs.lua, `outcome_of` in load.lua, `epoch_of` in epochs.lua.

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
-- reply: true, false for a conflict, or the outcome kept under the id of an entry committed before.
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
      replies[i] = false
      taint(entry, tainted)
    else
      make(entry[5], keys)
      if entry[6] ~= '' then
        redis.call('SET', slot .. ':outcome:' .. entry[1], entry[2] .. ' ' .. entry[6])
        made[#made + 1] = at
        made[#made + 1] = entry[1]
      end
      replies[i] = true
    end
  end
  in_parts('ZADD', slot .. ':unsettled', made)
  return cmsgpack.pack({request[1], replies})
end

-- {epoch, published ids, their digests, handled ids, {field = offset}, keep_ms} -> {epoch}
-- Published outcomes lose their records and expire, handled events lose their attempts, and markers
-- move up.
local function settle(keys, args)
  local slot = keys[1]
  local request = cmsgpack.unpack(args[1])
  if epoch_of(slot) ~= request[1] then return cmsgpack.pack({false}) end
  for i, id in ipairs(request[2]) do
    redis.call('SET', slot .. ':outcome:' .. id, request[3][i], 'XX', 'PX', request[6])
  end
  in_parts('ZREM', slot .. ':unsettled', request[2])
  in_parts('HDEL', slot .. ':attempts', request[4])
  for field, offset in pairs(request[5]) do raise(slot .. ':markers', field, offset) end
  return cmsgpack.pack({request[1]})
end

-- {older_ms, count} -> {epoch, {{id, outcome}...}}: the outcomes that were
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
    found[i] = {id, outcome_of(slot, id) or ''}
  end
  return cmsgpack.pack({epoch, found})
end

-- {due_ms, again_ms, count} -> {epoch, {member, score, ...}}: the members of KEYS[2] whose score is
-- at most due_ms. Each gets the score again_ms, so that it comes up again if its event is lost.
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
