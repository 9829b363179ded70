package bot

import (
	"context"
	"slices"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/locale"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// adminCommands show administrators how the program does and what is stored about all chats.
type adminCommands struct {
	subs   *subscriptions
	usage  *usage.Client
	audit  audit
	status func(context.Context) Status
	doctor func(ctx context.Context, language locale.Language) []Finding
}

// Health is how a part of the program does.
type Health = templates.Health

// How a part does.
const (
	OK       = templates.Well
	Away     = templates.Away
	Embedded = templates.Embedded // it runs inside of this process
)

// Status is how the parts of the program do.
type Status struct {
	Version      string
	Replicas     []string // their versions
	Redis        Health
	Database     Health
	DatabaseKind string
	QuotaLeft    int
	QuotaAll     int
	RecentErrors []RecentError // of this process, newest first
}

// RecentError is an error that was logged: its message, and the reference under which the log has more of it.
type RecentError = templates.RecentError

// overviewLength is how many entries an overview of several things shows of each.
const overviewLength = 5

// showStatus tells whether all is well.
func (h *adminCommands) showStatus(ctx context.Context, c conversation, _ Request, _ command.Command) (Answer, error) {
	s := h.status(ctx)
	v := templates.StatusView{
		Version: s.Version, Replicas: s.Replicas, Redis: s.Redis, Database: s.Database, DatabaseKind: s.DatabaseKind,
		QuotaLeft: s.QuotaLeft, QuotaAll: s.QuotaAll, Wait: h.usage.Backlog(usage.People),
		ShowSubs: "/admin subs", ShowFailed: "/admin history failed", ShowRoles: "/admin roles", ShowRecord: "/admin audit",
	}
	var err error
	var since time.Time
	if v.Overdue, since, err = h.subs.store.Overdue(ctx, c.now()); err != nil {
		return Answer{}, err
	}
	v.OverdueSince = since.In(c.zone)
	for _, e := range s.RecentErrors {
		e.At = e.At.In(c.zone)
		v.RecentErrors = append(v.RecentErrors, e)
	}
	next, err := h.subs.overview.Next(ctx, overviewLength)
	if err != nil {
		return Answer{}, err
	}
	for _, s := range next {
		at := s.NextDue
		runs, err := reports.NextRuns(ctx, h.subs.store, s, c.calendar, c.now(), 1)
		if err == nil && runs.Sent != (usage.Period{}) && at.Before(runs.At[0]) {
			at = runs.At[0]
		}
		v.Next = append(v.Next, templates.Due{ID: s.ID, Topic: c.topic(s), At: at.In(c.zone)})
	}
	slices.SortStableFunc(v.Next, func(a, b templates.Due) int { return a.At.Compare(b.At) })
	failed, err := h.subs.overview.Latest(ctx, reports.Failed, overviewLength)
	if err != nil {
		return Answer{}, err
	}
	if v.Failed, err = h.subs.historyEntries(ctx, c, failed); err != nil {
		return Answer{}, err
	}
	return Answer{Private: true, Card: templates.Status(c.words(), v)}, nil
}

// Finding is one thing that the doctor checked, in words.
type Finding struct {
	Status string // ok, warning or failure; anything else could not be checked
	What   string
	Todo   string // empty if there is nothing to do
}

// checkup shows what the doctor finds.
func (h *adminCommands) checkup(ctx context.Context, c conversation, _ Request, _ command.Command) (Answer, error) {
	var v templates.CheckupView
	for _, f := range h.doctor(ctx, c.language) {
		grade := templates.Warn // for what could not be checked too: its text says why
		switch g := templates.Grade(f.Status); g {
		case templates.OK, templates.Fail:
			grade = g
		case templates.Warn:
		}
		v.Findings = append(v.Findings, templates.Finding{Grade: grade, What: f.What, Todo: f.Todo})
	}
	return Answer{Private: true, Card: templates.Checkup(c.words(), v)}, nil
}

// showAudit shows who changed what.
func (h *adminCommands) showAudit(ctx context.Context, c conversation, _ Request, cmd command.Command) (Answer, error) {
	about := cmd.Args.ID
	if cmd.Args.Person != "" {
		about = cmd.Args.Person
	}
	list, err := h.audit.Changes(ctx, about, listLength)
	if err != nil {
		return Answer{}, err
	}
	v := templates.AuditView{About: about}
	for _, entry := range list {
		v.Changes = append(v.Changes, changeLog{c}.auditView(ctx, entry))
	}
	return Answer{Private: true, Card: templates.Record(c.words(), v)}, nil
}

// allSubscriptions lists the subscriptions of all chats, or those that the command asks for.
func (h *adminCommands) allSubscriptions(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	which := reports.SubscriptionFilter{ChatID: cmd.Args.Chat, State: reports.SubscriptionState(cmd.Args.State)}
	if which.ChatID == command.ThisChat {
		which.ChatID = req.ChatID
	}
	if cmd.Args.App != "" {
		app, err := c.findApp(cmd.Args.App)
		if err != nil {
			return Answer{}, err
		}
		which.AppID = app.ID
	}
	n, err := h.subs.overview.Count(ctx, which)
	if err != nil {
		return Answer{}, err
	}
	cmd.Args.Page = min(cmd.Args.Page, 1+(n-1)/templates.SubscriptionsOnPage) // some may have been removed since
	which.Skip = skipped(cmd, templates.SubscriptionsOnPage)
	list, err := h.subs.overview.All(ctx, which, templates.SubscriptionsOnPage)
	if err != nil {
		return Answer{}, err
	}
	v := templates.EverySubscriptionView{All: n, Turn: paging(cmd, which.Skip+len(list) < n)}
	for _, s := range list {
		row, err := h.adminView(ctx, c, s)
		if err != nil {
			return Answer{}, err
		}
		v.Subscriptions = append(v.Subscriptions, row)
	}
	return Answer{Private: true, Card: templates.EverySubscription(c.words(), v)}, nil
}

// adminView is a subscription as an administrator sees it.
func (h *adminCommands) adminView(ctx context.Context, c conversation, s reports.Subscription) (templates.ChatSubscription, error) {
	view, err := h.subs.withNextRuns(ctx, c, s)
	view.Actions.HandOver = idCommand("admin hand-over", s.ID)
	return templates.ChatSubscription{Subscription: view, ChatID: s.ChatID, ChatName: c.chatName(ctx, s.ChatID)}, err
}

// allChats lists the chats that the bot knows.
func (h *adminCommands) allChats(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	skip := skipped(cmd, templates.ChatsOnPage)
	list, err := h.subs.overview.ChatSummaries(ctx, skip, templates.ChatsOnPage+1) // one more tells whether there is another page
	if err != nil {
		return Answer{}, err
	}
	if len(list) == 0 && skip > 0 { // there are fewer chats now
		cmd.Args.Page = 0
		return h.allChats(ctx, c, req, cmd)
	}
	v := templates.ChatsView{Turn: paging(cmd, len(list) > templates.ChatsOnPage)}
	for _, chat := range list[:min(len(list), templates.ChatsOnPage)] {
		row := templates.ChatRow{ID: chat.ChatID, Name: chat.Name, Subscriptions: chat.Subscriptions}
		if chat.Subscriptions > 0 {
			row.Show = command.Command{Name: "admin subs", Args: command.Args{Chat: chat.ChatID}}.String()
		}
		v.Chats = append(v.Chats, row)
	}
	return Answer{Private: true, Card: templates.Chats(c.words(), v)}, nil
}

// allHistory lists the newest deliveries of all chats.
func (h *adminCommands) allHistory(ctx context.Context, c conversation, _ Request, cmd command.Command) (Answer, error) {
	list, err := h.subs.overview.Latest(ctx, reports.DeliveryState(cmd.Args.State), listLength)
	if err != nil {
		return Answer{}, err
	}
	var v templates.HistoryView
	if v.Entries, err = h.subs.historyEntries(ctx, c, list); err != nil {
		return Answer{}, err
	}
	return Answer{Private: true, Card: templates.History(c.words(), v)}, nil
}

// skipped is how many entries are on the pages before the one that is asked for.
func skipped(cmd command.Command, onPage int) int { return (max(cmd.Args.Page, 1) - 1) * onPage }

// paging leads to the pages before and after the one that is asked for.
func paging(cmd command.Command, more bool) templates.Paging {
	page := max(cmd.Args.Page, 1)
	to := func(page int) string {
		cmd.Args.Page = page
		return cmd.String()
	}
	t := templates.Paging{Page: page}
	if page > 1 {
		t.Back = to(page - 1)
	}
	if more {
		t.On = to(page + 1)
	}
	return t
}

// handOver gives a subscription to another owner. Without a person it asks for one.
func (h *adminCommands) handOver(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	s, err := h.subs.managed(ctx, c.rights, req, cmd.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	person := cmd.Args.Person
	if person == "" {
		return h.handOverCard(ctx, c, req, s)
	}
	allowed, err := mayOwn(ctx, c.resolver, s, person)
	if err != nil {
		return Answer{}, err
	}
	if !allowed {
		return Answer{}, saying("the new owner may not see the figures", templates.ProblemView{Key: templates.NewOwnerMayNotSee})
	}
	notice := reports.Notice{Reason: reports.HandedOver, At: c.now()}
	s, err = h.subs.change(ctx, c, req, access.HandedOver, s.ID, func(s *reports.Subscription) error {
		s.OwnerID = person
		return nil
	}, notice)
	return h.subs.doneCard(ctx, c, templates.DoneHandedOver, s, "/admin subs", err)
}

// handOverCard asks for the new owner of a subscription. In the subscription's own chat everybody there can be chosen;
// elsewhere those who manage that chat, and the administrators.
func (h *adminCommands) handOverCard(ctx context.Context, c conversation, req Request, s reports.Subscription) (Answer, error) {
	row, err := h.adminView(ctx, c, s)
	if err != nil {
		return Answer{}, err
	}
	v := templates.HandOverView{Subscription: row, Line: idCommand("admin hand-over", s.ID), Back: "/admin subs"}
	if s.ChatID != req.ChatID {
		v.Candidates = h.candidates(ctx, c, s)
	}
	return Answer{Card: templates.HandOver(c.words(), v)}, nil
}

// candidates returns those who manage a subscription's chat and the administrators, as far as they may own it. If it cannot
// be found out whether they may, they stay on the list: choosing them will tell.
func (h *adminCommands) candidates(ctx context.Context, c conversation, s reports.Subscription) []string {
	var managers []string
	if info, err := h.subs.chats.get(ctx, s.ChatID); err != nil {
		c.log.Warn("could not ask for a chat's owner", "error", err)
	} else {
		managers = info.OwnerAndManagers()
	}
	return slices.DeleteFunc(slices.Concat(managers, c.resolver.Administrators(ctx)), func(id string) bool {
		allowed, err := mayOwn(ctx, c.resolver, s, id)
		return id == s.OwnerID || err == nil && !allowed
	})
}
