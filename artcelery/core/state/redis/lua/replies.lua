-- The answer to a request is {fingerprint, reply}, and lapses. What an older artcelery claims for one that is worked on has an
-- empty reply: nobody answered it.

local function answer_to(claim)
  local standing = redis.call('HMGET', P .. 'reply:' .. claim, 'fingerprint', 'reply')
  return (standing[2] or '') ~= '' and standing or nil
end

local function write_reply(claim, fingerprint, kept_s, reply)
  redis.call('HSET', P .. 'reply:' .. claim, 'fingerprint', fingerprint, 'reply', reply)
  redis.call('PEXPIRE', P .. 'reply:' .. claim, math.max(math.ceil(tonumber(kept_s) * 1000), 1))
end

function calls.find()
  return answer_to(ARGV[2]) or {}
end
