-- What all scripts share; it stands before each of them. Times are seconds since 1970 by the clock of this server.

local P = 'artdag:'
local calls = {}

local function clock()
  local time = redis.call('TIME')
  return tonumber(time[1]) + tonumber(time[2]) / 1000000
end

local function stamp(seconds)
  return string.format('%.6f', seconds)
end

local FINAL = {completed = true, failed = true, cancelled = true}

-- A moment of a caller by the clock of this server: where it is `said` o'clock for the caller. What differs by less than
-- a second is the time that a call takes.
local function moment(at, said)
  local ahead = clock() - tonumber(said)
  return math.abs(ahead) < 1 and at or stamp(at + ahead)
end

-- Journals. `data` is JSON.

local function write_entry(run, kind, data)
  local text = '{"at":' .. stamp(clock()) .. ',"kind":' .. cjson.encode(kind) .. ',"data":' .. data .. '}'
  return redis.call('RPUSH', P .. 'journal:' .. run, text)
end

-- Leases. One that lapsed is kept for a day: while nobody took it, its holder may wake up and go on.

local KEPT_S = 86400

local function keep_for(key, now, ttl)
  local lapses_at = stamp(now + ttl)
  redis.call('HSET', P .. 'lease:' .. key, 'lapses_at', lapses_at)
  redis.call('EXPIRE', P .. 'lease:' .. key, math.ceil(ttl) + KEPT_S)
  return lapses_at
end

-- The lease {token, holder, lapses_at} in the way of one who may replace that with the token `dead`; nil when none is.
local function hindrance(key, now, dead)
  local lease = redis.call('HMGET', P .. 'lease:' .. key, 'token', 'holder', 'lapses_at')
  if lease[1] and lease[1] ~= dead and tonumber(lease[3]) > now then
    return lease
  end
end

local function take(key, token, holder, now, ttl)
  redis.call('HSET', P .. 'lease:' .. key, 'token', token, 'holder', holder)
  return keep_for(key, now, ttl)
end

local function keep(key, token, now, ttl)
  if redis.call('HGET', P .. 'lease:' .. key, 'token') ~= token then
    return false
  end
  return keep_for(key, now, ttl)
end

local function give_back(key, token)
  return redis.call('HGET', P .. 'lease:' .. key, 'token') == token and redis.call('DEL', P .. 'lease:' .. key) == 1
end

-- Results. `id` is the encoding and the key; the first that is recorded stands.

local function write_result(id, content_hash, text)
  local standing = redis.call('GET', P .. 'result:' .. id)
  if standing then
    return standing
  end
  redis.call('SET', P .. 'result:' .. id, text)
  redis.call('SADD', P .. 'results_of:' .. content_hash, id)
  return text
end
