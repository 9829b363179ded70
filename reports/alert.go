package reports

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"usagebot/usage"
)

// alertEvery is how often administrators are told the same.
const alertEvery = 6 * time.Hour

// Alert is why digests are on hold: the platform refuses the bot's own app, or what it asks of another.
type Alert struct {
	AppID   string       // whose figures it refuses; empty when it refuses messages
	Sending bool         // it refuses messages; otherwise figures
	Why     usage.Reason // as far as there is a word for it
	Code    int          // the platform's
	LogID   string
	Scopes  []string // one of them is missing; may be empty
	Since   time.Time
}

func (a Alert) key() string { return "alert:" + strconv.Itoa(a.Code) + ":" + a.AppID }

// news is what administrators have to be told, and what they were told a moment ago.
type news struct {
	mu   sync.Mutex
	list map[string]*item
}

type item struct {
	alert Alert
	told  bool // by this replica or another
	tries int
	rest  gate // until it is tried, or may be news, again
}

// add takes an alert in, and reports whether it is news to this replica.
func (n *news) add(a Alert, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if known, ok := n.list[a.key()]; ok && (!known.told || known.rest.shut(now)) {
		return false
	}
	if n.list == nil {
		n.list = map[string]*item{}
	}
	n.list[a.key()] = &item{alert: a, rest: gate{longest: time.Hour}}
	return true
}

// untold takes what is to be told now. What nobody could be told for long is news no more.
func (n *news) untold(now time.Time) (list []*item) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for key, i := range n.list {
		switch {
		case now.Sub(i.alert.Since) >= alertEvery:
			delete(n.list, key)
		case !i.told && !i.rest.shut(now):
			i.rest.shutFor(now, onceTrying<<min(i.tries, 6))
			i.tries++
			list = append(list, i)
		}
	}
	return list
}

func (n *news) settle(i *item, now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	i.told = true
	i.rest.shutFor(now, onceTrying)
}

// alert has the administrators told that the platform refuses the bot, once over all replicas and not for each chat.
func (e *Engine) alert(a Alert) {
	a.Since = e.Now()
	if e.news.add(a, a.Since) {
		e.tellAdministrators()
	}
}

// tellAdministrators tells them what they have not been told: while the platform refuses all messages they cannot be.
func (e *Engine) tellAdministrators() {
	for _, i := range e.news.untold(e.Now()) {
		e.beside(func(ctx context.Context) {
			ctx, cancel := context.WithTimeout(ctx, onceTrying)
			defer cancel()
			if e.once(ctx, i.alert.key(), e.Now().Add(alertEvery), func() bool { return e.reachOne(ctx, i.alert) }) {
				e.news.settle(i, e.Now())
			}
		})
	}
}

// reachOne tells all administrators, and reports whether at least one was reached.
func (e *Engine) reachOne(ctx context.Context, a Alert) bool {
	e.Log.Error("digests are on hold: the platform refuses the bot's app", "code", a.Code, "log_id", a.LogID, "app", a.AppID)
	admins := e.Admins(ctx)
	reached := len(admins) == 0
	card := e.Renderer.AdminAlert(ctx, a)
	for _, admin := range admins {
		err := e.tell(ctx, admin, card, uuidFor("alert", admin, a.key(), fmt.Sprint(a.Since.Truncate(alertEvery).Unix())))
		if err != nil {
			e.Log.Warn("an administrator could not be told", "error", err)
		}
		reached = reached || err == nil
	}
	return reached
}

// tell sends a card to a person's single chat.
func (e *Engine) tell(ctx context.Context, openID string, card []byte, uuid string) error {
	done, err := e.awaitTurn(ctx, openID)
	if err != nil {
		return err
	}
	defer done()
	_, err = e.Sender.Send(ctx, Target{OpenID: openID}, card, uuid)
	return err
}
