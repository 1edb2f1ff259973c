-- Names of the user whose keys begin with the second argument. Those of files are {name, JSON} in assets, and stand in the
-- order of their bytes in assets_by_name.

local Q = P .. ARGV[2]

function calls.put_asset()
  redis.call('HSET', Q .. 'assets', ARGV[3], ARGV[4])
  redis.call('ZADD', Q .. 'assets_by_name', 0, ARGV[3])
end

function calls.remove_asset()
  redis.call('ZREM', Q .. 'assets_by_name', ARGV[3])
  return redis.call('HDEL', Q .. 'assets', ARGV[3])
end

-- Whether an artcelery that does not know that order named or forgot files, and some names after one.
function calls.page_assets()
  if redis.call('HLEN', Q .. 'assets') ~= redis.call('ZCARD', Q .. 'assets_by_name') then
    return {1}
  end
  local page = {0}
  for _, name in ipairs(redis.call('ZRANGEBYLEX', Q .. 'assets_by_name', '(' .. ARGV[3], '+', 'LIMIT', 0, ARGV[4])) do
    page[#page + 1] = {name, redis.call('HGET', Q .. 'assets', name)}
  end
  return page
end

function calls.list_assets()
  redis.call('DEL', Q .. 'assets_by_name')
  for _, name in ipairs(redis.call('HKEYS', Q .. 'assets')) do
    redis.call('ZADD', Q .. 'assets_by_name', 0, name)
  end
end

-- Configs are config:{id} {name, created_at, file_name}; by name the order in which they came; and all of them by name, the
-- newest of a name first.

local function position(id, fields)
  return fields[2] .. ' ' .. id
end

local function read(id)
  return redis.call('HMGET', Q .. 'config:' .. id, 'name', 'created_at', 'file_name')
end

-- Digits that come later come sooner, and back.
local function reversed(digits)
  return (digits:gsub('%x', function(digit)
    return string.format('%x', 15 - tonumber(digit, 16))
  end))
end

local function place(id, fields)
  return fields[1] .. '\0' .. reversed(fields[2] .. ' ' .. id)
end

local function list_config(id, fields)
  redis.call('ZADD', Q .. 'configs_named:' .. fields[1], 0, position(id, fields))
  redis.call('ZADD', Q .. 'configs_by_name', 0, place(id, fields))
end

local function unlist(id)
  local standing = read(id)
  if standing[1] then
    redis.call('ZREM', Q .. 'configs_named:' .. standing[1], position(id, standing))
    redis.call('ZREM', Q .. 'configs_by_name', place(id, standing))
  end
  return standing[1]
end

-- Whether an artcelery that does not know the list of all names recorded or removed configs.
local function is_behind()
  return redis.call('ZCARD', Q .. 'configs') ~= redis.call('ZCARD', Q .. 'configs_by_name')
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
  list_config(id, {name, created_at})
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

-- Whether a text may have the part in it, which is in small letters: where it is not ASCII, the caller looks.
local function may_have(text, part)
  return part == '' or text:lower():find(part, 1, true) or text:find('[\128-\255]')
end

-- After the config that it is to go on after: how many are wanted, how many steps may be taken, a part of their names,
-- and where to begin if not there. Whether the list is behind, whether there is that config, where to go on (empty at the
-- end), and some that follow.
function calls.page()
  local after, limit, steps, part, lower = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6], ARGV[7]
  local fields = after ~= '' and read(after) or {}
  local page = {is_behind() and 1 or 0, fields[1] and 1 or 0, ''}
  if page[1] == 1 or (after ~= '' and page[2] == 0) then
    return page
  end
  if lower == '' then
    lower = fields[1] and '(' .. place(after, fields) or '-'
  end
  local members = redis.call('ZRANGEBYLEX', Q .. 'configs_by_name', lower, '+', 'LIMIT', 0, steps)
  for number, member in ipairs(members) do
    if may_have(member, part) then
      local name, came = member:match('^(.*)%z([^%z]*)$')
      local id = reversed(came):match(' (.*)$')
      page[#page + 1] = may_have(name, part) and {id, unpack(read(id))} or nil
    end
    if number == steps or #page == limit + 3 then
      page[3] = '(' .. member
      return page
    end
  end
  return page
end

function calls.list_all()
  redis.call('DEL', Q .. 'configs_by_name')
  for _, id in ipairs(redis.call('ZRANGE', Q .. 'configs', 0, -1)) do
    local fields = read(id)
    if fields[1] then
      list_config(id, fields)
    else
      redis.call('ZREM', Q .. 'configs', id)
    end
  end
end
