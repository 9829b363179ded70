package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usagebot/access"
	"usagebot/feishu"
	"usagebot/feishu/events"
	"usagebot/reports"
	"usagebot/templates"
)

// chatLife follows what happens to a chat: digests pause when the bot cannot reach it and go on when it is back.
// Of an event that comes twice, also long after others, each subscription is changed once.
func (b *Bot) chatLife(ctx context.Context, e *events.Event) error {
	if e.ID != "" {
		ctx = b.Inbox.Once(ctx, "chat:"+e.ID)
	}
	if err := b.followExternality(ctx, e); err != nil {
		return err
	}
	switch e.Type {
	case events.BotAdded:
		if err := b.rename(ctx, e.Chat); err != nil {
			return err
		}
		if err := b.reviveChat(ctx, e.Chat.ID); err != nil {
			return err
		}
		return b.welcome(ctx, e.Chat)
	case events.SingleChatEntered:
		b.noteSingle(ctx, e.Chat.ID)
		if err := b.reviveChat(ctx, e.Chat.ID); err != nil {
			return err
		}
		return b.greet(ctx, e.Chat)
	case events.ChatUpdated:
		if err := b.rename(ctx, e.Chat); err != nil {
			return err
		}
		return b.handOver(ctx, e.Chat)
	case events.BotRemoved, events.ChatDisbanded:
		return b.leaveChat(ctx, e.Chat.ID, e.Type == events.ChatDisbanded)
	}
	return nil
}

// rename keeps what the chat is called now.
func (b *Bot) rename(ctx context.Context, c *events.ChatChange) error {
	if c.Name == "" {
		return nil
	}
	if err := b.Chats.Rename(ctx, c.ID, c.Name); err != nil {
		return fmt.Errorf("keeping a chat's name: %w", err)
	}
	return nil
}

// handOver gives the new owner of a chat the subscriptions that were the old one's, and has the new one told. Those whose
// figures the new one may not see stay with the old one, and rest once that one may not see them either.
func (b *Bot) handOver(ctx context.Context, c *events.ChatChange) error {
	if c.OwnerID == "" || c.FormerOwnerID == "" || c.OwnerID == c.FormerOwnerID {
		return nil
	}
	list, err := b.Ledger.InChat(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("listing a chat's subscriptions: %w", err)
	}
	allowed := map[string]bool{}
	for _, s := range list {
		if s.OwnerID != c.FormerOwnerID {
			continue
		}
		if allowed[s.ID], err = b.mayAnswerFor(ctx, s, c.OwnerID); err != nil {
			return err
		}
	}
	return b.eachIn(ctx, c.ID, reports.HandedOver, func(s *reports.Subscription) error {
		if s.OwnerID != c.FormerOwnerID || !allowed[s.ID] {
			return reports.ErrUnchanged
		}
		s.OwnerID = c.OwnerID
		return nil
	}, b.subscriptionEntry(Request{UserID: c.OperatorID, ChatID: c.ID}, access.HandedOver))
}

// leaveChat pauses the digests of a chat that the bot cannot reach. If the chat is gone for good, so are the digests that
// were paused for another reason: nobody can resume them, and they must not count against the ceilings.
func (b *Bot) leaveChat(ctx context.Context, chatID string, forGood bool) error {
	return b.eachIn(ctx, chatID, reports.ChatGone, func(s *reports.Subscription) error {
		if s.State != reports.Active && (!forGood || s.State != reports.Paused || s.Reason == reports.ChatGone) {
			return reports.ErrUnchanged
		}
		s.State, s.Reason, s.PausedUntil = reports.Paused, reports.ChatGone, time.Time{}
		return nil
	}, nil)
}

// reviveChat lets the digests go on that had paused since the chat could not be reached.
func (b *Bot) reviveChat(ctx context.Context, chatID string) error {
	closed := b.closedToDigests(ctx, chatID)
	return b.eachIn(ctx, chatID, "", func(s *reports.Subscription) error {
		if s.State != reports.Paused || s.Reason != reports.ChatGone {
			return reports.ErrUnchanged // somebody paused it, and may end that
		}
		if closed {
			s.Reason = reports.ChatExternal
			return nil
		}
		return s.Activate(b.Now(), b.Jitter, "")
	}, nil)
}

