-- Configs: artdag:config:{id} {name, created_at, file_name}, and by name the order in which they came.

local function position(id, fields)
  return fields[2] .. ' ' .. id
end

local function read(id)
  return redis.call('HMGET', P .. 'config:' .. id, 'name', 'created_at', 'file_name')
end

local function unlist(id)
  local standing = read(id)
  if standing[1] then
    redis.call('ZREM', P .. 'configs_named:' .. standing[1], position(id, standing))
  end
  return standing[1]
end

function calls.get()
  local id = ARGV[2]
  local fields = read(id)
  if not fields[1] then
    local newest = redis.call('ZREVRANGEBYLEX', P .. 'configs_named:' .. id, '+', '-', 'LIMIT', 0, 1)[1]
    if not newest then
      return {}
    end
    id = newest:match(' ([^ ]*)$')
    fields = read(id)
  end
  return {id, unpack(fields)}
end

function calls.put()
  local _, id, name, created_at, file_name = unpack(ARGV)
  unlist(id)
  redis.call('HSET', P .. 'config:' .. id, 'name', name, 'created_at', created_at, 'file_name', file_name)
  redis.call('ZADD', P .. 'configs_named:' .. name, 0, position(id, {name, created_at}))
  redis.call('ZADD', P .. 'configs', 0, id)
end

function calls.remove()
  local known = unlist(ARGV[2])
  redis.call('DEL', P .. 'config:' .. ARGV[2])
  redis.call('ZREM', P .. 'configs', ARGV[2])
  return known and 1 or 0
end

-- Some configs, by id, after the one that is given.
function calls.some()
  local found = {}
  for _, id in ipairs(redis.call('ZRANGEBYLEX', P .. 'configs', ARGV[2], '+', 'LIMIT', 0, ARGV[3])) do
    found[#found + 1] = {id, unpack(read(id))}
  end
  return found
end
