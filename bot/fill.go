package bot

import (
	"context"
	"crypto/rand"
	"time"
)

// More gives an answer anew when more of it has come; that answer may lack something as well, and then has its own More.
type More func(ctx context.Context) (Answer, error)

// viewLength is how long it is remembered which answer a card shows: longer than any is filled up.
const viewLength = time.Hour

// show notes that a card shows another answer from now on. Whoever was about to fill up the one before lets it be.
func (b *Bot) show(ctx context.Context, messageID string) (view string) {
	view = rand.Text()
	b.Sessions.Put(ctx, "view:"+messageID, []byte(view), viewLength)
	return view
}

// shows reports whether a card still shows an answer. Where that cannot be known it does not.
func (b *Bot) shows(ctx context.Context, messageID, view string) bool {
	now, ok := b.Sessions.Get(ctx, "view:"+messageID)
	return ok && string(now) == view
}

// clickLength is how long a card's filling up waits for the answer to a click on it.
const clickLength = time.Minute

// suspendFilling has a card's filling up wait: a click on it is being answered, and the answer may take its place; or the
// platform would revert an edit so soon after the callback.
func (b *Bot) suspendFilling(ctx context.Context, messageID string, length time.Duration) {
	until, err := b.Now().Add(length).MarshalText()
	if err == nil {
		b.Sessions.Put(ctx, "clicked:"+messageID, until, length)
	}
}

// awaitClicks waits until no click on the card is being answered. It reports false when ctx ends before.
func (b *Bot) awaitClicks(ctx context.Context, messageID string) bool {
	for {
		var until time.Time
		kept, ok := b.Sessions.Get(ctx, "clicked:"+messageID)
		if !ok || until.UnmarshalText(kept) != nil || !b.Now().Before(until) {
			return ctx.Err() == nil
		}
		if sleep(ctx, afterCallback) != nil {
			return false
		}
	}
}

// fillUp puts more of an answer into its card as it comes. No event depends on it: should the process end meanwhile, the
// card has a button that asks again.
func (b *Bot) fillUp(messageID, view string, a Answer) {
	if a.More == nil || messageID == "" {
		return
	}
	b.enter(func() {
		ctx, cancel := context.WithTimeout(b.spare, patience)
		defer cancel()
		for a.More != nil {
			if sleep(ctx, afterCallback) != nil {
				return
			}
			fuller, err := a.More(ctx)
			if err != nil || fuller.Problem || !b.awaitClicks(ctx, messageID) || !b.shows(ctx, messageID, view) {
				return
			}
			a = fuller
			if err := b.Messenger.Update(ctx, messageID, a.Card.JSON()); err != nil {
				b.Log.Warn("a card could not be filled up", "error", err)
				return
			}
		}
	})
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
