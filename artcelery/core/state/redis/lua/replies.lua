-- A claimed key is {fingerprint, reply, mark}; `mark` is the call that claimed it, the answer of which may have been lost.

local function name()
  return P .. 'reply:' .. ARGV[2]
end

local function keep_for_s(seconds)
  redis.call('PEXPIRE', name(), math.max(math.ceil(tonumber(seconds) * 1000), 1))
end

function calls.claim()
  local _, _, fingerprint, ttl, mark = unpack(ARGV)
  local standing = redis.call('HMGET', name(), 'fingerprint', 'reply', 'mark')
  if standing[1] and standing[3] ~= mark then
    return {standing[1], standing[2]}
  end
  redis.call('HSET', name(), 'fingerprint', fingerprint, 'reply', '', 'mark', mark)
  keep_for_s(ttl)
  return {}
end

function calls.keep()
  if redis.call('EXISTS', name()) == 1 then
    redis.call('HSET', name(), 'reply', ARGV[3])
    keep_for_s(ARGV[4])
  end
end

function calls.release()
  if redis.call('HGET', name(), 'reply') == '' then
    redis.call('DEL', name())
  end
end
