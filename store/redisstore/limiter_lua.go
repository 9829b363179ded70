package redisstore

import "github.com/redis/go-redis/v9"

// The scripts of Limiter. Each window has two keys. One is a sorted set with a member for each call, scored with the call's
// end in microseconds of Redis's clock: the latest it can be while the call is under way, the true one after. The other
// exists while the window is blocked, and holds for how many milliseconds it was.
//
// No call under way can end later than Hold from now. If one does, the clock was put back after it was entered: nothing is
// known of when it really ended, and it would block others for as long as the clock was put back, so it is dropped. In the
// same way a block that ends later than it lasts is none. A second is allowed for clocks that are slowed down or corrected.
//
// Lua would print numbers as large as these in a shortened form, hence string.format.
const limiterClock = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local slack = 1000000
local function text(n) return string.format('%.0f', n) end
local function drop_unreal(calls, hold)
  redis.call('ZREMRANGEBYSCORE', calls, '(' .. text(now + hold + slack), '+inf')
end
-- blocked returns for how many microseconds a window is blocked.
local function blocked(block)
  local length = tonumber(redis.call('GET', block) or 0)
  local left = length > 0 and redis.call('PTTL', block) or 0
  if left > length + slack / 1000 then
    redis.call('DEL', block)
    return 0
  end
  return math.max(left, 0) * 1000
end
`

// takePlaces takes a place in each window or in none. KEYS: the two keys of each window. ARGV: the call's id; the longest
// wait for a place of a call under way, in microseconds; then for each window its limit, its length and hold in
// microseconds, and the number of calls that Redis may not know, each of which follows as an id and the time from now to its
// end. Replies with the wait in microseconds (0: taken), the index of the first window without a place (0: none), and how
// many more calls have a place.
var takePlaces = redis.NewScript(limiterClock + `
local id, hint = ARGV[1], tonumber(ARGV[2])
local at, wait, full, left, again = 3, 0, 0, nil, false
for i = 1, #KEYS, 2 do
  local calls = KEYS[i]
  local limit, length, hold = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local unknown = tonumber(ARGV[at + 3])
  at = at + 4
  for _ = 1, unknown do
    redis.call('ZADD', calls, text(now + ARGV[at + 1]), ARGV[at])
    at = at + 2
  end
  redis.call('ZREMRANGEBYSCORE', calls, '-inf', '(' .. text(now - length))
  drop_unreal(calls, hold)
  redis.call('PEXPIRE', calls, math.ceil((length + hold) / 1000) + 1000)
  local count = redis.call('ZCARD', calls)
  local window_wait = blocked(KEYS[i + 1])
  if window_wait == 0 and limit < 1 then
    window_wait = hint
  elseif window_wait == 0 and count >= limit then
    local ends = tonumber(redis.call('ZRANGE', calls, count - limit, count - limit, 'WITHSCORES')[2])
    window_wait = ends + length - now + 1
    if ends > now then window_wait = math.min(window_wait, hint) end
  end
  if redis.call('ZSCORE', calls, id) then again = true end
  if window_wait > 0 and full == 0 then full = (i + 1) / 2 end
  wait = math.max(wait, window_wait)
  left = math.min(left or limit, math.max(limit - count, 0))
end
if again then return {0, 0, left} end -- the script is sent again because its reply was lost
if wait > 0 then return {wait, full, left} end
at = 3
for i = 1, #KEYS, 2 do
  local length, hold = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  redis.call('ZADD', KEYS[i], text(now + hold), id)
  redis.call('PEXPIRE', KEYS[i], math.ceil((length + hold) / 1000) + 1000)
  at = at + 4 + 2 * tonumber(ARGV[at + 3])
end
return {0, 0, left - 1}
`)

// settlePlaces enters the end of a call. KEYS: the two keys of each window. ARGV: the call's id; then for each window how
// long it is kept without new calls, in milliseconds.
var settlePlaces = redis.NewScript(limiterClock + `
for i = 1, #KEYS, 2 do
  redis.call('ZADD', KEYS[i], text(now), ARGV[1])
  redis.call('PEXPIRE', KEYS[i], ARGV[(i + 1) / 2 + 1])
end
return {1}
`)

// blockWindow blocks a window, never for less than it is blocked already. KEYS: the two keys of the window. ARGV: for how
// long, in milliseconds.
var blockWindow = redis.NewScript(limiterClock + `
if blocked(KEYS[2]) < tonumber(ARGV[1]) * 1000 then
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[1])
end
return {1}
`)

// countPlaces replies with how many calls have a place. KEYS: the two keys of the window. ARGV: its limit; its length and
// hold in microseconds.
var countPlaces = redis.NewScript(limiterClock + `
if blocked(KEYS[2]) > 0 then return {0} end
local count = redis.call('ZCOUNT', KEYS[1], text(now - ARGV[2]), text(now + ARGV[3] + slack))
return {math.max(ARGV[1] - count, 0)}
`)
