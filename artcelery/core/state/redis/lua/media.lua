local FIELDS = {'size_bytes', 'clip', 'name', 'origin', 'created_at', 'format'}

local function read(content_hash)
  return {content_hash, unpack(redis.call('HMGET', P .. 'media:' .. content_hash, unpack(FIELDS)))}
end

-- What is known of those of the files of which something is.
function calls.get()
  local found = {}
  for at = 2, #ARGV do
    local fields = read(ARGV[at])
    found[#found + 1] = fields[2] and fields or nil
  end
  return found
end

-- The fields that follow ARGV[at], a content hash, where `stands` does not say that what was known before does; behind
-- them stands the name in small letters.
local function record(at, stands)
  local content_hash = ARGV[at]
  local name = P .. 'media:' .. content_hash
  unlist_holding(P, content_hash)
  for index, field in ipairs(FIELDS) do
    local value = ARGV[at + index]
    redis.call(stands(name, field, value) and 'HSETNX' or 'HSET', name, field, value)
  end
  tell_folded(P, content_hash, ARGV[at + 3], ARGV[at + #FIELDS + 1])
  redis.call('ZADD', P .. 'media', 0, content_hash)
  tell_kind(content_hash)
  list_holding(P, content_hash)
end

-- Fields that are given as empty leave what was known before.
function calls.put()
  record(2, function(name, field, value) return value == '' end)
end

-- Of each file, fields that are known already stand.
function calls.learn()
  for at = 2, #ARGV, #FIELDS + 2 do
    record(at, function(name, field, value)
      return value == '' or (redis.call('HGET', name, field) or '') ~= ''
    end)
  end
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
