package feishu

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func botAnswer() answered {
	return answered{status: 200, body: `{"code":0,"msg":"ok","bot":{"open_id":"ou_bot","app_name":"Bot"}}`}
}

func tokensOf(requests []request) []string {
	var tokens []string
	for _, r := range requests {
		tokens = append(tokens, r.token)
	}
	return tokens
}

func TestATokenIsFetchedOnceAndRenewedBeforeItsEnd(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epBot: {botAnswer()}})
	for _, later := range []time.Duration{0, 115*time.Minute - time.Nanosecond, time.Nanosecond} {
		p.advance(later)
		if _, err := p.client.Bot(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"t-1", "t-1", "t-2"}, tokensOf(p.calls(epBot))); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}

func TestManyCallsAtOnceFetchOneToken(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epBot: {botAnswer()}})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := p.client.Bot(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(p.calls(epToken)); n != 1 {
		t.Errorf("%d tokens fetched, want 1", n)
	}
}

func TestARefusedTokenIsDroppedAndTheCallMadeOnceMore(t *testing.T) {
	t.Parallel()
	for _, code := range []int{99991663, 99991664, 99991665, 99991668, 99991671} {
		store := &memory{}
		p := newPlatform(t, map[endpoint][]answered{epBot: {refused(400, code), botAnswer()}},
			func(s *Settings) { s.Tokens = store })
		if _, err := p.client.Bot(t.Context()); err != nil {
			t.Fatalf("%d: %v", code, err)
		}
		if diff := cmp.Diff([]string{"t-1", "t-2"}, tokensOf(p.calls(epBot))); diff != "" {
			t.Errorf("%d: tokens (-want +got):\n%s", code, diff)
		}
		if b, _ := store.Get(t.Context(), tokenKey("cli_test", testSecret)); !strings.Contains(string(b), "t-2") {
			t.Errorf("%d: the store holds %s, want the new token", code, b)
		}
	}
}

func TestATokenThatIsRefusedTwiceIsGivenUp(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epBot: {refused(400, 99991663)}})
	_, err := p.client.Bot(t.Context())
	if !AppRejected.Is(err) || len(p.calls(epBot)) != 2 {
		t.Errorf("error %v after %d calls, want one of ours after 2", err, len(p.calls(epBot)))
	}
}

