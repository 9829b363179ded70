package bot

import (
	"context"

	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// subscribeForm asks for what a subscription needs to know: the cycle, the time and the days. Of a subscription that is
// there already it shows what holds.
func (b speaker) subscribeForm(ctx context.Context, req Request, c command.Command) (Answer, error) {
	if c.Args.Cycle == 0 {
		c.Args.Cycle = usage.Weekly
	}
	s, err := b.wanted(ctx, req, c)
	if err != nil {
		return Answer{}, err
	}
	kept, err := b.subscribedTo(ctx, s)
	if err != nil {
		return Answer{}, err
	}
	if kept != nil {
		s.Schedule = b.schedule(c.Args, kept.Schedule)
	}
	return Answer{Card: b.templates.SubscribeForm(b.language, b.formView(c, s, kept != nil))}, nil
}

func (b speaker) formView(c command.Command, s reports.Subscription, change bool) templates.SubscribeFormView {
	v := templates.SubscribeFormView{
		Topic: b.topic(s), Timing: timing(s.Schedule), Change: change, Back: "/subs",
		Submit: order(s, func(a *command.Args) { a.Zone = s.Schedule.Zone }), Cycles: map[usage.Cycle]string{},
	}
	for _, on := range reports.OnDays(s.Schedule.Cycle) {
		v.On = append(v.On, string(on))
	}
	for _, cycle := range usage.Cycles() {
		v.Cycles[cycle] = order(s, func(a *command.Args) { a.Cycle, a.Zone, a.Form = cycle, c.Args.Zone, true })
	}
	if !change {
		v.Back = command.Command{Name: "usage", Args: thing(s)}.String()
	}
	return v
}

// form is the command that shows what may be changed of a subscription.
func (b speaker) form(s reports.Subscription) string {
	return order(s, func(a *command.Args) { a.Form = true })
}

// order is the command that subscribes to the same thing, after a change.
func order(s reports.Subscription, change func(*command.Args)) string {
	args := thing(s)
	change(&args)
	return command.Command{Name: "subscribe", Args: args}.String()
}

func thing(s reports.Subscription) command.Args {
	return command.Args{Cycle: s.Schedule.Cycle, Ability: s.Ability, Dept: s.DepartmentID, App: s.AppID}
}

// subscribedTo returns the chat's subscription to the same thing, or nil.
func (b speaker) subscribedTo(ctx context.Context, s reports.Subscription) (*reports.Subscription, error) {
	list, err := b.Ledger.InChat(ctx, s.ChatID)
	if err != nil {
		return nil, err
	}
	for _, kept := range list {
		if kept.Key() == s.Key() {
			return &kept, nil
		}
	}
	return nil, nil
}
