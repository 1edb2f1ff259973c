-- The second argument is what the keys of the user begin with, nothing for the machine's own.

local function owner()
  return P .. ARGV[2], ARGV[2] == ''
end

-- Whether an artcelery that has no such index recorded facts that are not in it.
local function is_behind()
  return ARGV[2] == '' and redis.call('ZCARD', P .. 'media') > redis.call('ZCARD', P .. 'files')
end

-- Before the fields: the user, and the hash. What was recorded stands, but where it was empty.
function calls.put()
  local Q, is_own = owner()
  local user, content_hash = ARGV[3], ARGV[4]
  local name = Q .. 'media:' .. content_hash
  unlist_holding(Q, content_hash)
  for number, field in ipairs(HELD) do
    if (redis.call('HGET', name, field) or '') == '' then
      redis.call('HSET', name, field, ARGV[number + 4])
    end
  end
  if is_own then
    redis.call('ZADD', P .. 'media', 0, content_hash)
    tell_kind(content_hash)
  else
    redis.call('SADD', P .. 'holders:' .. content_hash, user)
  end
  list_holding(Q, content_hash)
end

function calls.get()
  local Q = owner()
  return read_holding(Q, ARGV[3]) or {}
end

function calls.remove()
  local Q, is_own = owner()
  local user, content_hash = ARGV[3], ARGV[4]
  unlist_holding(Q, content_hash)
  if is_own then
    redis.call('ZREM', P .. 'media', content_hash)
  else
    redis.call('SREM', P .. 'holders:' .. content_hash, user)
  end
  return redis.call('DEL', Q .. 'media:' .. content_hash)
end

function calls.total()
  if is_behind() then
    return {}
  end
  local Q = owner()
  return {redis.call('ZCARD', Q .. 'files'), redis.call('GET', Q .. 'file_bytes') or '0'}
end

-- Whether a name may have the part in it, which is in small letters: where it is not ASCII, the caller looks.
local function may_be_called(name, part)
  return name:find('[\128-\255]') or name:lower():find(part, 1, true)
end

-- After the owner: how many are wanted, how many steps may be taken, where to begin and to end, a part of the name, how
-- large they are at least and (unless it is empty) at most, the indexes.
function calls.page()
  if is_behind() then
    return {}
  end
  local Q, indexes = owner(), {}
  local limit, steps, upper, lower, part = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], ARGV[6], ARGV[7]
  local least, most = tonumber(ARGV[8]), tonumber(ARGV[9]) or math.huge
  for number = 10, #ARGV do
    indexes[#indexes + 1] = Q .. ARGV[number]
  end
  return walk(indexes, limit, steps, upper, lower, function(member)
    local content_hash = member:match(' ([^ ]*)$')
    if part ~= '' and not may_be_called(redis.call('HGET', Q .. 'media:' .. content_hash, 'name') or '', part) then
      return nil
    end
    if least > 0 or most < math.huge then
      local size_bytes = tonumber(redis.call('HGET', Q .. 'media:' .. content_hash, 'size_bytes') or '') or 0
      if size_bytes < least or size_bytes > most then
        return nil
      end
    end
    local fields = read_holding(Q, content_hash)
    return fields and {content_hash, unpack(fields)}
  end)
end

-- Put some of the facts after the given one that are not in the index into it; where to go on, empty at the end.
function calls.catch_up()
  local budget = tonumber(ARGV[4])
  local hashes = redis.call('ZRANGEBYLEX', P .. 'media', ARGV[3], '+', 'LIMIT', 0, budget)
  for _, content_hash in ipairs(hashes) do
    local name = P .. 'media:' .. content_hash
    if redis.call('EXISTS', name) == 0 then
      redis.call('ZREM', P .. 'media', content_hash)
    elseif redis.call('HEXISTS', name, 'listed') == 0 then
      tell_kind(content_hash)
      list_holding(P, content_hash)
    end
  end
  return #hashes == budget and '(' .. hashes[budget] or ''
end
