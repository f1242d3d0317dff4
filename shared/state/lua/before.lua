-- The calls of builds up to library version 2, with their meaning: an outcome is a hash of `digest` and
-- `records`, of which settling drops the records. One service's build may be older than that of the
-- service which loaded this library, and goes on with its own state.

do

local function outcome_before(slot, id)
  local kept = redis.call('HMGET', slot .. ':outcome:' .. id, 'digest', 'records')
  if not kept[1] then return nil end
  return {kept[1], not kept[2], kept[2] or ''}
end

local GUARDS = {field_is = 3, field_below = 4}
local WRITES = {
  HSET = 1, HDEL = 2, HINCRBY = 3, HMAX = 4, SADD = 5, SREM = 6, ZADD = 7, ZREM = 8, EXPIREAT = 9,
  PERSIST = 10,
}

-- Adds to a code what a guard or write compares with or sets, from its third value on.
local function add_words(code, words, part)
  for i = 3, #part do
    words[#words + 1] = part[i]
    code[#code + 1] = #words
  end
end

local function add_guards(code, words, list)
  code[#code + 1] = #list
  for _, guard in ipairs(list) do
    code[#code + 1] = GUARDS[guard[1]] or (guard[1] == 'absent' and #guard - 1)
      or error('unknown guard ' .. tostring(guard[1]))
    code[#code + 1] = guard[2]
    add_words(code, words, guard)
  end
end

local function add_changes(code, words, changes)
  code[#code + 1] = #changes
  for _, change in ipairs(changes) do
    code[#code + 1] = change[1]
    add_guards(code, words, change[2])
    code[#code + 1] = #change[3]
    for _, write in ipairs(change[3]) do
      code[#code + 1] = WRITES[write[1]] or error('unknown write ' .. tostring(write[1]))
      code[#code + 1] = write[2]
      code[#code + 1] = #write - 2
      add_words(code, words, write)
    end
  end
  return code
end

-- Returns the entry that a later build would have sent for {id, digest, reads, guards, changes,
-- records}, in which guards, changes and writes are lists of their own.
local function entry_of(before, words)
  local entry = {before[1], before[2], before[6], #before[3]}
  for _, read in ipairs(before[3]) do
    words[#words + 1] = read[2]
    entry[#entry + 1] = read[1]
    entry[#entry + 1] = #words
  end
  local counted = #entry + 1
  entry[counted] = 0
  for _, change in ipairs(before[5]) do
    if change[1] > 0 then
      entry[#entry + 1] = change[1]
      entry[counted] = entry[counted] + 1
    end
  end
  add_guards(entry, words, before[4])
  return add_changes(entry, words, before[5])
end

-- {token, changes} -> {whether they were made, being the leader's}
redis.register_function('sentuh_fold', function(keys, args)
  local request = cmsgpack.unpack(args[1])
  if not leads(keys[1], request[1]) then return cmsgpack.pack({false}) end
  local over = overlay(keys, {}, {})
  over.code = add_changes({}, over.words, request[2])
  make(over, 1)
  write_out(over)
  return cmsgpack.pack({true})
end)

-- {ids, reads, counted} -> {epoch, {id = outcome}, {counted = attempts}, {key = {kind, flat}}}
redis.register_function('sentuh_load', function(keys, args)
  local slot = keys[1]
  local epoch = epoch_of(slot)
  if not epoch then return cmsgpack.pack({false}) end
  local request = cmsgpack.unpack(args[1])
  local outcomes = {}
  for _, id in ipairs(request[1]) do outcomes[id] = outcome_before(slot, id) end
  local attempts, data = counted_and_read(slot, request)
  return cmsgpack.pack({epoch, outcomes, attempts, data})
end)

-- {epoch, entries} -> {epoch, replies}; a reply is 'committed', 'conflict' or an outcome.
redis.register_function('sentuh_commit', function(keys, args)
  local slot = keys[1]
  local request = cmsgpack.unpack(args[1])
  if epoch_of(slot) ~= request[1] then return cmsgpack.pack({false}) end
  local kept = {}
  for _, entry in ipairs(request[2]) do kept[entry[1]] = outcome_before(slot, entry[1]) end
  local over, entries = overlay(keys, {}, {}), {}
  for i, before in ipairs(request[2]) do entries[i] = entry_of(before, over.words) end
  local replies, made = made_in(over, entries, kept)
  write_out(over)
  for _, i in ipairs(made) do
    local id, digest, records = request[2][i][1], request[2][i][2], request[2][i][6]
    redis.call('HSET', slot .. ':outcome:' .. id, 'digest', digest, 'records', records)
    redis.call('ZADD', slot .. ':unsettled', now_ms(), id)
  end
  for i, reply in ipairs(replies) do
    if type(reply) == 'boolean' then replies[i] = reply and 'committed' or 'conflict'
    elseif type(reply) == 'string' then replies[i] = {reply:match('^%S*'), false, reply:match(' (.*)')}
    end
  end
  return cmsgpack.pack({request[1], replies})
end)

-- {epoch, published ids, handled ids, {field = offset}, keep_ms} -> {epoch}
redis.register_function('sentuh_settle', function(keys, args)
  local slot = keys[1]
  local request = cmsgpack.unpack(args[1])
  if epoch_of(slot) ~= request[1] then return cmsgpack.pack({false}) end
  for _, id in ipairs(request[2]) do
    local outcome = slot .. ':outcome:' .. id
    if redis.call('HDEL', outcome, 'records') == 1 then
      redis.call('PEXPIRE', outcome, request[5])
    end
  end
  note_handled(slot, request[2], request[3], request[4])
  return cmsgpack.pack({request[1]})
end)

-- {older_ms, count} -> {epoch, {{id, digest, settled, records}...}}
redis.register_function('sentuh_unsettled', function(keys, args)
  local slot = keys[1]
  local epoch = epoch_of(slot)
  if not epoch then return cmsgpack.pack({false}) end
  local found = {}
  for i, id in ipairs(waiting_ids(slot, cmsgpack.unpack(args[1]))) do
    local kept = outcome_before(slot, id) or {'', true, ''}
    found[i] = {id, kept[1], kept[2], kept[3]}
  end
  return cmsgpack.pack({epoch, found})
end)

end
