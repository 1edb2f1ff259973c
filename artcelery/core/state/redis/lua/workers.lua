local function forget_silent(now)
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', P .. 'workers', '-inf', '(' .. stamp(now))) do
    redis.call('ZREM', P .. 'workers', name)
    redis.call('HDEL', P .. 'worker', name)
  end
end

function calls.put()
  local _, name, record, ttl = unpack(ARGV)
  local now = clock()
  forget_silent(now)
  redis.call('HSET', P .. 'worker', name, record)
  redis.call('ZADD', P .. 'workers', stamp(now + tonumber(ttl)), name)
end

function calls.all()
  local found = {}
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', P .. 'workers', stamp(clock()), '+inf')) do
    found[#found + 1] = redis.call('HGET', P .. 'worker', name)
  end
  return found
end

function calls.remove()
  redis.call('ZREM', P .. 'workers', ARGV[2])
  redis.call('HDEL', P .. 'worker', ARGV[2])
end
