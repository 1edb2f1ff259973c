-- Files of a user, whose keys begin with `Q`: {Q}media:{hash}, which stands in one index each for its time, kind and
-- origin, and for whether it is one of the papers of runs. `Q` is `P` for the machine's own user, whose are all stored
-- files.

local HELD = {'size_bytes', 'kind', 'name', 'origin', 'created_at'}
local PAPERS = {config = true, effect = true, graph = true, record = true}

-- Of a stored file, the kind is that of its clip: JSON that begins with it, and that cjson does not read in all cases.
local function kind_of(content_hash)
  return (redis.call('HGET', P .. 'media:' .. content_hash, 'clip') or ''):match('"kind":"([^"\\]*)"') or ''
end

local function tell_kind(content_hash)
  redis.call('HSET', P .. 'media:' .. content_hash, 'kind', kind_of(content_hash))
end

-- The name in small letters, where it is more than ASCII: only callers know these letters. It is kept where the name that
-- it belongs to stands.
local function tell_folded(Q, content_hash, name, folded)
  local key = Q .. 'media:' .. content_hash
  if redis.call('HGET', key, 'name') ~= name then
    return
  end
  if folded == '' then
    redis.call('HDEL', key, 'folded')
  else
    redis.call('HSET', key, 'folded', folded)
  end
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

-- The name in small letters; what stands for one that is not known so is in no name.
local UNKNOWN = '\255'

local function letters_of(Q, content_hash, name)
  if not name:find('[\128-\255]') then
    return name:lower()
  end
  return redis.call('HGET', Q .. 'media:' .. content_hash, 'folded') or UNKNOWN
end

-- The member of a file that was created then, and its indexes. It has in it what files are looked for by; without letters
-- it is as an artcelery had it that looked elsewhere.
local function places_of(Q, content_hash, created_at, kind, origin, size_bytes, letters)
  local member = created_at .. ' ' .. content_hash
  local indexes = {
    Q .. 'files',
    Q .. 'files:kind:' .. kind,
    Q .. 'files:origin:' .. origin,
    Q .. 'files:papers:' .. (PAPERS[origin] and 'yes' or 'no'),
  }
  return letters and member .. ' ' .. size_bytes .. ' ' .. letters or member, indexes
end

-- `listed` is how the file stands in the indexes: an artcelery that has none may change the other fields.
local function list_holding(Q, content_hash)
  local size_bytes, kind, name, origin, created_at = unpack(read_holding(Q, content_hash))
  size_bytes = size_bytes ~= '' and size_bytes or '0'
  local letters = letters_of(Q, content_hash, name)
  local member, indexes = places_of(Q, content_hash, created_at, kind, origin, size_bytes, letters)
  for _, index in ipairs(indexes) do
    redis.call('ZADD', index, 0, member)
  end
  local listed = created_at .. ' ' .. size_bytes .. ' ' .. origin .. '\0' .. letters
  redis.call('HSET', Q .. 'media:' .. content_hash, 'listed', listed)
  redis.call('INCRBY', Q .. 'file_bytes', size_bytes)
end

local function unlist_holding(Q, content_hash)
  local listed, kind = unpack(redis.call('HMGET', Q .. 'media:' .. content_hash, 'listed', 'kind'))
  if not listed then
    return
  end
  local created_at, size_bytes, came = listed:match('^(%S*) (%d+) (.*)$')
  local origin, letters = came:match('^(%Z*)%z(.*)$')
  local member, indexes = places_of(Q, content_hash, created_at, kind, origin or came, size_bytes, letters)
  for _, index in ipairs(indexes) do
    redis.call('ZREM', index, member)
  end
  if redis.call('DECRBY', Q .. 'file_bytes', size_bytes) == 0 then
    redis.call('DEL', Q .. 'file_bytes')
  end
end
