package redisstore

import "github.com/redis/go-redis/v9"

// inboxScripts are the steps of Inbox in Redis. KEYS[1] is a hash, one an
// event: s its state, o its owner, u when its lease ends (milliseconds of
// Redis's clock), j its job when parked. KEYS[2] is a sorted set of the parked
// keys by the end of their lease. ARGV begins with owner and key.
type inboxScripts struct {
	take, park, keep, finish, release, settle, lapsed, adopt *redis.Script
}

func newInboxScripts() inboxScripts {
	script := func(parts ...string) *redis.Script {
		source := ""
		for _, part := range parts {
			source += part
		}
		return redis.NewScript(source)
	}
	return inboxScripts{
		take: script(redisNow, takeEvent), park: script(redisNow, fence, unfinished, parkEvent),
		keep: script(redisNow, fence, unfinished, keepEvent), finish: script(fence, finishEvent),
		release: script(redisNow, fence, unfinished, releaseEvent), settle: script(finishEvent),
		lapsed: script(redisNow, lapsedEvents), adopt: script(redisNow, adoptEvent),
	}
}

// redisNow gives now and a way to write it: Lua shortens numbers so large.
const redisNow = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function after(ms) return string.format('%.0f', now + ms) end
`

// fence stops an owner whose work somebody else has. Work that nobody has is
// anybody's: Redis may have come back empty, or the owner took it while Redis
// was away.
const fence = `
local event = redis.call('HMGET', KEYS[1], 's', 'o')
local state = event[1]
if state and event[2] ~= ARGV[1] then return 0 end
`

// unfinished stops steps that make no sense for work that is done.
const unfinished = `
if state == 'done' then return 0 end
`

// takeEvent: ARGV[3] lease, ARGV[4] memory, in milliseconds. An owner who asks
// twice lost the first reply.
const takeEvent = `
local event = redis.call('HMGET', KEYS[1], 's', 'o', 'u')
local state = event[1]
if state == 'done' or state == 'parked' then return state end
if state and event[2] ~= ARGV[1] and tonumber(event[3]) > now then return 'busy' end
redis.call('HSET', KEYS[1], 's', 'taken', 'o', ARGV[1], 'u', after(ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
if state and event[2] ~= ARGV[1] then return 'again' end
return 'taken'
`

// parkEvent: ARGV[3] lease, ARGV[4] memory, ARGV[5] job.
const parkEvent = `
redis.call('HSET', KEYS[1], 's', 'parked', 'o', ARGV[1], 'u', after(ARGV[3]), 'j', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('ZADD', KEYS[2], after(ARGV[3]), ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1
`

// keepEvent: ARGV[3] lease of taken work, ARGV[4] of parked, ARGV[5] memory.
const keepEvent = `
if state == 'parked' then
  redis.call('HSET', KEYS[1], 'u', after(ARGV[4]))
  redis.call('ZADD', KEYS[2], after(ARGV[4]), ARGV[2])
  return 1
end
redis.call('HSET', KEYS[1], 's', 'taken', 'o', ARGV[1], 'u', after(ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
`

// finishEvent: ARGV[3] memory. The job is not kept.
const finishEvent = `
redis.call('HSET', KEYS[1], 's', 'done', 'o', ARGV[1])
redis.call('HDEL', KEYS[1], 'j', 'u')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('ZREM', KEYS[2], ARGV[2])
return 1
`

// releaseEvent: ARGV[3] pause before parked work is taken over.
const releaseEvent = `
if state == 'parked' then
  redis.call('HSET', KEYS[1], 'u', after(ARGV[3]))
  redis.call('ZADD', KEYS[2], after(ARGV[3]), ARGV[2])
  return 1
end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[2])
return 1
`

// lapsedEvents lists candidates; KEYS[1] is the sorted set. A script may not
// touch keys that it is not given, so each is adopted by a call of its own.
const lapsedEvents = `
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', after(0), 'LIMIT', 0, 16)
`

// adoptEvent replies with the job, or with nothing when somebody was faster.
// ARGV[3] lease.
const adoptEvent = `
local event = redis.call('HMGET', KEYS[1], 's', 'u', 'j')
if event[1] ~= 'parked' then
  redis.call('ZREM', KEYS[2], ARGV[2])
  return false
end
if tonumber(event[2]) > now then return false end
redis.call('HSET', KEYS[1], 'o', ARGV[1], 'u', after(ARGV[3]))
redis.call('ZADD', KEYS[2], after(ARGV[3]), ARGV[2])
return event[3]
`
