-- Configs of the user whose keys begin with the second argument: config:{id} {name, created_at, file_name}, and by name
-- the order in which they came.

local Q = P .. ARGV[2]

local function position(id, fields)
  return fields[2] .. ' ' .. id
end

local function read(id)
  return redis.call('HMGET', Q .. 'config:' .. id, 'name', 'created_at', 'file_name')
end

local function unlist(id)
  local standing = read(id)
  if standing[1] then
    redis.call('ZREM', Q .. 'configs_named:' .. standing[1], position(id, standing))
  end
  return standing[1]
end

function calls.get()
  local id = ARGV[3]
  local fields = read(id)
  if not fields[1] then
    local newest = redis.call('ZREVRANGEBYLEX', Q .. 'configs_named:' .. id, '+', '-', 'LIMIT', 0, 1)[1]
    if not newest then
      return {}
    end
    id = newest:match(' ([^ ]*)$')
    fields = read(id)
  end
  return {id, unpack(fields)}
end

function calls.put()
  local id, name, created_at, file_name = unpack(ARGV, 3)
  unlist(id)
  redis.call('HSET', Q .. 'config:' .. id, 'name', name, 'created_at', created_at, 'file_name', file_name)
  redis.call('ZADD', Q .. 'configs_named:' .. name, 0, position(id, {name, created_at}))
  redis.call('ZADD', Q .. 'configs', 0, id)
end

function calls.remove()
  local known = unlist(ARGV[3])
  redis.call('DEL', Q .. 'config:' .. ARGV[3])
  redis.call('ZREM', Q .. 'configs', ARGV[3])
  return known and 1 or 0
end

-- Some configs, by id, after the one that is given.
function calls.some()
  local found = {}
  for _, id in ipairs(redis.call('ZRANGEBYLEX', Q .. 'configs', ARGV[3], '+', 'LIMIT', 0, ARGV[4])) do
    found[#found + 1] = {id, unpack(read(id))}
  end
  return found
end
