package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"usagebot/sandbox"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
)

// loadLength is how long a run that measures times delivers events; 0 when nothing is measured, as in make test, where
// other tests use the machine:
//
//	make load LENGTH=60s
func loadLength(t *testing.T) time.Duration {
	t.Helper()
	v := os.Getenv("USAGEBOT_LOAD_LENGTH")
	if v == "" {
		return 0
	}
	length, err := time.ParseDuration(v)
	if err != nil || length < time.Second {
		t.Fatalf("USAGEBOT_LOAD_LENGTH is %q; it takes a time such as 60s", v)
	}
	return length
}

// eventsPerSecond are delivered: questions and others.
const eventsPerSecond = 1000

// questionsPerSecond are as many answers as the platform lets an app send: 1,000 a minute, less what else it sends.
// clicksInTen are of ten other events: a click is answered without a message, so that nothing bounds them.
const (
	questionsPerSecond = 15
	clicksInTen        = 1
)

// ackLimit is how long all but one in a hundred acknowledgements may take.
const ackLimit = 50 * time.Millisecond

// TestLoad delivers a thousand events a second: messages of groups that are not for the bot, one click on a card in
// ten of them, and as many questions as the platform lets a bot answer, all from what is remembered.
func TestLoad(t *testing.T) {
	length := loadLength(t)
	if length == 0 {
		t.Skip("make load runs it")
	}
	t.Run("one process with embedded stores", func(t *testing.T) {
		loaded(t, length, []string{"DATA_DIR=" + t.TempDir()}, freeAddr(t))
	})
	t.Run("two processes with shared stores", func(t *testing.T) {
		redis, database := redistest.Start(t), pgtest.Start(t).NewDatabase(t)
		loaded(t, length, []string{"DATABASE_URL=" + database, "REDIS_URL=" + redis.URL(), "DATA_DIR=" + t.TempDir()}, freeAddr(t), freeAddr(t))
	})
}

func loaded(t *testing.T, length time.Duration, environ []string, addrs ...string) {
	t.Helper()
	sb := yesterdayIsOut(t)
	for _, addr := range addrs {
		spawn(t, sb, addr, environ...).ready(t)
	}
	sb.SetWebhook(balance(t, addrs).URL + "/webhook/event")
	rooms := make([]string, questionsPerSecond)
	for i := range rooms {
		rooms[i] = sb.AddGroup("群", sb.People()[0].OpenID).ID
	}
	ask := func(ctx context.Context, i int) error {
		d, err := sb.Say(ctx, rooms[i%len(rooms)], sb.People()[0].OpenID, "/usage weekly h5")
		if err == nil && !d.Taken {
			err = fmt.Errorf("a question was answered %d", d.Status())
		}
		return err
	}
	for i := range rooms { // so that the figures are remembered, and each chat is known
		if err := ask(t.Context(), i); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	others := sealOthers(t, sb, int(length.Seconds())*(eventsPerSecond-questionsPerSecond))
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	post := func(ctx context.Context, i int) error { return others[i].post(ctx, client, addrs[i%len(addrs)]) }

	var heaps []float64
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for range 3 {
			linger(t.Context(), length/3)
			heaps = append(heaps, liveHeap(t, addrs[0]))
		}
	}()
	var answers, acks times
	var both sync.WaitGroup
	both.Go(func() { answers.pace(t, int(length.Seconds())*questionsPerSecond, questionsPerSecond, ask) })
	both.Go(func() { acks.pace(t, len(others), eventsPerSecond-questionsPerSecond, post) })
	both.Wait()
	<-stopped
	t.Logf("%d messages not for the bot and clicks: p50 %v, p99 %v, longest %v; %d questions: p50 %v, p99 %v, longest %v; live heap %.1f, %.1f, %.1f MB",
		len(acks.took), acks.at(50), acks.at(99), acks.at(100), len(answers.took), answers.at(50), answers.at(99), answers.at(100),
		heaps[0]/1e6, heaps[1]/1e6, heaps[2]/1e6)
	if max(acks.at(99), answers.at(99)) > ackLimit {
		t.Errorf("the 99th of 100 acknowledgements took %v, of questions %v; want at most %v", acks.at(99), answers.at(99), ackLimit)
	}
	if heaps[2] > 1.5*heaps[0]+8e6 {
		t.Errorf("the heap grew from %.1f to %.1f MB", heaps[0]/1e6, heaps[2]/1e6)
	}
}

