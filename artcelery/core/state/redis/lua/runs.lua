-- A run stands in one index each for its time, status, user, and config's id and name, and among the unfinished ones of
-- the user of L2 whose it is. Members of an index are the time of creation and the id. Passes end and begin with their run.

local MAY_STAND = {
  open = function(standing) return not standing end,
  put = function(standing, status) return not FINAL[standing] or FINAL[status] end,
  start = function(standing) return standing == 'pending' end,
  finish = function(standing) return not FINAL[standing] end,
  reopen = function(standing) return standing == 'failed' or standing == 'cancelled' end,
}
local INDEXED = {'created_at', 'status', 'user', 'config_id', 'config_name'}

local function indexes(fields)
  local _, status, user, config_id, config_name = unpack(fields)
  return {
    P .. 'runs',
    P .. 'runs:status:' .. status,
    P .. 'runs:user:' .. user,
    P .. 'runs:config:' .. config_id,
    P .. 'runs:named:' .. config_name,
  }
end

local function unlist_run(id)
  local fields = redis.call('HMGET', P .. 'run:' .. id, unpack(INDEXED))
  if fields[1] then
    for _, index in ipairs(indexes(fields)) do
      redis.call('ZREM', index, fields[1] .. ' ' .. id)
    end
    redis.call('SREM', P .. 'runs:unfinished:' .. fields[3], id)
  end
  return fields[1]
end

local function need(id, hashes)
  local needed = {}
  for content_hash in hashes:gmatch('[^\n]+') do
    needed[content_hash] = true
    redis.call('SADD', P .. 'using:' .. content_hash, id)
  end
  for content_hash in (redis.call('HGET', P .. 'run:' .. id, 'needs') or ''):gmatch('[^\n]+') do
    if not needed[content_hash] then
      redis.call('SREM', P .. 'using:' .. content_hash, id)
    end
  end
end

-- How many runs of a user of L2 are not over. What an artcelery without this index ended is in it still.
local function unfinished(member)
  local count = 0
  for _, id in ipairs(redis.call('SMEMBERS', P .. 'runs:unfinished:' .. member)) do
    if not FINAL[redis.call('HGET', P .. 'run:' .. id, 'status') or 'failed'] then
      count = count + 1
    end
  end
  return count
end

-- What stands in the way of a run that begins: {0} when its request was answered, {0, count} when so many are not over.
local function refusal(member, most, claim)
  if claim ~= '' and answer_to(claim) then
    return {0}
  end
  local count = most ~= '' and unfinished(member) or 0
  return most ~= '' and count >= tonumber(most) and {0, count} or nil
end

local function write_record(id, record, detail, needs, fields)
  local name = P .. 'run:' .. id
  unlist_run(id)
  need(id, needs)
  redis.call('HSET', name, 'record', record, 'needs', needs)
  for number, field in ipairs(INDEXED) do
    redis.call('HSET', name, field, fields[number])
  end
  redis.call('SET', P .. 'run_detail:' .. id, detail)
  redis.call('ZADD', P .. 'run_ids', 0, id)
  for _, index in ipairs(indexes(fields)) do
    redis.call('ZADD', index, 0, fields[1] .. ' ' .. id)
  end
end

-- After the member: in `finish`, what the journal says, if anything; in `open` and `reopen` the caller's time, when passes
-- are due, how many runs there may be, the claim with its fingerprint and time, and the passes. {1} when it stands now.
function calls.write()
  local _, how, id, record, detail, needs = unpack(ARGV, 1, 6)
  local fields, member, said = {unpack(ARGV, 7, 11)}, ARGV[12], ARGV[13]
  local begins = how == 'open' or how == 'reopen'
  local standing = redis.call('HGET', P .. 'run:' .. id, 'status')
  if how == 'open' and standing then
    return {1}
  end
  if not MAY_STAND[how](standing, fields[2]) then
    return {0}
  end
  local refused = begins and refusal(member, ARGV[15], ARGV[16])
  if refused then
    return refused
  end
  write_record(id, record, detail, needs, fields)
  if not FINAL[fields[2]] and member ~= '' then
    redis.call('SADD', P .. 'runs:unfinished:' .. member, id)
  end
  if how == 'finish' then
    forget(id)
    if said ~= '' then
      write_entry(id, fields[2], said)
    end
  elseif begins then
    plan(id, moment(ARGV[14], said), 19)
    if how == 'reopen' then
      write_entry(id, 'retried', '{}')
    end
    if ARGV[16] ~= '' then
      write_reply(ARGV[16], ARGV[17], ARGV[18], id)
    end
  end
  return {1}
end

-- The run of an id, or else, when it may be the beginning of one, the only one whose id begins so.
function calls.get()
  local id, may_be_prefix = ARGV[2], ARGV[3] == '1'
  local record = redis.call('HGET', P .. 'run:' .. id, 'record')
  if not record and may_be_prefix then
    local found = redis.call('ZRANGEBYLEX', P .. 'run_ids', '[' .. id, '[' .. id .. '\255', 'LIMIT', 0, 2)
    if #found == 1 then
      id = found[1]
      record = redis.call('HGET', P .. 'run:' .. id, 'record')
    end
  end
  return record and {record, redis.call('GET', P .. 'run_detail:' .. id)} or {}
end

-- Runs that stand in all of the indexes, newest first; where to go on comes first.
function calls.page()
  local limit, steps, upper, lower, whole = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6]
  local listed = {}
  for number = 7, #ARGV do
    listed[#listed + 1] = P .. ARGV[number]
  end
  return walk(listed, limit, steps, upper, lower, function(member)
    local id = member:match(' (.*)$')
    local detail = whole == '1' and redis.call('GET', P .. 'run_detail:' .. id) or ''
    return {redis.call('HGET', P .. 'run:' .. id, 'record'), detail}
  end)
end

function calls.unfinished()
  return unfinished(ARGV[2])
end

function calls.remove()
  local id = ARGV[2]
  local known = unlist_run(id)
  forget(id)
  need(id, '')
  redis.call('ZREM', P .. 'run_ids', id)
  redis.call('DEL', P .. 'run:' .. id, P .. 'run_detail:' .. id, P .. 'journal:' .. id)
  return known and 1 or 0
end
