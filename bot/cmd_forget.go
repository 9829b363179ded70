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
	// Forget edits a person's subscriptions and removes what else is kept of him; in the record of changes the pseudonym
	// takes his place. It returns what it has recorded, also of what it has done before for the same event.
	Forget(ctx context.Context, openID, pseudonym string, edits []reports.Edit, c access.Change) ([]access.Change, error)
}

// ownedAtMost is how many subscriptions of one person are looked at.
const ownedAtMost = 1000

// forgetMe removes what is kept of whoever asks, once that is confirmed.
func (b speaker) forgetMe(ctx context.Context, req Request, c command.Command) (Answer, error) {
	if req.UserID == "" {
		return Answer{}, &notAllowed{command.Viewer} // outside of any chat there is nobody to forget
	}
	owned, err := b.Overview.All(ctx, reports.Which{OwnerID: req.UserID}, ownedAtMost)
	if err != nil {
		return Answer{}, err
	}
	edits := make([]reports.Edit, len(owned))
	v := templates.ForgetView{Done: c.Args.Confirm, Asked: req.UserID, Yes: "/forget-me confirm", Keep: "/subs"}
	for i, s := range owned {
		heir, err := b.heir(ctx, s)
		if err != nil {
			return Answer{}, err
		}
		edits[i] = b.letGo(req, s.ID, heir)
		if heir == "" {
			v.Removed++
		} else {
			v.HandedOver++
		}
	}
	if c.Args.Confirm {
		if v.HandedOver, v.Removed, err = b.forget(ctx, req, edits); err != nil {
			return Answer{}, err
		}
	}
	return Answer{Card: b.templates.Forget(b.language, v)}, nil
}

// heir is who answers for a subscription when its owner is forgotten: the chat's owner, or one of its managers, who may see
// its figures; nobody in
// a single chat, and where the platform does not show the chat. Where it could not be asked nothing is known: a group
// must not lose its digest for that.
func (b speaker) heir(ctx context.Context, s reports.Subscription) (string, error) {
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

// letGo gives a subscription of whoever asks to an heir, or removes it where there is none.
func (b speaker) letGo(req Request, id, heir string) reports.Edit {
	act, tell := access.HandedOver, []reports.Notice{{Reason: reports.HandedOver, At: b.Now()}}
	if heir == "" {
		act, tell = access.Removed, nil
	}
	return reports.Edit{ID: id, Entry: b.subscriptionEntry(req, act), Tell: tell, Change: func(s *reports.Subscription) error {
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

// forget lets go of the subscriptions and removes what else there is. That somebody was forgotten is recorded under the
// pseudonym. It returns how many subscriptions were handed over and how many removed.
func (b speaker) forget(ctx context.Context, req Request, edits []reports.Edit) (handedOver, removed int, err error) {
	pseudonym := "forgotten-" + strings.ToLower(rand.Text()[:10])
	made, err := b.People.Forget(ctx, req.UserID, pseudonym, edits, access.Change{At: b.Now(), By: pseudonym, Act: access.Forgotten, Of: pseudonym})
	if err != nil {
		return 0, 0, err
	}
	b.Sessions.Put(ctx, sessionKey(req), nil, time.Second)
	for _, c := range made {
		switch c.Act {
		case access.HandedOver:
			handedOver++
		case access.Removed:
			removed++
		}
	}
	return handedOver, removed, nil
}