// times are how long deliveries took, from the moment at which each was due.
type times struct {
	mu   sync.Mutex
	took []time.Duration
}

// pace makes n deliveries, so many a second whether or not the ones before have been answered.
func (a *times) pace(t *testing.T, n, rate int, deliver func(ctx context.Context, i int) error) {
	t.Helper()
	began := time.Now()
	var inFlight sync.WaitGroup
	for i := range n {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		inFlight.Go(func() {
			if err := deliver(t.Context(), i); err != nil {
				t.Error(err)
			}
			a.mu.Lock()
			defer a.mu.Unlock()
			a.took = append(a.took, time.Since(due))
		})
	}
	inFlight.Wait()
	slices.Sort(a.took)
}

// at is the time within which so many of a hundred were answered.
func (a *times) at(percent int) time.Duration {
	return a.took[max(0, len(a.took)*percent/100-1)].Round(10 * time.Microsecond)
}

// sealed is a delivery that is ready to be sent.
type sealed struct {
	body   []byte
	header http.Header
}

func (s sealed) post(ctx context.Context, client *http.Client, addr string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/webhook/event", bytes.NewReader(s.body))
	if err != nil {
		return err
	}
	req.Header = s.header
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("an event was answered %d", resp.StatusCode)
	}
	_, err = new(bytes.Buffer).ReadFrom(resp.Body)
	return err
}

// sealOthers seals distinct messages of a group that do not mention the bot, and clicks, before their time: the machine is
// the bot's then.
func sealOthers(t *testing.T, sb *sandbox.Sandbox, n int) []sealed {
	t.Helper()
	others := make([]sealed, n)
	for i := range others {
		kind, event := sandbox.EventMessage, talk(i)
		if i%10 < clicksInTen {
			kind, event = sandbox.EventClick, click(i, sb.Group().ID, sb.People()[0].OpenID)
		}
		_, payload, err := sb.Event(kind, event)
		if err != nil {
			t.Fatal(err)
		}
		if others[i].body, others[i].header, err = sb.Seal(payload, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	return others
}

func talk(i int) map[string]any {
	content, _ := json.Marshal(map[string]string{"text": fmt.Sprint("今天午饭吃什么？", i)}) // texts always marshal
	return map[string]any{
		"sender": map[string]any{"sender_id": map[string]any{"open_id": "ou_1", "union_id": "on_1", "user_id": "u1"}, "sender_type": "user", "tenant_key": "t"},
		"message": map[string]any{
			"message_id": fmt.Sprint("om_talk", i), "chat_id": "oc_1", "chat_type": "group", "message_type": "text",
			"create_time": "1790000000000", "update_time": "1790000000000", "content": string(content),
		},
	}
}

func click(i int, chat, by string) map[string]any {
	return map[string]any{
		"operator": map[string]any{"open_id": by}, "token": fmt.Sprint("c-", i), "host": "im_message",
		"action":  map[string]any{"tag": "button", "value": map[string]any{"cmd": "/usage weekly h5"}},
		"context": map[string]any{"open_message_id": fmt.Sprint("om_card", i), "open_chat_id": chat},
	}
}

// liveHeap is what the last collection of a process's garbage left: half of the heap at which the next one is due. Without
// a number it fails the test: 0 would never be a leak.
func liveHeap(t *testing.T, addr string) float64 {
	t.Helper()
	resp, err := http.Get("http://" + addr + "/metrics") //nolint:noctx // it is a test's own
	if err != nil {
		t.Errorf("the heap size is missing: %v", err)
		return 0
	}
	defer resp.Body.Close()
	buffer := new(bytes.Buffer)
	_, _ = buffer.ReadFrom(resp.Body) // a missing part is then not found in it
	found := regexp.MustCompile(`(?m)^go_memstats_next_gc_bytes (\S+)$`).FindStringSubmatch(buffer.String())
	if found == nil {
		t.Errorf("how large the heap is is not among the metrics of %s: HTTP %d", addr, resp.StatusCode)
		return 0
	}
	next, err := strconv.ParseFloat(found[1], 64)
	if err != nil || next <= 0 {
		t.Errorf("the heap's size is %q", found[1])
	}
	return next / 2
}