func TestProcessesShareATokenThroughTheStore(t *testing.T) {
	t.Parallel()
	store := &memory{}
	with := func(s *Settings) { s.Tokens = store }
	first := newPlatform(t, map[endpoint][]answered{epBot: {botAnswer()}}, with)
	second := newPlatform(t, map[endpoint][]answered{epBot: {botAnswer()}}, with)
	for _, p := range []*platform{first, second} {
		if _, err := p.client.Bot(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(second.calls(epToken)); n != 0 {
		t.Errorf("the second process fetched %d tokens, want none", n)
	}
	if store.ttl != 115*time.Minute {
		t.Errorf("kept for %v, want 115 minutes", store.ttl)
	}
	for key := range store.kept {
		if strings.Contains(key, testSecret) || !strings.Contains(key, "cli_test") {
			t.Errorf("key %q", key)
		}
	}
}

func TestANonsensicalStoreIsNotBelieved(t *testing.T) {
	t.Parallel()
	for _, kept := range []string{"", "{", `{"value":""}`, `{"value":"old","until":"2001-01-01T00:00:00Z"}`} {
		store := &memory{kept: map[string][]byte{tokenKey("cli_test", testSecret): []byte(kept)}}
		p := newPlatform(t, map[endpoint][]answered{epBot: {botAnswer()}}, func(s *Settings) { s.Tokens = store })
		if _, err := p.client.Bot(t.Context()); err != nil || len(p.calls(epToken)) != 1 {
			t.Errorf("%q: error %v, %d tokens fetched", kept, err, len(p.calls(epToken)))
		}
	}
}

func TestAnotherSecretHasAnotherKey(t *testing.T) {
	t.Parallel()
	if tokenKey("a", "s") == tokenKey("a", "t") || tokenKey("a", "s") == tokenKey("b", "s") {
		t.Error("two apps or two secrets share a key")
	}
}

func TestAWrongSecretIsTold(t *testing.T) {
	t.Parallel()
	for _, code := range []int{10003, 10014, 10015} {
		p := newPlatform(t, map[endpoint][]answered{epToken: {refused(200, code)}})
		_, err := p.client.Bot(t.Context())
		e, _ := errors.AsType[*Error](err)
		if e == nil || e.Class != AppRejected || e.Code != code || e.Endpoint != string(epToken) {
			t.Errorf("%d: error %v", code, err)
		}
		if len(p.calls(epToken)) != 1 {
			t.Errorf("%d: asked %d times", code, len(p.calls(epToken)))
		}
	}
}

func TestATokenAnswerWithoutATokenIsAnError(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"code":0}`, `{"code":0,"tenant_access_token":"x"}`, `{"code":0,"expire":7200}`, `<html>`} {
		p := newPlatform(t, map[endpoint][]answered{epToken: {{status: 200, body: body}}})
		if _, err := p.client.Bot(t.Context()); !Retry.Is(err) {
			t.Errorf("%s: error %v, want a temporary one", body, err)
		}
	}
}

func TestWhoeverGivesUpWaitingForATokenDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	started, release := make(chan struct{}), make(chan struct{})
	tk := &tokenSource{
		store: noStore{}, now: time.Now, timeout: time.Minute,
		fetch: func(ctx context.Context) (string, time.Duration, error) {
			close(started)
			<-release
			return "t", time.Hour, ctx.Err()
		},
	}
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { _, err := tk.get(ctx); first <- err }()
	<-started
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the first got %v, want canceled", err)
	}
	close(release)
	if got, err := tk.get(t.Context()); got != "t" || err != nil {
		t.Errorf("the second got %q, %v", got, err)
	}
}

// TestAShortToken_HalfItsLifeIsUsed has the platform give tokens that end before the margin.
func TestAShortToken_HalfItsLifeIsUsed(t *testing.T) {
	t.Parallel()
	short := func(value string) answered {
		return answered{status: 200, body: `{"code":0,"msg":"ok","expire":240,"tenant_access_token":"` + value + `"}`}
	}
	store := &memory{}
	p := newPlatform(t, map[endpoint][]answered{epBot: {botAnswer()}, epToken: {short("t-1"), short("t-2"), short("t-3")}},
		func(s *Settings) { s.Tokens = store })
	for _, later := range []time.Duration{0, 119 * time.Second, 2 * time.Second} {
		p.advance(later)
		if _, err := p.client.Bot(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"t-1", "t-1", "t-2"}, tokensOf(p.calls(epBot))); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
	if store.ttl != 2*time.Minute {
		t.Errorf("kept for %v, want 2 minutes", store.ttl)
	}
}

// TestDrop_ForgetsOnlyTheRefusedToken refuses a token after another one took its place, in hand or in the store.
func TestDrop_ForgetsOnlyTheRefusedToken(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_764_000_000, 0)
	is := func(value string) token { return token{Value: value, Until: now.Add(time.Hour)} }
	for name, tt := range map[string]struct{ held, stored, wantHeld, wantStored string }{
		"in both":               {"refused", "refused", "", ""},
		"a newer one in hand":   {"newer", "refused", "newer", ""},
		"a newer one in store":  {"refused", "newer", "", "newer"},
		"a newer one in both":   {"newer", "newer", "newer", "newer"},
		"nothing is in either":  {"", "", "", ""},
		"the store has nothing": {"refused", "", "", ""},
	} {
		store := &memory{}
		tk := &tokenSource{key: "key", store: store, current: is(tt.held)}
		if tt.stored != "" {
			b, err := json.Marshal(is(tt.stored))
			if err != nil {
				t.Fatal(err)
			}
			store.Put(t.Context(), "key", b, time.Hour)
		}
		tk.invalidate(t.Context(), "refused")
		if held, stored := tk.currentToken().Value, tk.storedToken(t.Context()).Value; held != tt.wantHeld || stored != tt.wantStored {
			t.Errorf("%s: %q in hand and %q in the store, want %q and %q", name, held, stored, tt.wantHeld, tt.wantStored)
		}
	}
}
