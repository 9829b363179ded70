package bot

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/inbox"
	"usagebot/reports"
	"usagebot/templates"
)

// people stores what the bot knows about people, and removes it.
type people interface {
	// Greeted reports whether the person was welcomed; Greet records it.
	Greeted(ctx context.Context, openID string) (bool, error)
	Greet(ctx context.Context, openID string, now time.Time) error
	// Meet records that a chat is the person's direct messages with the bot, and that they are there.
	Meet(ctx context.Context, openID, chatID string, now time.Time) error

	// BeginForgetting records that a person is to be forgotten. If the same event, or another one for the same person, has
	// begun already, it returns that. ClaimForgetting takes up one that was begun and not finished.
	BeginForgetting(ctx context.Context, f access.Forgetting, now time.Time) (access.Forgetting, error)
	ClaimForgetting(ctx context.Context, now time.Time) (f access.Forgetting, ok bool, err error)
	// LetGo makes edits of the person's subscriptions, and counts them. Erase removes everything else about the person, and
	// puts the pseudonym where a row has to stay. EndForgetting records that nothing is left, and drops the person's id.
	LetGo(ctx context.Context, f access.Forgetting, edits []reports.Edit, now time.Time) (access.Forgetting, error)
	Erase(ctx context.Context, f access.Forgetting) error
	EndForgetting(ctx context.Context, f access.Forgetting, c access.Change) (access.Forgetting, error)
}

const (
	// releaseBatch is how many subscriptions are released in one transaction.
	releaseBatch = 50
	// releasesShown is up to how many subscriptions the question tells what will become of them: each costs a look at its
	// chat.
	releasesShown = 100
	// forgetInterval is how often unfinished removals are looked for.
	forgetInterval = 5 * time.Second
)

// forgetCommands remove everything that is stored about a person.
type forgetCommands struct {
	*shared
	people   people
	inbox    *inbox.Inbox
	cache    cache
	overview reports.Overview
	chats    *chatReader
}

// forgetMe removes everything about the person who asks, once they have confirmed it.
func (h *forgetCommands) forgetMe(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	if req.UserID == "" {
		return Answer{}, notAllowed(command.Viewer) // outside of any chat there is nobody to forget
	}
	v := templates.ForgetView{Done: cmd.Args.Confirm, Asked: req.UserID, Yes: "/forget-me confirm", Keep: "/subs"}
	if !cmd.Args.Confirm {
		return h.confirm(ctx, c, req, v)
	}
	// If the platform cannot tell who takes a subscription over, nothing is begun.
	if _, err := h.releases(ctx, req.UserID); err != nil {
		return Answer{}, err
	}
	req = h.chats.complete(ctx, req)
	f := access.Forgetting{OpenID: req.UserID, Pseudonym: "forgotten-" + strings.ToLower(rand.Text()[:10]), Event: req.Key}
	if req.Single && req.ChatID != "" {
		f.Chats = []string{req.ChatID}
	}
	f, err := h.people.BeginForgetting(ctx, f, h.now())
	if err != nil {
		return Answer{}, err
	}
	if f, err = h.finish(ctx, f); err != nil {
		return Answer{}, unforgotten(err)
	}
	v.HandedOver, v.Removed = f.HandedOver, f.Removed
	return Answer{Card: templates.Forget(c.words(), v)}, nil
}

// unforgotten says that the removal has begun and is not finished yet.
func unforgotten(err error) error {
	return &userError{err: &wrapped{"forgetting a person", err}, problem: func(c conversation) templates.ProblemView {
		c.log.Warn("could not finish forgetting a person yet", "error", err)
		return templates.ProblemView{Key: templates.Unforgotten}
	}}
}

// confirm asks for confirmation, and says what will become of the person's subscriptions.
func (h *forgetCommands) confirm(ctx context.Context, c conversation, req Request, v templates.ForgetView) (Answer, error) {
	owned, err := h.overview.All(ctx, reports.SubscriptionFilter{OwnerID: req.UserID}, releasesShown+1)
	if err != nil {
		return Answer{}, err
	}
	if len(owned) > releasesShown {
		if v.Owned, err = h.overview.Count(ctx, reports.SubscriptionFilter{OwnerID: req.UserID}); err != nil {
			return Answer{}, err
		}
		return Answer{Card: templates.Forget(c.words(), v)}, nil
	}
	for _, s := range owned {
		newOwner, err := h.newOwner(ctx, s)
		switch {
		case err != nil:
			return Answer{}, err
		case newOwner == "":
			v.Removed++
		default:
			v.HandedOver++
		}
	}
	return Answer{Card: templates.Forget(c.words(), v)}, nil
}

// finish goes on until nothing about a person is left. It can be called again at any time, even by another process.
func (h *forgetCommands) finish(ctx context.Context, f access.Forgetting) (access.Forgetting, error) {
	if f.Done() {
		return f, nil
	}
	noteForgotten(ctx, h.cache, f.OpenID, h.now())
	for {
		edits, err := h.releases(ctx, f.OpenID)
		if err != nil {
			return f, err
		}
		if len(edits) == 0 {
			break
		}
		if f, err = h.people.LetGo(ctx, f, edits, h.now()); err != nil {
			return f, err
		}
	}
	if err := h.people.Erase(ctx, f); err != nil {
		return f, err
	}
	ids := append([]string{f.OpenID}, f.Chats...)
	if err := h.inbox.Forget(ctx, ids, f.Event); err != nil {
		return f, err
	}
	if err := h.cache.Forget(ctx, ids); err != nil {
		return f, err
	}
	return h.people.EndForgetting(ctx, f, access.Change{At: h.now(), By: f.Pseudonym, Act: access.Forgotten, Of: f.Pseudonym})
}

