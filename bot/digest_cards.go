package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"

	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// DigestRenderer renders the cards that the bot sends unasked: digests, and notices to owners and administrators.
type DigestRenderer struct {
	conversations *conversations // for the language and the words of a chat

	mu      sync.Mutex
	digests map[string]renderedDigest // by what they show
}

func newDigestRenderer(c *conversations) *DigestRenderer {
	return &DigestRenderer{conversations: c, digests: map[string]renderedDigest{}}
}

// maxRendered bounds the rendered digests that are kept for other chats with the same digest.
const maxRendered = 256

// Digest renders a digest, once for all chats that get the same in the same language: only the subscription's id differs,
// and is put in afterwards.
func (r *DigestRenderer) Digest(ctx context.Context, story usage.DigestData, o reports.DigestOptions) reports.Card {
	c := r.conversations.in(ctx, o.ChatID)
	id := o.SubscriptionID
	o.ChatID, o.SubscriptionID = "", placeholderID
	story.Report.Query.App = c.inWords(c.apps.get(story.Report.Query.App.ID))
	department := c.current(story.Report.Query.Department).Path
	lack := c.abilities.lackNote(ctx, story.Report)
	story.Report, story.Trend = c.abilities.withoutLacking(ctx, story.Report), c.abilities.trendWithoutLacking(ctx, story.Trend)
	rendered := r.renderCached([]any{c.language, o, story, department, lack}, func() templates.Card { return digestCard(c, story, o, lack) })
	return digestOf{rendered, id}
}

// renderedDigest is a digest's card with placeholderID in the place of the subscription's id.
type renderedDigest struct {
	card templates.Card
	json []byte
}

// digestOf is a rendered digest for one subscription.
type digestOf struct {
	renderedDigest
	id string
}

// JSON returns the card.
func (d digestOf) JSON() []byte { return d.withID(d.json) }

// Compact returns the smaller form of the card.
func (d digestOf) Compact() []byte { return d.withID(d.card.Compact()) }

// Text returns the text of the card.
func (d digestOf) Text() string { return string(d.withID([]byte(d.card.Text()))) }

func (d digestOf) withID(form []byte) []byte {
	return bytes.ReplaceAll(form, []byte(idCommand("pause", placeholderID)), []byte(idCommand("pause", d.id)))
}

// placeholderID stands for the subscription's id in a cached digest. No real id contains a 0.
const placeholderID = "000000"

