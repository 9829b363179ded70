package bot

import (
	"context"
	"errors"
	"strconv"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// subscribeCommands make, list and remove subscriptions of a chat.
type subscribeCommands struct {
	subs   *subscriptions
	limits SubscriptionLimits
	jitter time.Duration
}

// subscribe subscribes the chat to a digest. The same command twice makes one subscription; with another time it changes
// the subscription.
func (h *subscribeCommands) subscribe(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	if req.ChatID == "" {
		return Answer{}, notManager(nil) // outside of any chat there is nowhere to send to
	}
	req = h.subs.chats.complete(ctx, req)
	if err := h.subs.mayManage(ctx, c.rights, req, nil); err != nil {
		return Answer{}, err
	}
	if cmd.Args.Form || cmd.Args.Cycle == 0 {
		return h.form(ctx, c, req, cmd)
	}
	s, err := h.buildSubscription(ctx, c, req, cmd)
	if err != nil {
		return Answer{}, err
	}
	if err := h.checkLimit(ctx, c.rights, s); err != nil {
		return Answer{}, err
	}
	kept, created, err := h.subs.store.Subscribe(ctx, req.Key, s, subscriptionEntry(c.now(), req, access.Subscribed))
	if err != nil {
		return Answer{}, err
	}
	v := templates.SubscribedView{Kind: templates.SubscribedNew}
	if !created {
		if kept, v.Kind, err = h.reschedule(ctx, c, req, kept, cmd.Args); err != nil {
			return Answer{}, err
		}
	}
	if v.Subscription, err = h.subs.withNextRuns(ctx, c, kept); err != nil {
		return Answer{}, err
	}
	v.Single = kept.Single
	return Answer{Card: templates.Subscribed(c.words(), v)}, nil
}

// The time at which a digest goes out unless the command says otherwise: the figures of the day before are out by then.
const (
	defaultHour   = 10
	defaultMinute = 30
)

// buildSubscription makes a new subscription from a command.
func (h *subscribeCommands) buildSubscription(ctx context.Context, c conversation, req Request, cmd command.Command) (reports.Subscription, error) {
	q, err := c.query(ctx, cmd)
	if err != nil {
		return reports.Subscription{}, err
	}
	if lack := c.abilities.lack(ctx, q); lack != nil { // a digest would wait for figures that never come
		return reports.Subscription{}, abilityMissing(cmd, *lack)
	}
	now := c.now()
	s := reports.Subscription{
		ID: reports.NewID(), ChatID: req.ChatID, Single: req.Single, OwnerID: req.UserID,
		AppID: q.App.ID, Ability: q.Ability, DepartmentID: q.Department.ID, DepartmentName: pathOrName(q.Department),
		Schedule:  withSchedule(cmd.Args, c.defaultSchedule(cmd.Args.Cycle)),
		CreatedAt: now, UpdatedAt: now,
	}
	return s, s.Activate(c.calendar, now, h.jitter, "")
}

// withSchedule returns a schedule after the changes that a command asks for.
func withSchedule(a command.Args, s reports.Schedule) reports.Schedule {
	if at, err := time.Parse("15:04", a.Time); err == nil {
		s.Hour, s.Min = at.Hour(), at.Minute()
	}
	switch a.On {
	case "":
	case command.EveryDay:
		s.On = reports.EveryDay
	default:
		s.On = reports.On(a.On)
	}
	if a.Zone != "" {
		s.Zone = a.Zone
	}
	return s
}

// reschedule changes the schedule of an existing subscription, and ends its pause as resuming does: a person who may
// subscribe may see its figures.
func (h *subscribeCommands) reschedule(ctx context.Context, c conversation, req Request, s reports.Subscription, a command.Args) (reports.Subscription, templates.SubscribedKind, error) {
	s, err := h.subs.change(ctx, c, req, access.Rescheduled, s.ID, func(s *reports.Subscription) error {
		want := withSchedule(a, s.Schedule)
		if want == s.Schedule && s.State == reports.Active {
			return reports.ErrUnchanged
		}
		s.Schedule = want
		return s.Activate(c.calendar, c.now(), h.jitter, req.UserID)
	})
	if errors.Is(err, reports.ErrUnchanged) {
		return s, templates.SubscribedAgain, nil
	}
	return s, templates.SubscribedChanged, err
}

// SubscriptionLimits are how many subscriptions there may be; 0 is no limit.
type SubscriptionLimits struct{ InChat, OfPerson, InAll int }

// checkLimit checks that one more subscription is allowed, unless the chat has it already. The check is not atomic:
// concurrent subscribers may exceed the limit by one, which is acceptable. A person's own limit does not hold
// administrators, who subscribe for other people's chats. Subscriptions of chats that are gone do not count: nothing is
// sent there, and nobody is left there to remove them.
func (h *subscribeCommands) checkLimit(ctx context.Context, rights access.Rights, s reports.Subscription) error {
	kept, err := h.subs.sameInChat(ctx, s)
	if err != nil || kept != nil {
		return err
	}
	ofPerson := h.limits.OfPerson
	if rights.Admin {
		ofPerson = 0
	}
	for _, limit := range []struct {
		key   templates.ProblemKey
		most  int
		which reports.SubscriptionFilter
	}{
		{templates.TooManyOfPerson, ofPerson, reports.SubscriptionFilter{OwnerID: s.OwnerID, Reachable: true}},
		{templates.TooMany, h.limits.InChat, reports.SubscriptionFilter{ChatID: s.ChatID, Reachable: true}},
		{templates.TooManyInAll, h.limits.InAll, reports.SubscriptionFilter{Reachable: true}},
	} {
		if limit.most == 0 {
			continue
		}
		n, err := h.subs.overview.Count(ctx, limit.which)
		if err != nil {
			return err
		}
		if n >= limit.most {
			return saying("too many subscriptions", templates.ProblemView{Key: limit.key, Args: map[string]string{"limit": strconv.Itoa(limit.most)}})
		}
	}
	return nil
}

// form asks for what a subscription needs: the cycle, the time and the days. If the chat has the subscription already, the
// form shows its present schedule.
func (h *subscribeCommands) form(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	if cmd.Args.Cycle == 0 {
		cmd.Args.Cycle = usage.Weekly
	}
	s, err := h.buildSubscription(ctx, c, req, cmd)
	if err != nil {
		return Answer{}, err
	}
	kept, err := h.subs.sameInChat(ctx, s)
	if err != nil {
		return Answer{}, err
	}
	if kept != nil {
		s.Schedule = withSchedule(cmd.Args, kept.Schedule)
	}
	return Answer{Card: templates.SubscribeForm(c.words(), formView(c, cmd, s, kept != nil))}, nil
}

func formView(c conversation, cmd command.Command, s reports.Subscription, change bool) templates.SubscribeFormView {
	v := templates.SubscribeFormView{
		Topic: c.topic(s), Timing: c.timing(s.Schedule), Change: change, Back: "/subs",
		Submit: subscribeCommand(s, func(a *command.Args) { a.Zone = s.Schedule.Zone }), Cycles: map[usage.Cycle]string{},
	}
	for _, on := range reports.OnDays(s.Schedule.Cycle) {
		v.On = append(v.On, string(on))
	}
	for _, cycle := range usage.Cycles() {
		v.Cycles[cycle] = subscribeCommand(s, func(a *command.Args) { a.Cycle, a.Zone, a.Form = cycle, cmd.Args.Zone, true })
	}
	if !change {
		v.Back = command.Command{Name: "usage", Args: subscriptionKey(s)}.String()
	}
	return v
}

// subscribeCommand is the command that subscribes to the same, after a change.
func subscribeCommand(s reports.Subscription, change func(*command.Args)) string {
	args := subscriptionKey(s)
	change(&args)
	return command.Command{Name: "subscribe", Args: args}.String()
}

// subscriptionKey returns the arguments that say what a subscription is to.
func subscriptionKey(s reports.Subscription) command.Args {
	return command.Args{Cycle: s.Schedule.Cycle, Ability: s.Ability, Dept: s.DepartmentID, App: s.AppID}
}

// list lists the chat's subscriptions.
func (h *subscribeCommands) list(ctx context.Context, c conversation, req Request, _ command.Command) (Answer, error) {
	list, err := h.subs.listed(ctx, req)
	if err != nil {
		return Answer{}, err
	}
	v := templates.SubscriptionsView{Example: c.commands.Find("subscribe").Examples.First(c.language)}
	for _, s := range list {
		view, err := h.subs.withNextRuns(ctx, c, s)
		if err != nil {
			return Answer{}, err
		}
		if err := h.addLast(ctx, c, s, &view); err != nil {
			return Answer{}, err
		}
		v.Subscriptions = append(v.Subscriptions, view)
	}
	return Answer{Card: templates.Subscriptions(c.words(), v)}, nil
}

// addLast adds what became of a subscription's last digests.
func (h *subscribeCommands) addLast(ctx context.Context, c conversation, s reports.Subscription, view *templates.Subscription) error {
	last, err := h.subs.store.History(ctx, s.ChatID, s.ID, historyLength)
	if err != nil {
		return err
	}
	for i, d := range last {
		if i == 0 {
			view.Last = &templates.Last{Outcome: templates.Outcome(d.State), Cause: templates.Cause(d.Reason)}
		}
		if d.State == reports.Delivered {
			view.LastSent = d.DoneAt.In(c.scheduleZone(s))
			return nil
		}
	}
	return nil
}

// unsubscribe removes a subscription, once the person has confirmed it.
func (h *subscribeCommands) unsubscribe(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	s, missing := h.subs.managed(ctx, c.rights, req, cmd.Args.ID)
	if removed := cmd.Args.Confirm && s.State == reports.Removed; missing != nil && !removed {
		return Answer{}, missing
	}
	if !cmd.Args.Confirm {
		return Answer{Card: templates.ConfirmRemoval(c.words(), templates.ConfirmRemovalView{
			Subscription: c.subscriptionView(s), Asked: req.UserID, Yes: idCommand("unsubscribe", s.ID) + " confirm", Keep: "/subs",
		})}, nil
	}
	s, err := h.subs.change(ctx, c, req, access.Removed, s.ID, func(s *reports.Subscription) error {
		s.State, s.Reason = reports.Removed, reports.ByPerson
		return missing // nil, unless another event has removed it; for the same event change is not called again
	})
	again := command.Command{Name: "subscribe", Args: command.Args{
		Cycle: s.Schedule.Cycle, Ability: s.Ability, Dept: s.DepartmentID, App: s.AppID,
		Time: clockTime(s.Schedule), On: string(s.Schedule.On), Zone: s.Schedule.Zone,
	}}
	return h.subs.doneCard(ctx, c, templates.DoneRemoved, s, c.commands.Line(again, c.language), err)
}

func clockTime(s reports.Schedule) string {
	return time.Date(2000, 1, 1, s.Hour, s.Min, 0, 0, time.UTC).Format("15:04")
}
