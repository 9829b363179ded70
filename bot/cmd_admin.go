package bot

import (
	"context"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// administration is what carries out the administrators' commands.
func administration() map[string]handler {
	return map[string]handler{
		"admin":           speaker.adminHelp,
		"admin status":    speaker.status,
		"admin subs":      speaker.everySubscription,
		"admin hand-over": speaker.handTo,
		"admin run":       speaker.runNow,
		"admin retry":     speaker.retry,
		"admin grant":     speaker.grant,
		"admin revoke":    speaker.revoke,
		"admin roles":     speaker.roles,
		"admin chats":     speaker.chatList,
		"admin history":   speaker.everyHistory,
		"admin audit":     speaker.audit,
		"admin apps":      speaker.appList,
		"admin backfill":  speaker.backfill,
		"admin doctor":    speaker.doctor,
	}
}

// adminHelp lists the commands that are under admin.
func (b speaker) adminHelp(_ context.Context, _ Request, _ command.Command) (Answer, error) {
	return Answer{Card: b.templates.Help(b.language, b.helpUnder("admin"))}, nil
}

// everySubscription lists the subscriptions of all chats, or of those that are asked for.
func (b speaker) everySubscription(ctx context.Context, req Request, c command.Command) (Answer, error) {
	which := reports.Which{ChatID: c.Args.Chat, State: reports.SubscriptionState(c.Args.State)}
	if which.ChatID == command.ThisChat {
		which.ChatID = req.ChatID
	}
	if c.Args.App != "" {
		app, err := b.findApp(c.Args.App)
		if err != nil {
			return Answer{}, err
		}
		which.AppID = app.ID
	}
	n, err := b.Overview.Count(ctx, which)
	if err != nil {
		return Answer{}, err
	}
	list, err := b.Overview.All(ctx, which, listed)
	if err != nil {
		return Answer{}, err
	}
	v := templates.EverySubscriptionView{All: n}
	for _, s := range list {
		v.Subscriptions = append(v.Subscriptions, templates.ChatSubscription{
			Subscription: b.shown(req, s), ChatID: s.ChatID, ChatName: b.chatName(ctx, s.ChatID),
		})
	}
	return Answer{Card: b.templates.EverySubscription(b.language, v)}, nil
}

// listed is how many of anything are read for a list; a card may have room for fewer.
const listed = 20

// handTo makes somebody else answer for a subscription.
func (b speaker) handTo(ctx context.Context, req Request, c command.Command) (Answer, error) {
	s, err := b.managed(ctx, req, c.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	heir := reports.Notice{Reason: reports.HandedOver, At: b.Now()}
	s, err = b.change(ctx, req, access.HandedOver, s.ID, func(s *reports.Subscription) error {
		s.OwnerID = c.Args.Person
		return nil
	}, heir)
	return b.done(req, templates.DoneHandedOver, s, "/admin subs", err)
}

// runNow lets a subscription's newest digest go out at once. One that was delivered stays as it is.
func (b speaker) runNow(ctx context.Context, req Request, c command.Command) (Answer, error) {
	s, err := b.managed(ctx, req, c.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	if s.State == reports.Paused {
		return Answer{}, &subscriptionPaused{s.ID}
	}
	now := b.Now()
	today := usage.DateOf(now.In(b.zoneOf(s)))
	p := s.Schedule.Carried(today)
	run, err := b.Ledger.Run(ctx, s.ID, p, now, b.entry(req, access.Ran, s.ID, "", p.Start.String()))
	if err != nil {
		return Answer{}, err
	}
	d, err := b.Ledger.Delivery(ctx, s.ID, p)
	if err != nil {
		return Answer{}, err
	}
	if !run && d.State == reports.Delivered {
		return b.history(ctx, req, command.Command{Name: "history", Args: command.Args{ID: s.ID}})
	}
	return b.requeued(req, s, p), nil
}

// requeued says that a digest goes out as soon as it can.
func (b speaker) requeued(req Request, s reports.Subscription, p usage.Period) Answer {
	return Answer{Card: b.templates.Done(b.language, templates.DoneView{
		Key: templates.DoneRequeued, Subscription: b.shown(req, s), Period: p, Back: idCommand("history", s.ID),
	})}
}

// subscriptionPaused says that nothing is sent while a subscription is paused.
type subscriptionPaused struct{ id string }

func (e *subscriptionPaused) Error() string { return "the subscription is paused" }

// chatList lists the chats that the bot knows.
func (b speaker) chatList(ctx context.Context, _ Request, _ command.Command) (Answer, error) {
	rooms, err := b.Overview.Rooms(ctx, listed)
	if err != nil {
		return Answer{}, err
	}
	var v templates.ChatsView
	for _, r := range rooms {
		row := templates.ChatRow{ID: r.ChatID, Name: r.Name, Subscriptions: r.Subscriptions}
		if r.Subscriptions > 0 {
			row.Show = command.Command{Name: "admin subs", Args: command.Args{Chat: r.ChatID}}.String()
		}
		v.Chats = append(v.Chats, row)
	}
	return Answer{Card: b.templates.Chats(b.language, v)}, nil
}

// everyHistory lists the newest deliveries of all chats.
func (b speaker) everyHistory(ctx context.Context, _ Request, c command.Command) (Answer, error) {
	list, err := b.Overview.Latest(ctx, reports.DeliveryState(c.Args.State), listed)
	if err != nil {
		return Answer{}, err
	}
	v := templates.HistoryView{Zone: b.Zone.String()}
	if v.Entries, err = b.historyEntries(ctx, list); err != nil {
		return Answer{}, err
	}
	return Answer{Card: b.templates.History(b.language, v)}, nil
}

// audit shows who changed what.
func (b speaker) audit(ctx context.Context, _ Request, c command.Command) (Answer, error) {
	about := c.Args.ID
	if c.Args.Person != "" {
		about = c.Args.Person
	}
	list, err := b.Record.Changes(ctx, about, listed)
	if err != nil {
		return Answer{}, err
	}
	v := templates.RecordView{About: about, Zone: b.Zone.String()}
	for _, change := range list {
		v.Changes = append(v.Changes, templates.Change{
			Change: change, At: change.At.In(b.Zone), ChatName: b.chatName(ctx, change.ChatID),
		})
	}
	return Answer{Card: b.templates.Record(b.language, v)}, nil
}

// Health is how a part of the program does.
type Health = templates.Health

// The ways.
const (
	Well     = templates.Well
	Away     = templates.Away
	Embedded = templates.Embedded // the process's own
)

// Standing is how the parts of the program do, which administrators ask for.
type Standing struct {
	Version      string
	Replicas     []string // their versions
	Redis        Health
	Database     Health
	DatabaseKind string
	QuotaLeft    int
	QuotaAll     int
	Slips        []Slip // the last errors of this process, newest first
}

// Slip is an error that was logged: what was said, and under which reference the log has more of it.
type Slip = templates.Slip

// status tells whether all is well.
func (b speaker) status(ctx context.Context, _ Request, _ command.Command) (Answer, error) {
	s := b.Standing(ctx)
	v := templates.StatusView{
		Version: s.Version, Replicas: s.Replicas, Redis: s.Redis, Database: s.Database, DatabaseKind: s.DatabaseKind,
		QuotaLeft: s.QuotaLeft, QuotaAll: s.QuotaAll, Wait: b.Asker.Backlog(),
		Buttons: []templates.Button{{Command: "/admin subs"}, {Command: "/admin history failed"}, {Command: "/admin roles"}, {Command: "/admin audit"}},
	}
	var err error
	var since time.Time
	if v.Overdue, since, err = b.Ledger.Overdue(ctx, b.Now()); err != nil {
		return Answer{}, err
	}
	v.OverdueSince = since.In(b.Zone)
	for _, slip := range s.Slips {
		slip.At = slip.At.In(b.Zone)
		v.Slips = append(v.Slips, slip)
	}
	next, err := b.Overview.Next(ctx, few)
	if err != nil {
		return Answer{}, err
	}
	for _, s := range next {
		v.Next = append(v.Next, templates.Due{ID: s.ID, Topic: b.topic(s), At: s.NextDue.In(b.Zone)})
	}
	failed, err := b.Overview.Latest(ctx, reports.Failed, few)
	if err != nil {
		return Answer{}, err
	}
	if v.Failed, err = b.historyEntries(ctx, failed); err != nil {
		return Answer{}, err
	}
	return Answer{Card: b.templates.Status(b.language, v)}, nil
}

// few is how many of anything stand in an overview of several things.
const few = 5
