package redisstore

// The scripts of Quota. KEYS[1] is a sorted set, one member a call, scored
// with the call's end in microseconds of Redis's clock: the latest it can be
// while the call is under way, the true one after. KEYS[2] exists while all
// calls are blocked. Lua would print so large a number in a shortened form,
// hence the format.

// takeCall takes a place. ARGV: limit; window, hold and longest hint for a
// wait on a call under way, in microseconds; the call's id; then pairs of an
// id and its end relative to now, for calls that Redis does not know of.
// Replies with the wait in microseconds (0: taken) and the places left.
const takeCall = `
local calls, block = KEYS[1], KEYS[2]
local limit, window, hold = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for i = 6, #ARGV, 2 do
  redis.call('ZADD', calls, string.format('%.0f', now + ARGV[i + 1]), ARGV[i])
end
redis.call('ZREMRANGEBYSCORE', calls, '-inf', string.format('(%.0f', now - window))
redis.call('PEXPIRE', calls, math.ceil((window + hold) / 1000) + 1000)
local count = redis.call('ZCARD', calls)
if redis.call('ZSCORE', calls, ARGV[5]) then
  return {0, math.max(limit - count, 0)} -- sent again because the reply was lost
end
local blocked = redis.call('PTTL', block)
if blocked > 0 then
  return {blocked * 1000, math.max(limit - count, 0)}
end
if count >= limit then
  local ends = tonumber(redis.call('ZRANGE', calls, count - limit, count - limit, 'WITHSCORES')[2])
  local wait = ends + window - now + 1
  if ends > now then wait = math.min(wait, tonumber(ARGV[4])) end
  return {wait, 0}
end
redis.call('ZADD', calls, string.format('%.0f', now + hold), ARGV[5])
redis.call('PEXPIRE', calls, math.ceil((window + hold) / 1000) + 1000)
return {0, limit - count - 1}
`

// settleCall enters the end of a call. ARGV: its id; how long an unused
// window is kept, in milliseconds.
const settleCall = `
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], string.format('%.0f', time[1] * 1000000 + time[2]), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {1}
`

// blockCalls blocks all calls, never for less than they are blocked already.
// ARGV: how long, in milliseconds.
const blockCalls = `
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[2], 1, 'PX', ARGV[1])
end
return {1}
`

// countCalls replies with the number of places taken, which is all of them
// while calls are blocked. ARGV: limit; window in microseconds.
const countCalls = `
if redis.call('PTTL', KEYS[2]) > 0 then return {tonumber(ARGV[1])} end
local time = redis.call('TIME')
local since = time[1] * 1000000 + time[2] - ARGV[2]
return {redis.call('ZCOUNT', KEYS[1], string.format('%.0f', since), '+inf')}
`
