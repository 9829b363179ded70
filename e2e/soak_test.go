package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"usagebot/sandbox"
)

// TestSoak sends all kinds of traffic to one process at once, also broken, repeated and foreign events, and checks that
// nothing panics and that everybody is answered. Under the race detector it looks for races; USAGEBOT_SOAK_LENGTH makes it
// longer:
//
//	make soak LENGTH=8h
func TestSoak(t *testing.T) {
	length := 4 * time.Second
	if v := os.Getenv("USAGEBOT_SOAK_LENGTH"); v != "" {
		var err error
		if length, err = time.ParseDuration(v); err != nil {
			t.Fatalf("USAGEBOT_SOAK_LENGTH is %q; it takes a time such as 8h", v)
		}
	}
	h := open(t, time.Now(), fastEngine)
	h.SetPublication(0)
	seed := seedOf(t)
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	var all sync.WaitGroup
	var people []*simUser
	for i := range 8 {
		me := h.People()[i%len(h.People())].OpenID
		p := &simUser{
			sb: h.Sandbox, store: h.app.SQL.Subscriptions, me: me, chat: h.AddGroup(fmt.Sprint("顾客", i), me).ID,
			random: rand.New(rand.NewPCG(seed, uint64(i))), //nolint:gosec // it is to be repeatable
		}
		people = append(people, p)
		all.Go(func() { p.act(ctx, 300*time.Millisecond) })
	}
	for i := range 4 {
		noise := noise{h, rand.New(rand.NewPCG(seed, uint64(100+i)))} //nolint:gosec // as above
		all.Go(func() { noise.make(t, ctx) })
	}
	all.Wait()
	for _, p := range people {
		p.settled(t)
	}
	if log := h.log.String(); strings.Contains(log, "panic") {
		t.Errorf("something panicked:\n%.5000s", log[strings.Index(log, "panic"):])
	}
}

// noise is what else comes in beside questions and clicks.
type noise struct {
	*testEnv
	random *rand.Rand
}

func (n noise) make(t *testing.T, ctx context.Context) { //nolint:revive // t comes first, as everywhere here
	for ctx.Err() == nil {
		if err := n.once(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
		linger(ctx, time.Duration(n.random.Int64N(int64(50*time.Millisecond))))
	}
}

func (n noise) once(ctx context.Context) (err error) {
	someone := n.People()[n.random.IntN(len(n.People()))].OpenID
	switch n.random.IntN(6) {
	case 0:
		_, err = n.Rename(ctx, n.Group().ID, fmt.Sprint("群", n.random.IntN(9)), someone)
	case 1:
		_, err = n.RenameDepartment(ctx, n.Departments()[5].ID, fmt.Sprint("部门", n.random.IntN(9)))
	case 2:
		_, err = n.Enter(ctx, someone)
	case 3:
		list := n.Deliveries()
		if len(list) == 0 {
			return nil
		}
		if d := list[n.random.IntN(len(list))]; d.Type == sandbox.EventMessage {
			_, err = n.Repeat(ctx, d.EventID)
		}
	case 4:
		return n.broken(ctx)
	default:
		for _, path := range []string{"/metrics", "/readyz", "/healthz"} {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, n.app.URL()+path, nil)
			if err != nil {
				return err
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return err
			}
			_ = resp.Body.Close() // only that it answers matters
		}
	}
	return err
}

// broken delivers a body with one of its bits turned.
func (n noise) broken(ctx context.Context) error {
	id, event, err := n.Event(sandbox.EventMessage, map[string]any{"message": map[string]any{"message_id": "om_broken"}})
	if err != nil {
		return err
	}
	body, header, err := n.Seal(event, n.Now())
	if err != nil {
		return err
	}
	body[n.random.IntN(len(body))] ^= 1 << n.random.IntN(8)
	err = sealed{body, header}.post(ctx, http.DefaultClient, strings.TrimPrefix(n.app.URL(), "http://"))
	if err == nil || !strings.HasSuffix(err.Error(), "401") {
		return fmt.Errorf("a broken body of event %s came to: %w", id, err)
	}
	return nil
}
