-- Lists newest first: members of indexes, whose scores are all 0, so that they are in the order of their bytes: when, a
-- space, which.

-- What `take` makes of the members that stand in all of the indexes, from `upper` to `lower`, until there are `limit`:
-- found by walking the shortest, no more than `steps`. Where to go on (empty at the end) comes first. Where `may_be` is
-- given, members that it denies are passed over.
local function walk(indexes, limit, steps, upper, lower, take, may_be)
  local shortest, others = nil, {}
  for _, index in ipairs(indexes) do
    local length = redis.call('ZCARD', index)
    if not shortest or length < shortest.length then
      others[#others + 1] = shortest and shortest.index
      shortest = {index = index, length = length}
    else
      others[#others + 1] = index
    end
  end
  local function stands_in_all(member)
    for _, index in ipairs(others) do
      if not redis.call('ZSCORE', index, member) then
        return false
      end
    end
    return true
  end
  local found = {''}
  local members = redis.call('ZREVRANGEBYLEX', shortest.index, upper, lower, 'LIMIT', 0, steps)
  for _, member in ipairs(members) do
    if (not may_be or may_be(member)) and stands_in_all(member) then
      found[#found + 1] = take(member)
    end
    if #found > limit then
      found[1] = '(' .. member
      return found
    end
  end
  if #members == steps then
    found[1] = '(' .. members[steps]
  end
  return found
end
