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
			if err != nil || fuller.Problem || !b.shows(ctx, messageID, view) {
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
