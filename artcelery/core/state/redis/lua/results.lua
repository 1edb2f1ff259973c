function calls.put()
  return write_result(ARGV[2], ARGV[3], ARGV[4])
end

function calls.of_content()
  local found = {}
  for _, id in ipairs(redis.call('SMEMBERS', P .. 'results_of:' .. ARGV[2])) do
    found[#found + 1] = redis.call('GET', P .. 'result:' .. id)
  end
  return found
end

function calls.forget()
  local count = 0
  for _, id in ipairs(redis.call('SMEMBERS', P .. 'results_of:' .. ARGV[2])) do
    count = count + redis.call('DEL', P .. 'result:' .. id)
  end
  redis.call('DEL', P .. 'results_of:' .. ARGV[2])
  return count
end
