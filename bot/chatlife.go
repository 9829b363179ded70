package bot

import (
	"context"
	"fmt"
	"time"

	"usagebot/feishu"
	"usagebot/reports"
	"usagebot/templates"
)

// chatLife follows what happens to a chat: digests pause when the bot cannot reach it and go on when it is back.
// Handled twice it comes to the same.
func (b *Bot) chatLife(ctx context.Context, e *feishu.Event) error {
	switch e.Type {
	case feishu.BotAdded:
		if err := b.reviveChat(ctx, e.Chat.ID); err != nil {
			return err
		}
		return b.welcome(ctx, e.Chat.ID)
	case feishu.BotRemoved, feishu.ChatDisbanded:
		return b.leaveChat(ctx, e.Chat.ID)
	}
	return nil
}

func (b *Bot) leaveChat(ctx context.Context, chatID string) error {
	return b.eachIn(ctx, chatID, reports.Active, func(s *reports.Subscription) error {
		s.State, s.Reason, s.PausedUntil = reports.Paused, reports.ChatGone, time.Time{}
		return nil
	}, func(s reports.Subscription) { b.Tell(reports.Notice{Subscription: s, Reason: reports.ChatGone}) })
}

func (b *Bot) reviveChat(ctx context.Context, chatID string) error {
	speaker := b.speaker(ctx, chatID)
	return b.eachIn(ctx, chatID, reports.Paused, func(s *reports.Subscription) error {
		if s.Reason != reports.ChatGone {
			return nil // somebody paused it, and may end that
		}
		s.State, s.Reason, s.Refusals = reports.Active, "", 0
		return speaker.setNext(s)
	}, func(reports.Subscription) {})
}

// eachIn changes the chat's subscriptions that are in a state, and tells of each that has left it.
func (b *Bot) eachIn(ctx context.Context, chatID string, in reports.SubscriptionState, change func(*reports.Subscription) error, told func(reports.Subscription)) error {
	list, err := b.Ledger.InChat(ctx, chatID)
	if err != nil {
		return fmt.Errorf("listing a chat's subscriptions: %w", err)
	}
	for _, s := range list {
		if s.State != in {
			continue
		}
		changed, err := b.Ledger.Change(ctx, s.ID, change)
		if err != nil {
			return fmt.Errorf("changing a subscription: %w", err)
		}
		if changed.State != in {
			told(changed)
		}
	}
	return nil
}

// welcome greets a chat once.
func (b *Bot) welcome(ctx context.Context, chatID string) error {
	first, err := b.Chats.Welcome(ctx, chatID)
	if err != nil || !first {
		return err
	}
	s := b.speaker(ctx, chatID)
	card := s.templates.Welcome(s.language, templates.WelcomeView{
		Usage: "/usage weekly", Subscribe: "/subscribe weekly", Help: "/help",
	})
	_, err = b.Greeter.Send(ctx, feishu.To{Kind: feishu.ToChat, ID: chatID}, feishu.Content{Card: card.JSON()}, feishu.UUID("welcome", chatID))
	if err != nil {
		b.Log.Warn("a chat could not be welcomed", "error", err)
	}
	return nil
}
