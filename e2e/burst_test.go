package e2e

import (
	"sync"
	"testing"
	"time"

	"usagebot/config"
)

// TestBurst_OneGroup_EachAnsweredOnce has many questions asked in one group in one second, which is within the limits of people and
// chats, on a platform that takes five messages a second into it.
func TestBurst_OneGroup_EachAnsweredOnce(t *testing.T) {
	t.Parallel()
	const askers = 25
	h := open(t, wednesday, func(c *config.Config) { c.RatePerson, c.RateChat = 20, askers })
	group := h.AddGroup("周会", h.me).ID
	began := time.Now()
	var mu sync.Mutex
	var asked []string
	var events sync.WaitGroup
	people := h.People()
	for i := range askers {
		time.Sleep(time.Second / askers)
		events.Go(func() {
			d, err := h.Say(t.Context(), group, people[i%len(people)].OpenID, "/subs")
			for tries := 1; err == nil && !d.Taken && tries < 20; tries++ {
				d, err = h.Repeat(t.Context(), d.EventID)
			}
			if err != nil || !d.Taken {
				t.Errorf("a question was answered %d, %v", d.Status(), err)
			}
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, d.MessageID)
		})
	}
	events.Wait()
	await(t, "everybody is answered", func() bool { return len(h.BotMessages(group)) >= askers })
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
	t.Logf("the last of %d was answered after %v", askers, time.Since(began).Round(time.Millisecond))
	if refused > 2 {
		t.Errorf("%d replies were refused", refused)
	}
}
