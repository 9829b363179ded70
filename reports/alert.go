package reports

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"usagebot/usage"
)

// alertEvery is how often administrators are told the same.
const alertEvery = 6 * time.Hour

// Alert is why digests are on hold: the platform refuses the bot's own app.
type Alert struct {
	Sending bool         // it refuses messages; otherwise figures
	Why     usage.Reason // as far as there is a word for it
	Code    int          // the platform's
	LogID   string
	Scopes  []string // one of them is missing; may be empty
}

// alert tells the administrators that the platform refuses the bot, once and not for each chat.
func (e *Engine) alert(ctx context.Context, a Alert) {
	now := e.Now()
	if !e.alertDue(a.Code, now) {
		return
	}
	e.Log.Error("digests are on hold: the platform refuses the bot's app", "code", a.Code, "log_id", a.LogID)
	card := e.Artist.AdminAlert(a)
	for _, admin := range e.Admins(ctx) {
		// The window in the uuid keeps the replicas from telling the same.
		e.tell(ctx, admin, card, uuidFor("alert", admin, strconv.Itoa(a.Code), fmt.Sprint(now.Truncate(alertEvery).Unix())))
	}
}

// alertDue reports whether a code is news.
func (e *Engine) alertDue(code int, now time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	last, told := e.alerted[code]
	if told && now.Sub(last) < alertEvery {
		return false
	}
	e.alerted[code] = now
	return true
}

// tell sends a card to a person's single chat.
func (e *Engine) tell(ctx context.Context, openID string, card []byte, uuid string) {
	done, err := e.Pacer.Wait(ctx, openID)
	if err != nil {
		return
	}
	defer done()
	if _, err := e.Sender.Send(ctx, Target{OpenID: openID}, card, uuid); err != nil {
		e.Log.Warn("somebody could not be told", "error", err)
	}
}

// holdBack stops all sending for a while: every other message would be refused as well.
func (e *Engine) holdBack(ctx context.Context, t *Trouble) {
	e.held.Store(e.Now().Add(hold).UnixMilli())
	e.alert(ctx, Alert{Sending: true, Why: t.Why, Code: t.Code, LogID: t.LogID, Scopes: t.Scopes})
}
