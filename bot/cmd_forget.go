package bot

import (
	"context"
	"crypto/rand"
	"errors"
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
	// Forget removes what is kept of a person but subscriptions; in the record of changes the pseudonym takes his place.
	Forget(ctx context.Context, openID, pseudonym string) error
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
	heirs, err := b.heirs(ctx, owned)
	if err != nil {
		return Answer{}, err
	}
	v := templates.ForgetView{Done: c.Args.Confirm, Asked: req.UserID, Yes: "/forget-me confirm", Keep: "/subs"}
	for _, heir := range heirs {
		if heir == "" {
			v.Removed++
		} else {
			v.HandedOver++
		}
	}
	if c.Args.Confirm {
		if err := b.forget(ctx, req, owned, heirs); err != nil {
			return Answer{}, err
		}
	}
	return Answer{Card: b.templates.Forget(b.language, v)}, nil
}

// heirs returns who takes each of the subscriptions over; an empty id is nobody.
func (b speaker) heirs(ctx context.Context, owned []reports.Subscription) ([]string, error) {
	heirs := make([]string, len(owned))
	for i, s := range owned {
		var err error
		if heirs[i], err = b.heir(ctx, s); err != nil {
			return nil, err
		}
	}
	return heirs, nil
}

// heir is who answers for a subscription when its owner is forgotten: the chat's owner, or one of its managers; nobody in
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
	for _, id := range append([]string{info.OwnerID}, info.Managers...) {
		if id != "" && id != s.OwnerID {
			return id, nil
		}
	}
	return "", nil
}

func (b speaker) letGo(ctx context.Context, req Request, s reports.Subscription, heir string) error {
	if heir == "" {
		_, err := b.change(ctx, req, access.Removed, s.ID, func(s *reports.Subscription) error {
			s.State, s.Reason = reports.Removed, reports.ByPerson
			return nil
		})
		return err
	}
	_, err := b.change(ctx, req, access.HandedOver, s.ID, func(s *reports.Subscription) error {
		s.OwnerID = heir
		return nil
	}, reports.Notice{Reason: reports.HandedOver, At: b.Now()})
	return err
}

// forget lets go of the subscriptions and removes what else there is. That somebody was forgotten is recorded under the
// pseudonym.
func (b speaker) forget(ctx context.Context, req Request, owned []reports.Subscription, heirs []string) error {
	for i, s := range owned {
		err := b.letGo(ctx, req, s, heirs[i])
		if gone := new(unknownSubscription); err != nil && !errors.As(err, &gone) {
			return err
		}
	}
	pseudonym := "forgotten-" + strings.ToLower(rand.Text()[:10])
	if err := b.People.Forget(ctx, req.UserID, pseudonym); err != nil {
		return err
	}
	b.Sessions.Put(ctx, sessionKey(req), nil, time.Second)
	b.changed(ctx, access.Change{By: pseudonym, Act: access.Forgotten, Of: pseudonym})
	return nil
}