// aside is how long an answer waits for what is done beside it.
const aside = 500 * time.Millisecond

// heard takes somebody's message in his single chat as the sign that the bot may write there again. The platform tells
// of no other: who stops the bot and starts it again need not leave the chat.
func (b *Bot) heard(ctx context.Context, req Request) {
	if req.Click || req.Person != "" || !req.Single {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, aside)
	defer cancel()
	if err := b.People.Meet(ctx, req.UserID, req.ChatID); err != nil {
		b.Log.Warn("whose single chat it is could not be noted", "error", err)
	}
	if err := b.reviveChat(ctx, req.ChatID); err != nil {
		b.Log.Warn("a single chat's digests could not be resumed", "error", err)
	}
}

// eachIn changes each of the chat's subscriptions that the change is for, and has their owners told if there is a reason
// to. Those that it is not for cost nothing but the list.
func (b *Bot) eachIn(ctx context.Context, chatID string, tell reports.Reason, change func(*reports.Subscription) error, entry access.Entry[reports.Subscription]) error {
	list, err := b.Ledger.InChat(ctx, chatID)
	if err != nil {
		return fmt.Errorf("listing a chat's subscriptions: %w", err)
	}
	var notices []reports.Notice
	if tell != "" {
		notices = []reports.Notice{{Reason: tell, At: b.Now()}}
	}
	now := b.Now()
	stamped := func(s *reports.Subscription) error {
		s.UpdatedAt = now
		return change(s)
	}
	for _, s := range list {
		if trial := s; errors.Is(change(&trial), reports.ErrUnchanged) {
			continue
		}
		_, err := b.Ledger.Change(ctx, reports.Edit{ID: s.ID, Change: stamped, Entry: entry, Notices: notices})
		if err != nil && !errors.Is(err, reports.ErrUnchanged) {
			return fmt.Errorf("changing a subscription: %w", err)
		}
	}
	return nil
}

// welcome greets a chat once. One in which it would answer nobody it does not greet.
func (b *Bot) welcome(ctx context.Context, c *events.ChatChange) error {
	if c.External && !b.AnswerOutsiders {
		return nil
	}
	done, err := b.Chats.Welcomed(ctx, c.ID)
	if err != nil || done {
		return err
	}
	if err := b.sendWelcome(ctx, c, false); err != nil {
		return err
	}
	return b.Chats.Welcome(ctx, c.ID)
}

// greet greets a person once, in the single chat that he has opened.
func (b *Bot) greet(ctx context.Context, c *events.ChatChange) error {
	if c.OperatorID == "" {
		return nil
	}
	if err := b.People.Meet(ctx, c.OperatorID, c.ID); err != nil {
		return err
	}
	done, err := b.People.Greeted(ctx, c.OperatorID)
	if err != nil || done {
		return err
	}
	if err := b.sendWelcome(ctx, c, true); err != nil {
		return err
	}
	return b.People.Greet(ctx, c.OperatorID, b.Now())
}

// sendWelcome offers what whoever brought the bot there may use. It is noted only once it is sent, so that none is lost;
// of two that are sent at once, or again after a process died in between, the uuid makes one. A welcome that the platform
// will not take later either is let be.
func (b *Bot) sendWelcome(ctx context.Context, c *events.ChatChange, single bool) error {
	s, err := b.speaker(ctx, c.ID).serving(ctx, Request{ChatID: c.ID, UserID: c.OperatorID, Single: single})
	if err != nil {
		return err
	}
	v := templates.WelcomeView{Help: "/help", Single: single}
	if s.rights.Any() {
		v.Usage, v.Subscribe = "/usage weekly", "/subscribe weekly"
	}
	card := s.templates.Welcome(s.language, v)
	done, err := b.Turns.Wait(ctx, c.ID)
	if err == nil {
		_, err = b.Greeter.Send(ctx, feishu.To{Kind: feishu.ToChat, ID: c.ID}, feishu.Content{Card: card.JSON()}, feishu.UUID("welcome", c.ID))
		done()
	}
	switch {
	case err == nil:
		return nil
	case passing(err), feishu.Ours.Is(err):
		return fmt.Errorf("welcoming a chat: %w", err)
	}
	b.Log.Warn("a chat could not be welcomed", "error", err)
	return nil
}
