package e2e

import (
	"testing"

	"usagebot/config"
	"usagebot/store/pgtest"
)

// TestDatabase_BehindPooler_TwoReplicas has two replicas work on one database through PgBouncer in transaction mode.
func TestDatabase_BehindPooler_TwoReplicas(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	address := server.StartPooler(t, "transaction").Address(t, server.NewDatabase(t))
	pooled := func(c *config.Config) { c.DatabaseURL = config.NewURL(address) }
	h := open(t, wednesday, pooled)
	for range 3 {
		h.say(t, "/subscribe weekly h5").has("h5")
		h.say(t, "/usage weekly h5 dept:研发部").has("研发部")
		h.say(t, "/unsubscribe weekly h5")
	}
	other := h.start(t, pooled)
	h.SetWebhook(other.URL() + "/webhook/event")
	for range 3 {
		h.say(t, "/subscribe weekly h5").has("h5")
		h.say(t, "/usage weekly h5 dept:研发部").has("研发部")
	}
	found := map[string]string{}
	for _, f := range other.RunChecks(t.Context()) {
		if f.Check == "database" {
			found[f.Key] = string(f.Status)
		}
	}
	if found["database.pooled"] != "ok" || found["database.current"] != "ok" {
		t.Errorf("the doctor found %v", found)
	}
}
