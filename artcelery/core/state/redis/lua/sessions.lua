-- A user is artdag:user:{user} {epoch, suspected_at}, a session artdag:session:{id}. What a user has are the tokens in
-- artdag:user_tokens:{user}, and each its sessions in artdag:sessions_of:{token}. All of it lapses by the clock of this server.

local SESSION = {'user', 'token_hash', 'l2_origin', 'epoch', 'created_at', 'verified_at', 'expires_at', 'sealed'}
-- How long a user is remembered at least who was suspected or revoked: longer than any sign-in takes.
local DAY_S = 86400
local YEARS_S = 1e9

local function milliseconds(seconds)
  return math.max(math.ceil(math.min(tonumber(seconds), YEARS_S) * 1000), 1)
end

-- Keep a key for so long at least.
local function keep_key(key, seconds)
  if redis.call('PTTL', key) < milliseconds(seconds) then
    redis.call('PEXPIRE', key, milliseconds(seconds))
  end
end

-- Whether nobody has marked the key before, or it was this very call, the answer of which was lost.
local function is_first(key, mark, seconds)
  return redis.call('SET', key, mark, 'NX', 'PX', milliseconds(seconds)) or redis.call('GET', key) == mark
end

local function read_session(id)
  return redis.call('HMGET', P .. 'session:' .. id, unpack(SESSION))
end

local function epoch_of(user)
  return tonumber(redis.call('HGET', P .. 'user:' .. user, 'epoch') or 0)
end

local function counts(session)
  local user, token, _, epoch = unpack(session)
  return user and tonumber(epoch) == epoch_of(user) and redis.call('EXISTS', P .. 'revoked:' .. token) == 0
end

local function forget_token(user, token)
  if redis.call('EXISTS', P .. 'sessions_of:' .. token) == 0 then
    redis.call('SREM', P .. 'user_tokens:' .. user, token)
  end
end

local function end_session(id)
  local user, token = unpack(read_session(id))
  redis.call('DEL', P .. 'session:' .. id)
  if user then
    redis.call('SREM', P .. 'sessions_of:' .. token, id)
    forget_token(user, token)
  end
end

local function revoke(token, ttl)
  redis.call('SET', P .. 'revoked:' .. token, '1', 'KEEPTTL')
  keep_key(P .. 'revoked:' .. token, math.max(ttl, redis.call('PTTL', P .. 'sessions_of:' .. token) / 1000))
  for _, id in ipairs(redis.call('SMEMBERS', P .. 'sessions_of:' .. token)) do
    end_session(id)
  end
  redis.call('DEL', P .. 'sessions_of:' .. token)
end

-- The sessions of a user that count, each after its id.
local function sessions_of(user)
  local found = {}
  for _, token in ipairs(redis.call('SMEMBERS', P .. 'user_tokens:' .. user)) do
    for _, id in ipairs(redis.call('SMEMBERS', P .. 'sessions_of:' .. token)) do
      local session = read_session(id)
      if session[1] == user and counts(session) then
        found[#found + 1] = {id, unpack(session)}
      end
    end
  end
  return found
end

function calls.spend()
  local _, token, ttl, mark = unpack(ARGV)
  return is_first(P .. 'spent:' .. token, mark, ttl) and 1 or 0
end

function calls.may_ask()
  local _, user, pause, mark = unpack(ARGV)
  return is_first(P .. 'asked:' .. user, mark, pause) and 1 or 0
end

function calls.begin()
  local id, session = ARGV[2], {unpack(ARGV, 3, 2 + #SESSION)}
  local user, token, left = session[1], session[2], tonumber(session[7]) - clock()
  if left <= 0 or not counts(session) then
    return 0
  end
  end_session(id)
  for number, field in ipairs(SESSION) do
    redis.call('HSET', P .. 'session:' .. id, field, session[number])
  end
  for _, other in ipairs(redis.call('SRANDMEMBER', P .. 'user_tokens:' .. user, 10)) do
    forget_token(user, other)
  end
  redis.call('SADD', P .. 'sessions_of:' .. token, id)
  redis.call('SADD', P .. 'user_tokens:' .. user, token)
  for _, key in ipairs({'session:' .. id, 'sessions_of:' .. token, 'user_tokens:' .. user, 'user:' .. user}) do
    keep_key(P .. key, left)
  end
  return 1
end

-- The session, if it counts, after when its user was suspected.
function calls.check()
  local session = read_session(ARGV[2])
  if not counts(session) or tonumber(session[7]) <= tonumber(ARGV[3]) then
    return {}
  end
  return {redis.call('HGET', P .. 'user:' .. session[1], 'suspected_at') or '0', unpack(session)}
end

function calls.verified()
  local id, at = ARGV[2], ARGV[3]
  local session = read_session(id)
  if not counts(session) then
    return 0
  end
  if tonumber(at) > tonumber(session[6]) then
    redis.call('HSET', P .. 'session:' .. id, 'verified_at', at)
  end
  return 1
end

function calls.suspect()
  local user, at = ARGV[2], ARGV[3]
  local name = P .. 'user:' .. user
  if tonumber(at) > tonumber(redis.call('HGET', name, 'suspected_at') or 0) then
    redis.call('HSET', name, 'suspected_at', at)
  end
  keep_key(name, math.max(DAY_S, redis.call('PTTL', P .. 'user_tokens:' .. user) / 1000))
end

function calls.revoke()
  local known = redis.call('EXISTS', P .. 'sessions_of:' .. ARGV[2])
  revoke(ARGV[2], tonumber(ARGV[3]))
  return known
end

function calls.relent()
  local key = P .. 'revoked:' .. ARGV[2]
  if redis.call('PTTL', key) > milliseconds(ARGV[3]) then
    redis.call('PEXPIRE', key, milliseconds(ARGV[3]))
  end
end

function calls.revoke_user()
  local user, ttl, tokens, count = ARGV[2], tonumber(ARGV[3]), {}, 0
  for _, found in ipairs(sessions_of(user)) do
    local _, _, token = unpack(found)
    tokens[token] = true
  end
  for token in pairs(tokens) do
    revoke(token, ttl)
    count = count + 1
  end
  redis.call('DEL', P .. 'user_tokens:' .. user)
  redis.call('HINCRBY', P .. 'user:' .. user, 'epoch', 1)
  keep_key(P .. 'user:' .. user, math.max(ttl, DAY_S))
  return count
end

function calls.of_user()
  return sessions_of(ARGV[2])
end

function calls.forget()
  end_session(ARGV[2])
end
