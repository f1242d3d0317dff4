-- Committing a batch, settling what was published, and finding what waits.

-- Whether a decision relied on something that has changed: on an aggregate that an earlier entry of
-- this batch left unwritten, on an aggregate's revision, or on a guard.
local function stale(entry, over, tainted)
  for _, read in ipairs(entry[3]) do
    if tainted[read[1]] then return true end
    if (field_of(touched(over, read[1]), 'rev') or '0') ~= read[2] then return true end
  end
  for _, change in ipairs(entry[5]) do
    if tainted[change[1]] then return true end
  end
  return not hold(entry[4], over)
end

-- Marks the aggregates of an entry that was not made. A later entry was decided as if it had been.
local function taint(entry, tainted)
  for _, read in ipairs(entry[3]) do tainted[read[1]] = true end
  for _, change in ipairs(entry[5]) do
    if change[1] > 0 then tainted[change[1]] = true end
  end
end

-- Makes each entry that can be made in the overlay. `kept` holds the outcomes of entries that were
-- committed before. Returns the replies, and which entries were made with records, by their number.
local function made_in(over, entries, kept)
  local tainted, replies, made = {}, {}, {}
  for _, entry in ipairs(entries) do
    for _, read in ipairs(entry[3]) do ask(over, read[1], 'rev') end
    ask_for(over, {{0, entry[4], {}}})
    ask_for(over, entry[5])
  end
  look_up(over)
  for i, entry in ipairs(entries) do
    if kept[entry[1]] then
      replies[i] = kept[entry[1]]
      taint(entry, tainted)
    elseif stale(entry, over, tainted) then
      replies[i] = false
      taint(entry, tainted)
    else
      make(entry[5], over)
      replies[i] = true
      if entry[6] ~= '' then
        kept[entry[1]] = entry[2] .. ' ' .. entry[6]
        made[#made + 1] = i
      end
    end
  end
  return replies, made
end

-- {epoch, entries} -> {epoch, replies}; entry: {id, digest, reads, guards, changes, records};
-- reply: true, false for a conflict, or the outcome kept under the id of an entry committed before.
local function commit(keys, args)
  local slot = keys[1]
  local request = cmsgpack.unpack(args[1])
  if epoch_of(slot) ~= request[1] then return cmsgpack.pack({false}) end
  local entries, kept = request[2], outcomes_of(slot, request[2])
  local over = overlay(keys)
  local replies, made = made_in(over, entries, kept)
  local at, outcomes, waiting = now_ms(), {}, {}
  for _, i in ipairs(made) do
    local id = entries[i][1]
    outcomes[#outcomes + 1] = slot .. ':outcome:' .. id
    outcomes[#outcomes + 1] = kept[id]
    waiting[#waiting + 1] = at
    waiting[#waiting + 1] = id
  end
  -- Outcomes first: were the user not allowed one of these commands, nothing would be written.
  for from = 1, #outcomes, ARGUMENTS_MAX do
    redis.call('MSET', unpack(outcomes, from, math.min(from + ARGUMENTS_MAX - 1, #outcomes)))
  end
  in_parts('ZADD', slot .. ':unsettled', waiting)
  write_out(over)
  return cmsgpack.pack({request[1], replies})
end

-- Published outcomes wait no more, handled events lose their attempts, and markers move up.
local function note_handled(slot, published, handled, markers)
  in_parts('ZREM', slot .. ':unsettled', published)
  in_parts('HDEL', slot .. ':attempts', handled)
  local over = overlay({slot .. ':markers'})
  for field, offset in pairs(markers) do raise(of_kind(over, 1, 'hash'), field, offset) end
  write_out(over)
end

-- {epoch, published ids, their digests, handled ids, {field = offset}, keep_ms} -> {epoch}
-- Published outcomes lose their records and expire.
local function settle(keys, args)
  local slot = keys[1]
  local request = cmsgpack.unpack(args[1])
  if epoch_of(slot) ~= request[1] then return cmsgpack.pack({false}) end
  for i, id in ipairs(request[2]) do
    redis.call('SET', slot .. ':outcome:' .. id, request[3][i], 'XX', 'PX', request[6])
  end
  note_handled(slot, request[2], request[4], request[5])
  return cmsgpack.pack({request[1]})
end

-- Returns the ids of outcomes that were committed longer ago than some ms and that nobody settled,
-- oldest first, as {ms, count} asks.
local function waiting_ids(slot, request)
  return redis.call('ZRANGE', slot .. ':unsettled', '-inf', now_ms() - request[1], 'BYSCORE',
    'LIMIT', 0, request[2])
end

-- {older_ms, count} -> {epoch, {{id, outcome}...}}
local function unsettled(keys, args)
  local slot = keys[1]
  local epoch = epoch_of(slot)
  if not epoch then return cmsgpack.pack({false}) end
  local ids, found = waiting_ids(slot, cmsgpack.unpack(args[1])), {}
  local kept = outcomes_of(slot, ids)
  for i, id in ipairs(ids) do found[i] = {id, kept[id] or ''} end
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
