package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usagebot/feishu/events"

	"usagebot/access"
	"usagebot/feishu"
	"usagebot/reports"
	"usagebot/templates"
)

// chatEvents follows what happens to chats: it pauses digests when the bot can no longer reach a chat, resumes them when it
// is back, gives subscriptions a new owner with the chat, and welcomes.
type chatEvents struct {
	*conversations
	order          order
	chats          chats
	people         people
	reader         *chatReader
	digests        *chatDigests
	external       *externalChats
	limiter        sendLimiter
	sender         sender
	answerExternal bool // people of other organisations
}

// order knows the order of events.
type order interface {
	// Precede records that the event with a key decides about a subject. It returns access.ErrOutdated if a later event, by
	// the platform's clock, has decided about it already.
	Precede(ctx context.Context, key, subject string) error
}

// What events decide about a chat. A later event makes an earlier one obsolete only in what both decide.
const (
	aboutMembership  = "membership" // whether the bot is there
	aboutName        = "name"
	aboutOwner       = "owner"
	aboutExternality = "externality" // whether the chat is shared with another organisation
)

// isOutdated records that an event decides something about its chat, and reports whether a later event has decided it
// already.
func (h *chatEvents) isOutdated(ctx context.Context, key string, e *events.Event, about string) (bool, error) {
	err := h.order.Precede(ctx, key, "chat:"+e.Chat.ID+":"+about)
	if errors.Is(err, access.ErrOutdated) {
		h.log.Info("an event about a chat came after a later one", "event", e.Type, "about", about)
		return true, nil
	}
	return false, err
}

// handleChatEvent handles an event about a chat. What it changes depends on what is there, so it can be handled again after
// a failure. What a later event has decided already is left alone.
func (h *chatEvents) handleChatEvent(ctx context.Context, key string, e *events.Event) error {
	if e.Type == events.ChatUpdated || e.Type == events.BotAdded {
		if err := h.learnExternality(ctx, key, e); err != nil {
			return err
		}
	}
	if e.Type == events.ChatUpdated {
		if err := h.rename(ctx, key, e); err != nil {
			return err
		}
		return h.transferOwnership(ctx, key, e)
	}
	if outdated, err := h.isOutdated(ctx, key, e, aboutMembership); outdated || err != nil {
		return err
	}
	switch e.Type {
	case events.BotAdded:
		if err := h.chats.Join(ctx, e.Chat.ID); err != nil {
			return err
		}
		if err := h.rename(ctx, key, e); err != nil {
			return err
		}
		if err := h.revive(ctx, e.Chat.ID); err != nil {
			return err
		}
		return h.welcome(ctx, e.Chat)
	case events.SingleChatEntered:
		h.reader.rememberDirect(ctx, e.Chat.ID)
		if err := h.revive(ctx, e.Chat.ID); err != nil {
			return err
		}
		return h.greet(ctx, e.Chat)
	case events.BotRemoved, events.ChatDisbanded:
		if err := h.chats.Leave(ctx, e.Chat.ID, h.now()); err != nil {
			return err
		}
		return h.digests.pauseUnreachable(ctx, e.Chat.ID, e.Type == events.ChatDisbanded)
	}
	return nil
}

// learnExternality learns whether a chat is shared with another organisation, if the event says so. What was read of the
// chat before is forgotten, since it was changed.
func (h *chatEvents) learnExternality(ctx context.Context, key string, e *events.Event) error {
	h.reader.forget(ctx, e.Chat.ID)
	if !e.Chat.External && !e.Chat.ExternalKnown {
		return nil
	}
	if outdated, err := h.isOutdated(ctx, key, e, aboutExternality); outdated || err != nil {
		return err
	}
	return h.external.learn(ctx, e.Chat.ID, e.Chat.External)
}

// rename records the present name of a chat.
func (h *chatEvents) rename(ctx context.Context, key string, e *events.Event) error {
	if e.Chat.Name == "" {
		return nil
	}
	if outdated, err := h.isOutdated(ctx, key, e, aboutName); outdated || err != nil {
		return err
	}
	if err := h.chats.Rename(ctx, e.Chat.ID, e.Chat.Name); err != nil {
		return fmt.Errorf("keeping a chat's name: %w", err)
	}
	return nil
}

