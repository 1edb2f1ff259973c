-- The second argument is what the keys of the user begin with, nothing for the machine's own.

local function owner()
  return P .. ARGV[2], ARGV[2] == ''
end

-- Whether an artcelery that has no such indexes recorded facts that are not in them.
local function is_behind()
  local Q, is_own = owner()
  local files = redis.call('ZCARD', Q .. 'files')
  if is_own and redis.call('ZCARD', P .. 'media') > files then
    return true
  end
  return files > redis.call('ZCARD', Q .. 'files:papers:yes') + redis.call('ZCARD', Q .. 'files:papers:no')
end

-- Before the fields: the user, and the hash; behind them the name in small letters. What was recorded stands, but where it
-- was empty.
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
  tell_folded(Q, content_hash, ARGV[7], ARGV[10])
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

local HASH_LENGTH = 64

local function hash_in(member)
  return member:match('^%S* (%S+)')
end

-- Whether a file may be what is looked for: a part of its name, and how large it is at least and at most. Where the name is
-- not known in small letters, the caller finds out.
local function may_be_meant(member, part, least, most)
  if not member:find(part, 1, true) and not member:find(UNKNOWN, 1, true) then
    return false
  end
  local hash_at = member:find(' ', 1, true) + 1
  local size_bytes, letters_at = member:match('^(%d+) ()', hash_at + HASH_LENGTH + 1)
  size_bytes = tonumber(size_bytes)
  if size_bytes < least or size_bytes > most then
    return false
  end
  return member:find(part, letters_at, true) or member:sub(letters_at) == UNKNOWN
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
  local is_looked_for = part ~= '' or least > 0 or most < math.huge
  for number = 10, #ARGV do
    indexes[#indexes + 1] = Q .. ARGV[number]
  end
  local function take(member)
    local content_hash = hash_in(member)
    local fields = read_holding(Q, content_hash)
    return fields and {content_hash, unpack(fields)}
  end
  return walk(indexes, limit, steps, upper, lower, take, is_looked_for and function(member)
    return may_be_meant(member, part, least, most)
  end)
end

-- Put some of the facts after the given one into all indexes, as they are listed now; where to go on, empty at the end.
function calls.catch_up()
  local Q, is_own = owner()
  local known, budget = is_own and P .. 'media' or Q .. 'files', tonumber(ARGV[4])
  local members = redis.call('ZRANGEBYLEX', known, ARGV[3], '+', 'LIMIT', 0, budget)
  for _, member in ipairs(members) do
    local content_hash = hash_in(member) or member
    if redis.call('EXISTS', Q .. 'media:' .. content_hash) == 0 then
      redis.call('ZREM', known, member)
    else
      unlist_holding(Q, content_hash)
      if is_own then
        tell_kind(content_hash)
      end
      list_holding(Q, content_hash)
    end
  end
  return #members == budget and '(' .. members[budget] or ''
end
