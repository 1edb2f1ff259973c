function calls.acquire()
  local _, key, token, holder, ttl, dead = unpack(ARGV)
  local now = clock()
  local other = hindrance(key, now, dead)
  if other and other[1] ~= token then
    return {other[1], other[2]}
  end
  take(key, token, holder, now, tonumber(ttl))
  return {}
end

function calls.renew()
  return keep(ARGV[2], ARGV[3], clock(), tonumber(ARGV[4])) and 1 or 0
end

function calls.release()
  give_back(ARGV[2], ARGV[3])
end