// renderCached returns the cached digest for a key, or renders it. The key is everything that the card depends on.
func (r *DigestRenderer) renderCached(key []any, render func() templates.Card) renderedDigest {
	written, err := json.Marshal(key)
	if err != nil { // an infinite percentage, which no figures give
		card := render()
		return renderedDigest{card, card.JSON()}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if d, ok := r.digests[string(written)]; ok {
		return d
	}
	if len(r.digests) >= maxRendered {
		clear(r.digests)
	}
	card := render()
	d := renderedDigest{card, card.JSON()}
	r.digests[string(written)] = d
	return d
}

// LookupKey returns the command of the button by which a digest is found again among the messages of its chat: the one that
// opens it as a usage card. A chat has no two subscriptions to the same, and no subscription has two digests of a period,
// so the command tells a digest from all others there.
func (r *DigestRenderer) LookupKey(q usage.Query, p usage.Period) string {
	return command.Command{Name: "usage", Args: command.Args{
		Cycle: p.Cycle, Ability: q.Ability, App: q.App.ID, Dept: q.Department.ID, When: onDay(p.Start),
	}}.String()
}

// FiguresLate renders the notice that a digest waits for its figures.
func (r *DigestRenderer) FiguresLate(ctx context.Context, s reports.Subscription, d reports.Delivery) reports.Card {
	c := r.conversations.in(ctx, s.ChatID)
	return templates.FiguresLate(c.words(), templates.FiguresLateView{
		Topic: c.topic(s), Period: d.Period, Lack: c.abilities.lack(ctx, c.subscriptionQuery(s)),
	})
}

// OwnerLeft renders the message to a chat that its digest is paused, since its owner has left and nobody could take it over.
func (r *DigestRenderer) OwnerLeft(ctx context.Context, s reports.Subscription) reports.Card {
	c := r.conversations.in(ctx, s.ChatID)
	return templates.OwnerLeft(c.words(), templates.OwnerLeftView{ID: s.ID, Topic: c.topic(s), Resume: idCommand("resume", s.ID)})
}

// OwnerNotice renders one card of all that an owner has to know.
func (r *DigestRenderer) OwnerNotice(ctx context.Context, notices []reports.Notice) reports.Card {
	c := r.conversations.in(ctx, "")
	var v templates.OwnerNoticeView
	for _, n := range notices {
		v.Notices = append(v.Notices, ownerNotice(ctx, c, n))
	}
	return templates.OwnerNotices(c.words(), v)
}

// ownerNotice words a notice, with the command that the owner may want next.
func ownerNotice(ctx context.Context, c conversation, n reports.Notice) templates.OwnerNotice {
	s := n.Subscription
	v := templates.OwnerNotice{ID: s.ID, Topic: c.topic(s), Single: s.Single, Period: n.Period, Cause: templates.Cause(n.Reason)}
	v.ChatName = c.chatName(ctx, s.ChatID)
	switch n.Reason {
	case reports.ChatGone:
		v.Kind = templates.NoticeChatGone
	case reports.ChatForbids:
		v.Kind, v.Command = templates.NoticeChatForbids, idCommand("resume", s.ID)
	case reports.Lost:
		v.Kind, v.Command = templates.NoticeUncertain, retryCommand(s.ID, n.Period)
	case reports.NotAllowed:
		v.Kind, v.Command = templates.NoticeNotAllowed, idCommand("unsubscribe", s.ID)
	case reports.BadSchedule:
		v.Kind, v.Command = templates.NoticeBadSchedule, idCommand("unsubscribe", s.ID)
	case reports.ChatExternal:
		v.Kind, v.Command = templates.NoticeExternal, idCommand("unsubscribe", s.ID)
	case reports.HandedOver:
		v.Kind, v.Command = templates.NoticeHandedOver, idCommand("history", s.ID)
	default:
		v.Kind, v.Command = templates.NoticeFailed, retryCommand(s.ID, n.Period)
	}
	return v
}

// AdminAlert renders the notice to administrators that digests are on hold.
func (r *DigestRenderer) AdminAlert(ctx context.Context, alert reports.Alert) reports.Card {
	c := r.conversations.in(ctx, "")
	v := templates.AdminAlertView{
		Key: alertKey(alert), Args: map[string]string{"code": strconv.Itoa(alert.Code)}, Scopes: alert.Scopes,
		Since: alert.Since.In(c.zone), LogID: alert.LogID,
	}
	if alert.AppID != "" {
		v.App = c.inWords(c.apps.get(alert.AppID))
	}
	return templates.AdminAlert(c.words(), v)
}

// botOff is the platform's code for an app whose bot ability is switched off.
const botOff = 230006

// alertKey finds the words for what administrators have to do.
func alertKey(a reports.Alert) templates.ProblemKey {
	switch {
	case a.Sending && a.Code == botOff:
		return templates.BotOff
	case a.Sending && a.Why == usage.MissingScope:
		return templates.MessageScope
	case a.Sending && a.Why == usage.Rejected:
		return templates.MessageRejected
	}
	return reasonKey(a.Why, a.Code)
}

// digestCard renders a digest. It contains nothing of the subscription but its id, so that equal digests are one card.
func digestCard(c conversation, story usage.DigestData, o reports.DigestOptions, lack *templates.Lack) templates.Card {
	r := story.Report
	v := c.controls(command.Command{Name: "usage"}, r.Query, r.Period, r.Through)
	why := ""
	if r.Moved() {
		why = v.line("why", nil)
	}
	return templates.Digest(c.words(), r, templates.DigestOptions{
		DepartmentPath: c.current(r.Query.Department).Path, TimeZone: c.platformZone.String(), Trend: &story.Trend, Remark: story.Remark, Lack: lack,
		Late: o.Late, LateFigures: o.LateFigures, Amended: o.Amended, Test: o.Test, CarriesLastWorkday: o.CarriesLastWorkday,
		Open: v.same(nil), ShowWhy: why, ShowTrend: v.line("trend", nil), ShowTop: v.line("top", nil),
		Pause: idCommand("pause", o.SubscriptionID), Manage: "/subs",
	})
}

// subscriptionView is a subscription as a card shows it.
func (c conversation) subscriptionView(s reports.Subscription) templates.Subscription {
	v := templates.Subscription{
		ID: s.ID, Topic: c.topic(s), OwnerID: s.OwnerID, Timing: c.timing(s.Schedule),
		Actions: templates.Actions{
			Change: subscribeCommand(s, func(a *command.Args) { a.Form = true }), Test: idCommand("test", s.ID),
			History: idCommand("history", s.ID), Remove: idCommand("unsubscribe", s.ID),
		},
	}
	if s.State == reports.Paused {
		v.Paused = &templates.Pause{Cause: templates.Cause(s.Reason)}
		if !s.PausedUntil.IsZero() {
			v.Paused.Until = s.PausedUntil.In(c.scheduleZone(s))
		}
		v.Actions.Resume = idCommand("resume", s.ID)
		return v
	}
	v.Actions.Pause = idCommand("pause", s.ID)
	return v
}

func (s *shared) timing(of reports.Schedule) templates.Timing {
	return templates.Timing{Hour: of.Hour, Minute: of.Min, On: string(of.On), Zone: s.otherZone(of.Zone)}
}

// otherZone returns the name of a zone for a card; empty for the bot's own, which cards do not name.
func (s *shared) otherZone(name string) string {
	if name == s.zone.String() {
		return ""
	}
	return name
}

// newestPeriod returns the newest period that a digest of the subscription may carry now: one that is over where the
// platform counts its days.
func (s *shared) newestPeriod(sub reports.Subscription, now time.Time) usage.Period {
	day := usage.DateOf(now.In(s.scheduleZone(sub)))
	p := s.calendar.PeriodFor(sub.Schedule, day)
	for p.End().Over(s.platformZone).After(now) {
		day = day.AddDays(-1)
		p = s.calendar.PeriodFor(sub.Schedule, day)
	}
	return p
}

// idCommand is a command for one subscription.
func idCommand(name, id string) string { return strings.Join([]string{"/" + name, id}, " ") }
