package e2e

import (
	"slices"
	"sync"
	"testing"
	"time"

	"usagebot/config"
)

// TestACrowdIsAnsweredInTurn has forty questions asked in one group in one second, which is within the limits of people and
// chats, on a platform that takes five messages a second into it. It is not parallel: forty acknowledgements in 3 s want a
// processor.
func TestACrowdIsAnsweredInTurn(t *testing.T) {
	const crowd = 40
	h := open(t, wednesday, func(c *config.Config) { c.RatePerson, c.RateChat = 20, crowd })
	group := h.AddGroup("周会", h.me).ID
	began := time.Now()
	var mu sync.Mutex
	var acknowledged []time.Duration
	var asked []string
	var events sync.WaitGroup
	people := h.People()
	for i := range crowd {
		time.Sleep(time.Second / crowd)
		events.Go(func() {
			asking := time.Now()
			d, err := h.Say(t.Context(), group, people[i%len(people)].OpenID, "/help")
			if err != nil || !d.Taken {
				t.Errorf("a question was answered %d, %v", d.Status(), err)
			}
			mu.Lock()
			defer mu.Unlock()
			acknowledged, asked = append(acknowledged, time.Since(asking)), append(asked, d.MessageID)
		})
	}
	events.Wait()
	await(t, "everybody is answered", func() bool { return len(h.BotMessages(group)) >= crowd })
	took := time.Since(began)
	answers := map[string]int{}
	for _, m := range h.BotMessages(group) {
		answers[m.ParentID]++
	}
	for _, id := range asked {
		if answers[id] != 1 {
			t.Errorf("somebody got %d answers", answers[id])
		}
	}
	refused := 0
	for _, c := range h.Calls("message.reply") {
		if c.Code != 0 {
			refused++
		}
	}
	t.Logf("the last of %d was acknowledged after %v and answered after %v; %d replies were refused",
		crowd, slices.Max(acknowledged).Round(time.Millisecond), took.Round(time.Millisecond), refused)
	if refused > 2 || took > 20*time.Second {
		t.Error("want next to no refusals, and answers after some 8 s")
	}
}