// forgottenFor is how long it is known that a person was forgotten: as long as a request from before may be answered.
const forgottenFor = dedupWindow + jobTimeout

func forgottenKey(openID string) string { return "forgotten:" + digest(openID) }

// noteForgotten lets all replicas know that a person is being forgotten, for the requests that they sent before. The cache
// holds a hash, which does not tell who it was.
func noteForgotten(ctx context.Context, c cache, openID string, now time.Time) {
	if at, err := now.MarshalText(); err == nil {
		c.Put(ctx, forgottenKey(openID), at, forgottenFor)
	}
}

// wasForgotten reports whether the person of a request was forgotten after sending it. The request that asks for that is
// no such request.
func (p *pipeline) wasForgotten(ctx context.Context, c conversation, req Request) bool {
	var at time.Time
	kept, ok := p.cache.Get(ctx, forgottenKey(req.UserID))
	if !ok || req.UserID == "" || at.UnmarshalText(kept) != nil || req.At.IsZero() || !req.At.Before(at) {
		return false
	}
	cmd, err := p.understand(ctx, c, req)
	return err != nil || cmd.Name != "forget-me"
}

// forgottenMeanwhile is the answer to a request of a person who was forgotten before it was answered: nothing but that.
func (p *pipeline) forgottenMeanwhile(ctx context.Context, c conversation) Answer {
	return c.problem(ctx, saying("the person was forgotten", templates.ProblemView{Key: templates.Forgotten}))
}

// dropTraces removes what a question that was waiting has stored about a person who was forgotten meanwhile.
func (p *pipeline) dropTraces(ctx context.Context, req Request) {
	ids := []string{req.UserID}
	if req.Single && req.ChatID != "" {
		ids = append(ids, req.ChatID)
	}
	if err := p.cache.Forget(ctx, ids); err != nil {
		p.log.Warn("could not remove what a question of a forgotten person left", "error", err)
	}
}

// finishAll resumes removals that were begun and not finished, here or by another process, until ctx ends.
func (h *forgetCommands) finishAll(ctx context.Context) {
	for sleep(ctx, forgetInterval) == nil {
		f, ok, err := h.people.ClaimForgetting(ctx, h.now())
		if err == nil && ok {
			_, err = h.finish(ctx, f)
		}
		if err != nil && ctx.Err() == nil {
			h.log.Warn("could not finish forgetting a person yet", "error", err)
		}
	}
}

// releases returns the edits that release some of a person's subscriptions.
func (h *forgetCommands) releases(ctx context.Context, openID string) ([]reports.Edit, error) {
	owned, err := h.overview.All(ctx, reports.SubscriptionFilter{OwnerID: openID}, releaseBatch)
	if err != nil {
		return nil, err
	}
	edits := make([]reports.Edit, len(owned))
	for i, s := range owned {
		newOwner, err := h.newOwner(ctx, s)
		if err != nil {
			return nil, err
		}
		edits[i] = releaseSubscription(h.now(), Request{UserID: openID, ChatID: s.ChatID}, s.ID, newOwner)
	}
	return edits, nil
}

// newOwner returns who takes a subscription over when its owner is forgotten: the chat's owner or one of its managers, if
// they may see its figures. It returns nobody for direct messages, and for a chat that the platform does not show. It fails
// if the platform cannot be reached, because a group must not lose its digest for that.
func (h *forgetCommands) newOwner(ctx context.Context, s reports.Subscription) (string, error) {
	if s.Single {
		return "", nil
	}
	info, err := h.chats.get(ctx, s.ChatID)
	if err != nil && isTransient(err) {
		return "", err
	}
	if err != nil {
		h.log.Warn("could not ask for a chat's owner", "error", err)
		return "", nil
	}
	for _, id := range info.OwnerAndManagers() {
		if id == s.OwnerID {
			continue
		}
		if allowed, err := mayOwn(ctx, h.resolver, s, id); err != nil || allowed {
			return id, err
		}
	}
	return "", nil
}

// releaseSubscription gives a person's subscription to a new owner, or removes it if there is none.
func releaseSubscription(now time.Time, req Request, id, newOwner string) reports.Edit {
	act, tell := access.HandedOver, []reports.Notice{{Reason: reports.HandedOver, At: now}}
	if newOwner == "" {
		act, tell = access.Removed, nil
	}
	return reports.Edit{ID: id, Entry: subscriptionEntry(now, req, act), Notices: tell, Change: func(s *reports.Subscription) error {
		switch {
		case s.OwnerID != req.UserID || s.State == reports.Removed:
			return reports.ErrUnchanged // another person has taken it over or removed it in the meantime
		case newOwner == "":
			s.State, s.Reason = reports.Removed, reports.ByPerson
		default:
			s.OwnerID = newOwner
		}
		return nil
	}}
}
