-- Catching up: one process holds a slot's lease, folds its journal, and opens a new epoch.

-- {} -> {the slot's open epoch, or false}
local function epoch(keys) return cmsgpack.pack({epoch_of(keys[1]) or false}) end

-- {token, ttl_ms, again} -> {whether the token holds the lease now}
-- Takes the lease, or renews it (`again`). Renewing needs the key beside the data to name the token
-- still: data that was emptied in the middle of a catch-up must be caught up from the start.
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

-- {token, words, asked, changes} -> {whether they were made, being the leader's}
local function fold(keys, args)
  local request = cmsgpack.unpack(args[1])
  if not leads(keys[1], request[1]) then return cmsgpack.pack({false}) end
  local over = overlay(keys, request[2], request[3])
  over.code = request[4]
  make(over, 1)
  write_out(over)
  return cmsgpack.pack({true})
end

-- {token, reads} -> {token or false, {}, {}, {key = {kind, flat}}}; false where the lease was lost
local function peek(keys, args)
  local request = cmsgpack.unpack(args[1])
  if not leads(keys[1], request[1]) then return cmsgpack.pack({false}) end
  local data = {}
  for _, step in ipairs(request[2]) do fetch(step, '', data) end
  return cmsgpack.pack({request[1], {}, {}, data})
end

-- {token, epoch} -> {whether it is open now}
-- Opens the epoch in memory and beside the data, and ends the lease.
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
