#!lua name=sentuh
-- Epochs and leases: what this library remembers between calls.
--
-- The files of this folder are one library: library.py joins them in its order, without comments,
-- and loads them on each master. Every function of the library has one contract:
--   KEYS[1]   the slot, as its hash tag: {service:pool}; further keys are those written to
--   ARGV[1]   one msgpack value. Replies are msgpack too: packing costs one string each way.
--
-- The two tables live in the memory of the server and survive neither a restart nor a failover.
-- That is their purpose: after either one no slot is open, so nothing can be committed on data that
-- may have gone back in time.

local open = {}    -- slot -> the name of its open epoch
local leases = {}  -- slot -> {token of the process that catches it up, until_ms}

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Returns the slot's open epoch, or nil. The key beside the data must name the same epoch: emptying
-- a running server keeps this memory, and must close the epoch all the same.
local function epoch_of(slot)
  local epoch = open[slot]
  if epoch and redis.call('GET', slot .. ':epoch') == epoch then return epoch end
  open[slot] = nil
  return nil
end

-- Whether the token holds the slot's lease. The key beside the data must name it too: data that was
-- emptied during a catch-up lacks what was folded before.
local function leads(slot, token)
  local lease = leases[slot]
  return lease and lease[1] == token and lease[2] > now_ms()
    and redis.call('GET', slot .. ':lease') == token
end
