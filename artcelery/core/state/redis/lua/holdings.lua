-- Files of a user, whose keys begin with `Q`: {Q}media:{hash}, which stands in one index each for its time, kind and
-- origin. `Q` is `P` for the machine's own user, whose are all stored files.

local HELD = {'size_bytes', 'kind', 'name', 'origin', 'created_at'}

-- Of a stored file, the kind is that of its clip: JSON that begins with it, and that cjson does not read in all cases.
local function kind_of(content_hash)
  return (redis.call('HGET', P .. 'media:' .. content_hash, 'clip') or ''):match('"kind":"([^"\\]*)"') or ''
end

local function tell_kind(content_hash)
  redis.call('HSET', P .. 'media:' .. content_hash, 'kind', kind_of(content_hash))
end

-- What is recorded of a file; nil when it is not theirs.
local function read_holding(Q, content_hash)
  local fields = redis.call('HMGET', Q .. 'media:' .. content_hash, unpack(HELD))
  if not fields[1] then
    return nil
  end
  if not fields[2] then -- it was recorded by an artcelery that did not tell it
    fields[2] = kind_of(content_hash)
  end
  return fields
end

-- The members and indexes of a file that was created then.
local function places_of(Q, content_hash, created_at, kind, origin)
  local indexes = {Q .. 'files', Q .. 'files:kind:' .. kind, Q .. 'files:origin:' .. origin}
  return created_at .. ' ' .. content_hash, indexes
end

-- `listed` is how the file stands in the indexes: an artcelery that has none may change the other fields.
local function list_holding(Q, content_hash)
  local size_bytes, kind, _, origin, created_at = unpack(read_holding(Q, content_hash))
  local member, indexes = places_of(Q, content_hash, created_at, kind, origin)
  for _, index in ipairs(indexes) do
    redis.call('ZADD', index, 0, member)
  end
  size_bytes = size_bytes ~= '' and size_bytes or '0'
  redis.call('HSET', Q .. 'media:' .. content_hash, 'listed', created_at .. ' ' .. size_bytes .. ' ' .. origin)
  redis.call('INCRBY', Q .. 'file_bytes', size_bytes)
end

local function unlist_holding(Q, content_hash)
  local listed, kind = unpack(redis.call('HMGET', Q .. 'media:' .. content_hash, 'listed', 'kind'))
  if not listed then
    return
  end
  local created_at, size_bytes, origin = listed:match('^(%S*) (%d+) (.*)$')
  local member, indexes = places_of(Q, content_hash, created_at, kind, origin)
  for _, index in ipairs(indexes) do
    redis.call('ZREM', index, member)
  end
  if redis.call('DECRBY', Q .. 'file_bytes', size_bytes) == 0 then
    redis.call('DEL', Q .. 'file_bytes')
  end
end
