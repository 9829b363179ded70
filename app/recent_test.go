package app

import (
	"strconv"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/store/redisstore"
)

func TestRecentKeepsTheLastAndForgetsOthers(t *testing.T) {
	t.Parallel()
	made := map[string]int{}
	r := newRecent(3, func(key string) int { made[key]++; return made[key] })
	for i := range 100 {
		r.of("asked again and again")
		r.of(strconv.Itoa(i))
	}
	if made["asked again and again"] != 1 {
		t.Errorf("what is used was made %d times", made["asked again and again"])
	}
	if r.of("0") != 2 || len(r.young)+len(r.older) > 6 {
		t.Errorf("%d are kept", len(r.young)+len(r.older))
	}
}

// TestAChatsLimitHoldsWithoutRedis asks for places by the quota that stands in while Redis does not answer.
func TestAChatsLimitHoldsWithoutRedis(t *testing.T) {
	t.Parallel()
	redis, err := redisstore.Open("redis://127.0.0.1:1", redisstore.Options{Namespace: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = redis.Close() })
	pace := newMessageLimits(redis, newMetrics()).pace()
	taken := 0
	for range 3 * reports.ChatPerSecond {
		done, full := pace.Take(t.Context(), "oc_1")
		if done != nil {
			taken++
		} else if full.App || full.Wait <= 0 || full.Wait > time.Second {
			t.Errorf("without a place: %+v", full)
		}
	}
	if taken != spared(reports.ChatPerSecond) {
		t.Errorf("%d digests may go to one chat at once", taken)
	}
	if done, full := pace.Take(t.Context(), "oc_2"); done == nil {
		t.Errorf("another chat has to wait: %+v", full)
	}
}
