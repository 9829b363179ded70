package e2e

import (
	"testing"
	"time"

	"usagebot/app"
	"usagebot/config"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
)

// TestReplicas_ShareCaches asks one replica and then another: figures, token, departments and what was asked last are
// there already, and the quota knows of both.
func TestReplicas_ShareCaches(t *testing.T) {
	t.Parallel()
	redis, database := redistest.Start(t), pgtest.Start(t).NewDatabase(t)
	shared := func(c *config.Config) {
		c.RedisURL, c.DatabaseURL = config.NewURL(redis.URL()), config.NewURL(database)
	}
	h := open(t, wednesday, shared)
	began, first := time.Now(), h.app
	a := h.say(t, "/usage weekly h5 dept:研发部").has("研发部")
	await(t, "its chart is complete", func() bool { return !h.unfinished(&a) })
	calls := func() (n [3]int) {
		for i, endpoint := range []string{"overview", "token", "department.children"} {
			n[i] = len(h.Calls(endpoint))
		}
		return n
	}
	before := calls()
	other := h.start(t, shared)
	h.SetWebhook(other.URL() + "/webhook/event")
	h.say(t, "/usage weekly h5 dept:研发部").has("研发部")
	if now := calls(); now != before {
		t.Errorf("calls for figures, tokens and departments went from %v to %v", before, now)
	}
	h.say(t, "monthly").has("研发部", "2026-10-01") // what the first replica was asked is meant
	// The two metrics are read one after the other, and a call may have left the quota's minute in between.
	await(t, "the replicas see the same calls left", func() bool { return quotaLeft(first, t) == quotaLeft(other, t) })
	if left := quotaLeft(other, t); left >= 100 && time.Since(began) < 50*time.Second {
		t.Errorf("the replicas see %v calls left after %v", left, calls())
	}
}

// quotaLeft is the replica's metric of the calls that are left.
func quotaLeft(a *app.App, t *testing.T) (left float64) {
	t.Helper()
	families, err := a.Metrics().Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "usagebot_quota_left" {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatal("no usagebot_quota_left")
	return 0
}