// transferOwnership gives the subscriptions of a chat's former owner to the new one, and tells the new owner. A
// subscription whose figures the new owner may not see stays with the former one, and pauses once they may not see them
// either. If the owner has changed again meanwhile, the present one takes over.
func (h *chatEvents) transferOwnership(ctx context.Context, key string, e *events.Event) error {
	c := *e.Chat
	if c.OwnerID == "" || c.FormerOwnerID == "" {
		return nil
	}
	outdated, err := h.isOutdated(ctx, key, e, aboutOwner)
	if err != nil {
		return err
	}
	if outdated {
		h.reader.forget(ctx, c.ID)
		info, err := h.reader.get(ctx, c.ID)
		if err != nil {
			return err
		}
		c.OwnerID = info.OwnerID
	}
	if c.OwnerID == "" || c.OwnerID == c.FormerOwnerID {
		return nil
	}
	list, err := h.digests.store.InChat(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("listing a chat's subscriptions: %w", err)
	}
	allowed := map[string]bool{}
	for _, s := range list {
		if s.OwnerID != c.FormerOwnerID {
			continue
		}
		if allowed[s.ID], err = mayOwn(ctx, h.resolver, s, c.OwnerID); err != nil {
			return err
		}
	}
	change := func(s *reports.Subscription) error {
		if s.OwnerID != c.FormerOwnerID || !allowed[s.ID] {
			return reports.ErrUnchanged
		}
		s.OwnerID = c.OwnerID
		return nil
	}
	entry := subscriptionEntry(h.now(), Request{UserID: c.OperatorID, ChatID: c.ID}, access.HandedOver)
	return h.digests.each(ctx, c.ID, reports.HandedOver, change, entry)
}

// mayOwn reports whether a person may see what a subscription's digests carry, and so may become its owner.
func mayOwn(ctx context.Context, rights *access.Resolver, s reports.Subscription, openID string) (bool, error) {
	return rights.PersonSees(ctx, openID, s.ChatID, s.DepartmentID)
}

// revive resumes the digests that were paused because the bot could not reach the chat.
func (h *chatEvents) revive(ctx context.Context, chatID string) error {
	return h.digests.resumeReachable(ctx, chatID, h.external.closedToDigests(ctx, chatID))
}

// reviveTimeout is how long an answer waits for reviveOnMessage.
const reviveTimeout = 500 * time.Millisecond

// reviveOnMessage takes a direct message as the sign that the bot may write to the person again. The platform gives no
// other sign: a person who stops the bot and starts it again need not leave the chat in between.
func (h *chatEvents) reviveOnMessage(ctx context.Context, req Request) {
	if req.Click || req.Person != "" || !req.Single {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, reviveTimeout)
	defer cancel()
	if err := h.people.Meet(ctx, req.UserID, req.ChatID, h.now()); err != nil {
		h.log.Warn("could not record whose direct messages a chat is", "error", err)
	}
	if err := h.revive(ctx, req.ChatID); err != nil {
		h.log.Warn("could not resume the digests of direct messages", "error", err)
	}
}

// welcome welcomes a chat once, unless the bot would answer nobody there.
func (h *chatEvents) welcome(ctx context.Context, c *events.ChatChange) error {
	if c.External && !h.answerExternal {
		return nil
	}
	done, err := h.chats.Welcomed(ctx, c.ID)
	if err != nil || done {
		return err
	}
	if err := h.sendWelcome(ctx, c, false); err != nil {
		return err
	}
	return h.chats.Welcome(ctx, c.ID)
}

// greet welcomes a person once, when they open their direct messages with the bot.
func (h *chatEvents) greet(ctx context.Context, c *events.ChatChange) error {
	if c.OperatorID == "" {
		return nil
	}
	if err := h.people.Meet(ctx, c.OperatorID, c.ID, h.now()); err != nil {
		return err
	}
	done, err := h.people.Greeted(ctx, c.OperatorID)
	if err != nil || done {
		return err
	}
	if err := h.sendWelcome(ctx, c, true); err != nil {
		return err
	}
	return h.people.Greet(ctx, c.OperatorID, h.now())
}

// sendWelcome sends the welcome card with the commands that the inviter may use. It is recorded after sending, so a crash
// repeats it; the uuid dedups. Permanent errors are logged and dropped.
func (h *chatEvents) sendWelcome(ctx context.Context, e *events.ChatChange, single bool) error {
	c := h.in(ctx, e.ID)
	rights, err := h.resolver.RightsOf(ctx, e.OperatorID, e.ID)
	if err != nil {
		return err
	}
	v := templates.WelcomeView{Help: "/help", Single: single}
	if rights.Any() {
		v.Usage, v.Subscribe = "/usage weekly", "/subscribe weekly"
	}
	card := templates.Welcome(c.words(), v)
	done, err := h.limiter.Wait(ctx, e.ID)
	if err == nil {
		_, err = h.sender.Send(ctx, feishu.To{Kind: feishu.ToChat, ID: e.ID}, card, feishu.UUID("welcome", e.ID))
		done()
	}
	switch {
	case err == nil:
		return nil
	case isTransient(err), feishu.AppRejected.Is(err):
		return fmt.Errorf("welcoming a chat: %w", err)
	}
	h.log.Warn("could not welcome a chat", "error", err)
	return nil
}
