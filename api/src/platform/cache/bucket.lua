-- A token bucket, changed in one step. KEYS: the bucket. ARGV: capacity (thousandths), rate (thousandths a
-- millisecond), now (ms), change (thousandths; negative takes), longest lifetime (ms).
-- Returns: allowed (1 or 0), level (thousandths), the time of that level (ms). The sums are those of bucket.rs.
local capacity, rate, now, change, longest =
  tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local stored = redis.call('HMGET', KEYS[1], 'held', 'at')
local held, at = stored[1] and tonumber(stored[1]), stored[2] and tonumber(stored[2])
if held and at then
  held = math.min(capacity, held + math.max(0, now - at) * rate)
  at = math.max(at, now)
else
  held, at = capacity, now
end
local after = math.min(capacity, held + change)
if after < 0 then
  return {0, held, at}
end
if after >= capacity then
  redis.call('DEL', KEYS[1])
elseif change ~= 0 then
  local lifetime = longest
  if rate > 0 then
    lifetime = math.min(longest, math.ceil((capacity - after) / rate) + 1000)
  end
  -- Plain tostring() would write large numbers with an exponent and lose digits.
  redis.call('HSET', KEYS[1], 'held', string.format('%.0f', after), 'at', string.format('%.0f', at))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', lifetime))
end
return {1, after, at}
