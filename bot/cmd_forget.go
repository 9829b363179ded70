package bot

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
)

// people are those of whom something is kept.
type people interface {
	// Greeted reports whether the person was greeted, which Greet notes.
	Greeted(ctx context.Context, openID string) (bool, error)
	Greet(ctx context.Context, openID string, now time.Time) error
	// Meet notes that a chat is the person's single one.
	Meet(ctx context.Context, openID, chatID string) error

	// BeginForgetting keeps that a person is to be forgotten. What the event has begun before, or another for the same
	// person, is returned as it is. ClaimForgetting takes up what others have begun and left.
	BeginForgetting(ctx context.Context, f access.Forgetting, now time.Time) (access.Forgetting, error)
	ClaimForgetting(ctx context.Context, now time.Time) (f access.Forgetting, ok bool, err error)
	// LetGo edits some of the person's subscriptions, and counts them. Erase removes what else is kept of the person, and
	// puts the pseudonym where something stays. EndForgetting records that nothing is left, and forgets whom it was about.
	LetGo(ctx context.Context, f access.Forgetting, edits []reports.Edit, now time.Time) (access.Forgetting, error)
	Erase(ctx context.Context, f access.Forgetting) error
	EndForgetting(ctx context.Context, f access.Forgetting, c access.Change) (access.Forgetting, error)
}

const (
	// letGoAtOnce is how many subscriptions are let go in one transaction.
	letGoAtOnce = 50
	// heirsShown is of how many subscriptions it is said beforehand what becomes of them: each costs a look at its chat.
	heirsShown = 100
)

// forgetMe removes what is kept of the person who asks, once that is confirmed.
func (b speaker) forgetMe(ctx context.Context, req Request, c command.Command) (Answer, error) {
	if req.UserID == "" {
		return Answer{}, &notAllowed{command.Viewer} // outside of any chat there is nobody to forget
	}
	v := templates.ForgetView{Done: c.Args.Confirm, Asked: req.UserID, Yes: "/forget-me confirm", Keep: "/subs"}
	if !c.Args.Confirm {
		return b.askWhetherToForget(ctx, req, v)
	}
	// Where the platform does not tell who takes a subscription over, nothing is begun.
	if _, err := b.parting(ctx, req.UserID); err != nil {
		return Answer{}, err
	}
	req = b.placed(ctx, req)
	f := access.Forgetting{OpenID: req.UserID, Pseudonym: "forgotten-" + strings.ToLower(rand.Text()[:10])}
	if req.Single && req.ChatID != "" {
		f.Chats = []string{req.ChatID}
	}
	f, err := b.People.BeginForgetting(ctx, f, b.Now())
	if err != nil {
		return Answer{}, err
	}
	if f, err = b.forget(ctx, f); err != nil {
		return Answer{}, &unforgotten{err}
	}
	v.HandedOver, v.Removed = f.HandedOver, f.Removed
	return Answer{Card: b.templates.Forget(b.language, v)}, nil
}

// askWhetherToForget says what would become of the person's subscriptions.
func (b speaker) askWhetherToForget(ctx context.Context, req Request, v templates.ForgetView) (Answer, error) {
	owned, err := b.Overview.All(ctx, reports.SubscriptionFilter{OwnerID: req.UserID}, heirsShown+1)
	if err != nil {
		return Answer{}, err
	}
	if len(owned) > heirsShown {
		if v.Owned, err = b.Overview.Count(ctx, reports.SubscriptionFilter{OwnerID: req.UserID}); err != nil {
			return Answer{}, err
		}
		return Answer{Card: b.templates.Forget(b.language, v)}, nil
	}
	for _, s := range owned {
		heir, err := b.heir(ctx, s)
		switch {
		case err != nil:
			return Answer{}, err
		case heir == "":
			v.Removed++
		default:
			v.HandedOver++
		}
	}
	return Answer{Card: b.templates.Forget(b.language, v)}, nil
}

// unforgotten says that a person is not forgotten yet.
type unforgotten struct{ err error }

func (e *unforgotten) Error() string { return "forgetting a person: " + e.err.Error() }
func (e *unforgotten) Unwrap() error { return e.err }

