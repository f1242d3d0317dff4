-- Committing a batch, settling what was published, and finding what waits.
--
-- An entry is {id, digest, records, how many reads, each with key and revision, how many aggregates,
-- their keys, guards, changes}. Keys and words are numbers.

-- Whether a decision relied on something that has changed: on an aggregate that an earlier entry of
-- this batch left unwritten, on an aggregate's revision, or on a guard. Returns too where in the
-- entry its changes begin.
local function stale(entry, over, tainted)
  local at = 5
  for _ = 1, entry[4] do
    if tainted[entry[at]] then return true end
    local revision = field_of(touched(over, entry[at]), 'rev') or '0'
    if revision ~= over.words[entry[at + 1]] then return true end
    at = at + 2
  end
  for i = at + 1, at + entry[at] do
    if tainted[entry[i]] then return true end
  end
  over.code = entry
  local all, changes = hold(over, at + entry[at] + 1)
  return not all, changes
end

-- Marks the aggregates of an entry that was not made. A later entry was decided as if it had been.
local function taint(entry, tainted)
  local at = 5 + 2 * entry[4]
  for i = 5, at - 1, 2 do tainted[entry[i]] = true end
  for i = at + 1, at + entry[at] do tainted[entry[i]] = true end
end

-- Makes each entry that can be made in the overlay. `kept` holds the outcomes of entries that were
-- committed before. Returns the replies, and which entries were made with records, by their number.
local function made_in(over, entries, kept)
  local tainted, replies, made = {}, {}, {}
  for i, entry in ipairs(entries) do
    local outcome, is_stale, changes = kept[entry[1]], false, nil
    if not outcome then is_stale, changes = stale(entry, over, tainted) end
    if outcome then
      replies[i] = outcome
      taint(entry, tainted)
    elseif is_stale then
      replies[i] = false
      taint(entry, tainted)
    else
      make(over, changes)
      replies[i] = true
      if entry[3] ~= '' then
        kept[entry[1]] = entry[2] .. ' ' .. entry[3]
        made[#made + 1] = i
      end
    end
  end
  return replies, made
end

-- {epoch, words, asked, entries} -> {epoch, replies}; a reply is true, false for a conflict, or the
-- outcome kept under the id of an entry that was committed before.
local function commit(keys, args)
  local slot = keys[1]
  local request = cmsgpack.unpack(args[1])
  if epoch_of(slot) ~= request[1] then return cmsgpack.pack({false}) end
  local entries, kept = request[4], outcomes_of(slot, request[4])
  local over = overlay(keys, request[2], request[3])
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
  local over = overlay({slot .. ':markers'}, {}, {})
  for field, offset in pairs(markers) do
    raise(of_kind(over, 1, 'hash'), field, string.format('%.0f', offset))
  end
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
