package redisstore

import (
	"context"

	"github.com/redis/go-redis/v9"

	"usagebot/store/memstore"
)

// Seen remembers the keys of events that are known, for all processes. Each process also remembers what it noted and found
// itself, so it asks Redis less often, and knows its own events while Redis is away.
type Seen struct {
	redis *Redis
	mine  *memstore.Seen
}

// NewSeen returns the Seen that lives in r.
func NewSeen(r *Redis) *Seen { return &Seen{redis: r, mine: memstore.NewSeen()} }

// Known reports for each key whether it was noted. A key that Redis does not tell about is not known.
func (s *Seen) Known(ctx context.Context, keys []string) []bool {
	known := s.mine.Known(ctx, keys)
	var asked []int // indexes of the keys that this process does not know
	for i := range keys {
		if !known[i] {
			asked = append(asked, i)
		}
	}
	if len(asked) == 0 {
		return known
	}
	found := make([]*redis.IntCmd, len(asked))
	err := s.redis.do(ctx, "seen_known", func(ctx context.Context) error {
		_, err := s.redis.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			for n, i := range asked {
				found[n] = pipe.Exists(ctx, s.name(keys[i]))
			}
			return nil
		})
		return err
	})
	if err != nil {
		return known
	}
	var learned []string
	for n, i := range asked {
		if found[n].Val() > 0 {
			known[i] = true
			learned = append(learned, keys[i])
		}
	}
	s.mine.Note(ctx, learned)
	return known
}

// Note remembers the keys.
func (s *Seen) Note(ctx context.Context, keys []string) {
	s.mine.Note(ctx, keys)
	// A key that Redis did not take costs other processes a query of the database.
	_ = s.redis.do(ctx, "seen_note", func(ctx context.Context) error {
		_, err := s.redis.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			for _, key := range keys {
				pipe.Set(ctx, s.name(key), 1, memstore.SeenTTL)
			}
			return nil
		})
		return err
	})
}

func (s *Seen) name(key string) string { return s.redis.key("seen:" + key) }
