local FIELDS = {'size_bytes', 'clip', 'name', 'origin', 'created_at', 'format'}

local function read(content_hash)
  return {content_hash, unpack(redis.call('HMGET', P .. 'media:' .. content_hash, unpack(FIELDS)))}
end

function calls.get()
  return read(ARGV[2])
end

-- Fields that are given as empty leave what was known before.
function calls.put()
  local name = P .. 'media:' .. ARGV[2]
  unlist_holding(P, ARGV[2])
  for index, field in ipairs(FIELDS) do
    local value = ARGV[index + 2]
    redis.call(value ~= '' and 'HSET' or 'HSETNX', name, field, value)
  end
  redis.call('ZADD', P .. 'media', 0, ARGV[2])
  tell_kind(ARGV[2])
  list_holding(P, ARGV[2])
end

function calls.remove()
  unlist_holding(P, ARGV[2])
  redis.call('DEL', P .. 'media:' .. ARGV[2])
  redis.call('ZREM', P .. 'media', ARGV[2])
end

-- Some facts, by content hash, after the one that is given.
function calls.some()
  local found = {}
  for _, content_hash in ipairs(redis.call('ZRANGEBYLEX', P .. 'media', ARGV[2], '+', 'LIMIT', 0, ARGV[3])) do
    found[#found + 1] = read(content_hash)
  end
  return found
end