func (e *unforgotten) view(b speaker) templates.ProblemView {
	b.Log.Warn("a person is not forgotten yet", "error", e.err)
	return templates.ProblemView{Key: templates.Unforgotten}
}

// forget goes on until nothing is left of a person. It may be called again at any time, also by another process.
func (b *Bot) forget(ctx context.Context, f access.Forgetting) (access.Forgetting, error) {
	if f.Done() {
		return f, nil
	}
	for {
		edits, err := b.parting(ctx, f.OpenID)
		if err != nil {
			return f, err
		}
		if len(edits) == 0 {
			break
		}
		if f, err = b.People.LetGo(ctx, f, edits, b.Now()); err != nil {
			return f, err
		}
	}
	if err := b.People.Erase(ctx, f); err != nil {
		return f, err
	}
	ids := append([]string{f.OpenID}, f.Chats...)
	if err := b.Inbox.Forget(ctx, ids, f.Event); err != nil {
		return f, err
	}
	if err := b.Sessions.Forget(ctx, ids); err != nil {
		return f, err
	}
	return b.People.EndForgetting(ctx, f, access.Change{At: b.Now(), By: f.Pseudonym, Act: access.Forgotten, Of: f.Pseudonym})
}

// FinishForgetting goes on with what was begun and left, here or by another process, until ctx ends.
func (b *Bot) FinishForgetting(ctx context.Context) {
	for sleep(ctx, fillLook) == nil {
		f, ok, err := b.People.ClaimForgetting(ctx, b.Now())
		if err == nil && ok {
			_, err = b.forget(ctx, f)
		}
		if err != nil && ctx.Err() == nil {
			b.Log.Warn("a person is not forgotten yet", "error", err)
		}
	}
}

// parting gives some of a person's subscriptions to their heirs, and removes those that have none.
func (b *Bot) parting(ctx context.Context, openID string) ([]reports.Edit, error) {
	owned, err := b.Overview.All(ctx, reports.SubscriptionFilter{OwnerID: openID}, letGoAtOnce)
	if err != nil {
		return nil, err
	}
	edits := make([]reports.Edit, len(owned))
	for i, s := range owned {
		heir, err := b.heir(ctx, s)
		if err != nil {
			return nil, err
		}
		edits[i] = b.letGo(Request{UserID: openID, ChatID: s.ChatID}, s.ID, heir)
	}
	return edits, nil
}

// heir is who answers for a subscription when its owner is forgotten: the chat's owner, or one of its managers, who may see
// its figures; nobody in a single chat, and where the platform does not show the chat. Where it could not be asked nothing
// is known: a group must not lose its digest for that.
func (b *Bot) heir(ctx context.Context, s reports.Subscription) (string, error) {
	if s.Single {
		return "", nil
	}
	info, err := b.chat(ctx, s.ChatID)
	if err != nil && passing(err) {
		return "", err
	}
	if err != nil {
		b.Log.Warn("a chat's owner could not be asked for", "error", err)
		return "", nil
	}
	for _, id := range info.Offices() {
		if id == s.OwnerID {
			continue
		}
		if allowed, err := b.mayAnswerFor(ctx, s, id); err != nil || allowed {
			return id, err
		}
	}
	return "", nil
}

// letGo gives a subscription of somebody to an heir, or removes it where there is none.
func (b *Bot) letGo(req Request, id, heir string) reports.Edit {
	act, tell := access.HandedOver, []reports.Notice{{Reason: reports.HandedOver, At: b.Now()}}
	if heir == "" {
		act, tell = access.Removed, nil
	}
	return reports.Edit{ID: id, Entry: b.subscriptionEntry(req, act), Notices: tell, Change: func(s *reports.Subscription) error {
		switch {
		case s.OwnerID != req.UserID || s.State == reports.Removed:
			return reports.ErrUnchanged // somebody has taken it over or removed it meanwhile
		case heir == "":
			s.State, s.Reason = reports.Removed, reports.ByPerson
		default:
			s.OwnerID = heir
		}
		return nil
	}}
}
