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

// Alert is why digests are on hold: the platform refuses the bot's own app, or the figures of another.
type Alert struct {
	AppID   string       // the app whose figures it refuses; empty when it refuses messages
	Sending bool         // it refuses messages; otherwise figures
	Why     usage.Reason // the known reason, if there is one
	Code    int          // the platform's
	LogID   string
	Scopes  []string // one of them is missing; may be empty
	Since   time.Time
}

func (a Alert) key() string { return "alert:" + strconv.Itoa(a.Code) + ":" + a.AppID }

// alertQueue holds what administrators have to be told, and what they were told lately.
type alertQueue struct {
	mu      sync.Mutex
	pending map[string]*pendingAlert // by key
}

type pendingAlert struct {
	alert Alert
	sent  bool // by this replica or another
	tries int
	rest  cooldown // until it may be sent, or queued, again
}

// add queues an alert, and reports whether it is new to this replica.
func (q *alertQueue) add(a Alert, now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if known, ok := q.pending[a.key()]; ok && (!known.sent || known.rest.active(now)) {
		return false
	}
	q.pending[a.key()] = &pendingAlert{alert: a, rest: cooldown{max: time.Hour}}
	return true
}

// due returns the alerts that are to be sent now. An alert that could not be sent for alertEvery is dropped.
func (q *alertQueue) due(now time.Time) (list []*pendingAlert) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for key, p := range q.pending {
		switch {
		case now.Sub(p.alert.Since) >= alertEvery:
			delete(q.pending, key)
		case !p.sent && !p.rest.active(now):
			p.rest.start(now, taskTimeout<<min(p.tries, 6))
			p.tries++
			list = append(list, p)
		}
	}
	return list
}

func (q *alertQueue) markSent(p *pendingAlert, now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	p.sent = true
	p.rest.start(now, taskTimeout)
}

// adminAlerts tells the administrators that the platform refuses the bot: once over all replicas and not for each chat.
type adminAlerts struct {
	cfg   Settings
	sends *sendSlots
	tasks *tasks
	queue alertQueue
}

func newAdminAlerts(cfg Settings, sends *sendSlots, tasks *tasks) *adminAlerts {
	return &adminAlerts{cfg: cfg, sends: sends, tasks: tasks, queue: alertQueue{pending: map[string]*pendingAlert{}}}
}

// raise queues an alert, and sends it if it is new.
func (a *adminAlerts) raise(alert Alert) {
	alert.Since = a.cfg.Now()
	if a.queue.add(alert, alert.Since) {
		a.sendDue()
	}
}

// sendDue starts sending the queued alerts. Those that fail are tried again: while the platform refuses all messages, it
// refuses these, too.
func (a *adminAlerts) sendDue() {
	for _, p := range a.queue.due(a.cfg.Now()) {
		a.tasks.startSafe(func(ctx context.Context) {
			ctx, cancel := context.WithTimeout(ctx, taskTimeout)
			defer cancel()
			send := func() bool { return a.notifyAdmins(ctx, p.alert) }
			if a.cfg.runOncePerCluster(ctx, p.alert.key(), a.cfg.Now().Add(alertEvery), send) {
				a.queue.markSent(p, a.cfg.Now())
			}
		})
	}
}

// notifyAdmins sends an alert to all administrators, and reports whether at least one got it.
func (a *adminAlerts) notifyAdmins(ctx context.Context, alert Alert) bool {
	a.cfg.Log.Error("digests are on hold: the platform refuses the bot's app", "code", alert.Code, "log_id", alert.LogID, "app", alert.AppID)
	admins := a.cfg.Admins(ctx)
	reached := len(admins) == 0
	card := a.cfg.Renderer.AdminAlert(ctx, alert)
	for _, admin := range admins {
		uuid := uuidFor("alert", admin, alert.key(), fmt.Sprint(alert.Since.Truncate(alertEvery).Unix()))
		err := a.send(ctx, admin, card, uuid)
		if err != nil {
			a.cfg.Log.Warn("telling an administrator failed", "error", err)
		}
		reached = reached || err == nil
	}
	return reached
}

// send sends a card to a person's direct message.
func (a *adminAlerts) send(ctx context.Context, openID string, card Card, uuid string) error {
	done, err := a.sends.wait(ctx, openID)
	if err != nil {
		return err
	}
	defer done()
	_, err = a.cfg.Sender.Send(ctx, Target{OpenID: openID}, card, uuid)
	return err
}
