-- The calls of builds up to library version 2, with their meaning: an outcome is a hash of `digest` and
-- `records`, of which settling drops the records. One service's build may be older than that of the
-- service which loaded this library, and goes on with its own state.

do

local function outcome_before(slot, id)
  local kept = redis.call('HMGET', slot .. ':outcome:' .. id, 'digest', 'records')
  if not kept[1] then return nil end
  return {kept[1], not kept[2], kept[2] or ''}
end

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
  local over = overlay(keys)
  local replies, made = made_in(over, request[2], kept)
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
