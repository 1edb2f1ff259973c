-- A pass is called `run:name` in all indexes, a file `key:encoding`.

local FIELDS = {
  'run_id', 'name', 'key', 'encoding', 'queue', 'requires', 'frames', 'seconds', 'status', 'attempts', 'reason',
  'worker', 'holder', 'done', 'since', 'due_at',
}
local NEVER = '1e+18'
local DUE = {ready = P .. 'passes_due', running = P .. 'passes_running'}

local function found(pass)
  local values = redis.call('HMGET', P .. 'pass:' .. pass, unpack(FIELDS))
  if not values[1] then
    return nil
  end
  local item = {pass = pass}
  for number, field in ipairs(FIELDS) do
    item[field] = values[number]
  end
  item.file = item.key .. ':' .. item.encoding
  return item
end

local function found_all(passes)
  local items = {}
  for _, pass in ipairs(passes) do
    items[#items + 1] = found(pass)
  end
  return items
end

local function asked()
  return found(ARGV[2] .. ':' .. ARGV[3])
end

local function record(item)
  local values = {}
  for number, field in ipairs(FIELDS) do
    values[number] = item[field]
  end
  return values
end

local function records(items)
  local all = {}
  for number, item in ipairs(items) do
    all[number] = record(item)
  end
  return all
end

local function unlist(item)
  redis.call('ZREM', DUE.ready, item.pass)
  redis.call('ZREM', DUE.running, item.pass)
  redis.call('ZREM', P .. 'queue:' .. item.queue .. ':' .. item.status, item.pass)
end

local function list(item)
  if DUE[item.status] then
    redis.call('ZADD', DUE[item.status], item.due_at, item.pass)
  end
  if item.status ~= 'done' and item.name ~= '' then
    redis.call('SADD', P .. 'queues', item.queue)
    redis.call('ZADD', P .. 'queue:' .. item.queue .. ':' .. item.status, item.since, item.pass)
  end
end

local function change(item, values)
  unlist(item)
  for field, value in pairs(values) do
    item[field] = value
    redis.call('HSET', P .. 'pass:' .. item.pass, field, value)
  end
  list(item)
end

local function say(item, kind, more)
  write_entry(item.run_id, kind, '{"pass":' .. cjson.encode(item.name) .. more .. '}')
end

local function say_waiting(item, reason)
  say(item, 'waiting', ',"reason":' .. cjson.encode(reason))
end

-- How many of the passes of the run were not done.
local function forget(run)
  local open = 0
  for _, name in ipairs(redis.call('LRANGE', P .. 'passes:' .. run, 0, -1)) do
    local item = found(run .. ':' .. name)
    if item then
      if item.status ~= 'done' and name ~= '' then
        open = open + 1
      end
      unlist(item)
      redis.call('SREM', P .. 'passes_making:' .. item.file, item.pass)
      for file in redis.call('HGET', P .. 'pass:' .. item.pass, 'waits'):gmatch('[^\n]+') do
        redis.call('SREM', P .. 'passes_awaiting:' .. file, item.pass)
      end
      redis.call('DEL', P .. 'pass:' .. item.pass)
    end
  end
  redis.call('DEL', P .. 'passes:' .. run)
  return open
end

-- From `first` on, of each pass: name, key, encoding, queue, requires, frames, seconds, reason, files it waits for.
local function plan(run, due_at, first)
  local now, ready = stamp(clock()), {}
  forget(run)
  for at = first, #ARGV, 9 do
    local name, key, encoding, queue, requires, frames, seconds, reason, waits = unpack(ARGV, at, at + 8)
    local pass, missing = run .. ':' .. name, 0
    for file in waits:gmatch('[^\n]+') do
      missing = missing + 1
      redis.call('SADD', P .. 'passes_awaiting:' .. file, pass)
    end
    local waiting = missing > 0
    local item = {
      pass = pass, run_id = run, name = name, key = key, encoding = encoding, queue = queue, requires = requires,
      frames = frames, seconds = seconds, status = waiting and 'waiting' or 'ready', attempts = '0', reason = reason,
      worker = '', holder = '', done = '0', since = now, due_at = waiting and NEVER or due_at,
    }
    local fields = {'waits', waits, 'missing', missing}
    for _, field in ipairs(FIELDS) do
      fields[#fields + 1] = field
      fields[#fields + 1] = item[field]
    end
    redis.call('HSET', P .. 'pass:' .. pass, unpack(fields))
    redis.call('SADD', P .. 'passes_making:' .. key .. ':' .. encoding, pass)
    redis.call('RPUSH', P .. 'passes:' .. run, name)
    list(item)
    if not waiting then
      ready[#ready + 1] = record(item)
    end
  end
  return ready
end

local function status_of(run)
  return redis.call('HGET', P .. 'run:' .. run, 'status')
end

function calls.plan()
  return FINAL[status_of(ARGV[2])] and {} or plan(ARGV[2], moment(ARGV[4], ARGV[3]), 5)
end

-- A token names the lease, so that it can be given back when the pass is forgotten. Asked twice, the answer is the same.
function calls.begin()
  local _, _, _, worker, holder, ttl, nonce, dead = unpack(ARGV)
  local item, now = asked(), clock()
  if not item or item.status == 'done' then
    return {'gone'}
  end
  if item.status == 'waiting' or (item.status == 'ready' and tonumber(item.since) > now) then
    return {'early'}
  end
  local token = nonce .. ':' .. item.file
  local other = hindrance(item.file, now, dead)
  if other and other[1] == token then
    return {'', token, record(item)}
  end
  if other then
    change(item, {due_at = other[3]})
    return {'held', other[1], other[2]}
  end
  change(item, {
    status = 'running', attempts = tostring(item.attempts + 1), reason = '', worker = worker, holder = holder,
    done = '0', since = stamp(now), due_at = take(item.file, token, holder, now, tonumber(ttl)),
  })
  say(item, 'started', ',"worker":' .. cjson.encode(worker) .. ',"attempt":' .. item.attempts)
  return {'', token, record(item)}
end

function calls.renew()
  local _, _, _, token, ttl, done = unpack(ARGV)
  local item = asked()
  local lapses_at = item and item.status ~= 'done' and keep(item.file, token, clock(), tonumber(ttl))
  if not lapses_at then
    return 0
  end
  change(item, {status = 'running', done = done, due_at = lapses_at})
  return 1
end

local function wait_no_more(pass, now, due_at)
  local item = found(pass)
  if item and redis.call('HINCRBY', P .. 'pass:' .. pass, 'missing', -1) == 0 and item.status == 'waiting' then
    change(item, {status = 'ready', since = now, due_at = due_at})
    return record(item)
  end
end

-- run, name, token, when what becomes ready is due from now; then of the result: key, encoding, content hash, JSON.
function calls.finish()
  local _, run, _, token, due_in, key, encoding, content_hash, text = unpack(ARGV)
  local now, file, made, standing = clock(), run .. ':run', '', ''
  if text then
    file, standing = key .. ':' .. encoding, write_result(encoding .. ':' .. key, content_hash, text)
    local result = cjson.decode(standing)
    made = string.format(',"seconds":%.17g,"content_hash":%s', result.seconds, cjson.encode(result.content_hash))
  end
  give_back(file, token)
  local members = redis.call('SMEMBERS', P .. 'passes_making:' .. file)
  table.sort(members)
  for _, item in ipairs(found_all(members)) do
    change(item, {status = 'done', done = item.frames, since = stamp(now), due_at = NEVER})
    if text then
      say(item, 'finished', made)
    end
  end
  local waiting, ready = redis.call('SMEMBERS', P .. 'passes_awaiting:' .. file), {}
  table.sort(waiting)
  redis.call('DEL', P .. 'passes_making:' .. file, P .. 'passes_awaiting:' .. file)
  for _, pass in ipairs(waiting) do
    ready[#ready + 1] = wait_no_more(pass, stamp(now), stamp(now + tonumber(due_in)))
  end
  return {standing, ready}
end

function calls.put_off()
  local _, _, _, token, reason, said, due_at, counted = unpack(ARGV)
  local item, now = asked(), clock()
  due_at = moment(due_at, said)
  local file = item and item.file or token:match('^%x*:(.*)$')
  if not file or not give_back(file, token) then
    return
  end
  for _, other in ipairs(found_all(redis.call('SMEMBERS', P .. 'passes_making:' .. file))) do
    if other.status == 'ready' and tonumber(other.since) <= now then
      change(other, {due_at = stamp(now)})
    end
  end
  item = asked()
  if item and item.status == 'running' then
    change(item, {
      status = 'ready', attempts = tostring(item.attempts - (counted == '1' and 0 or 1)), reason = reason,
      worker = '', holder = '', done = '0', since = due_at, due_at = due_at,
    })
    say_waiting(item, reason)
  end
end

function calls.explain()
  local _, _, _, reason, said, due_at = unpack(ARGV)
  local item = asked()
  if item and item.status == 'ready' then
    local is_new = reason ~= item.reason
    change(item, {reason = reason, due_at = moment(due_at, said)})
    if is_new then
      say_waiting(item, reason)
    end
  end
end

function calls.drop()
  local status = status_of(ARGV[2])
  return (not status or FINAL[status]) and forget(ARGV[2]) or 0
end

-- Those that are ready at the moment that is asked for; running ones whose lease has lapsed, and that is not to come.
function calls.due()
  local _, said, now, again_at, limit = unpack(ARGV)
  now, again_at, limit = moment(now, said), moment(again_at, said), tonumber(limit)
  local lapsed = stamp(math.min(tonumber(now), clock()))
  local overdue = {}
  for index, latest in pairs({[DUE.ready] = now, [DUE.running] = lapsed}) do
    local passes = redis.call('ZRANGEBYSCORE', index, '-inf', latest, 'LIMIT', 0, limit)
    for _, item in ipairs(found_all(passes)) do
      overdue[#overdue + 1] = item
    end
  end
  table.sort(overdue, function(one, other) return tonumber(one.due_at) < tonumber(other.due_at) end)
  local given = {}
  for number = 1, math.min(#overdue, limit) do
    local item = overdue[number]
    if item.status == 'running' then
      say(item, 'lost', ',"worker":' .. cjson.encode(item.worker))
    end
    local since = tonumber(item.since) < tonumber(now) and item.since or now
    change(item, {status = 'ready', since = since, due_at = again_at})
    given[number] = record(item)
  end
  return given
end

function calls.get()
  local item = asked()
  return item and record(item) or {}
end

function calls.of_run()
  local passes = {}
  for number, name in ipairs(redis.call('LRANGE', P .. 'passes:' .. ARGV[2], 0, -1)) do
    passes[number] = ARGV[2] .. ':' .. name
  end
  return records(found_all(passes))
end

function calls.running()
  return records(found_all(redis.call('ZRANGE', DUE.running, 0, -1)))
end

-- Of each queue those that have been ready for longest.
function calls.ready()
  local oldest = {}
  for _, queue in ipairs(redis.call('SMEMBERS', P .. 'queues')) do
    for _, pass in ipairs(redis.call('ZRANGE', P .. 'queue:' .. queue .. ':ready', 0, ARGV[2] - 1)) do
      oldest[#oldest + 1] = pass
    end
  end
  return records(found_all(oldest))
end

-- Of each queue: its name, how many wait, are ready and running, and since when the oldest is ready.
function calls.waiting()
  local counts = {}
  for _, queue in ipairs(redis.call('SMEMBERS', P .. 'queues')) do
    local prefix = P .. 'queue:' .. queue .. ':'
    local oldest = found_all(redis.call('ZRANGE', prefix .. 'ready', 0, 0))[1]
    counts[#counts + 1] = {
      queue, redis.call('ZCARD', prefix .. 'waiting'), redis.call('ZCARD', prefix .. 'ready'),
      redis.call('ZCARD', prefix .. 'running'), oldest and oldest.since or '',
    }
  end
  return counts
end
