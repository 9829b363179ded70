package bot

import (
	"context"
	"slices"
	"strconv"
	"time"

	"usagebot/access"
	"usagebot/templates"
)

// Rates are how many commands and clicks are answered in a minute; 0 is no limit.
type Rates struct{ Person, Chat int }

// rates count what somebody asks for, in all processes together. They let everything through when they cannot know.
type rates interface {
	// Pass counts one, if it is within the limit of the last minute; back takes that back. Else it returns how long to wait.
	Pass(ctx context.Context, of string, limit int) (back func(), wait time.Duration)
	// First reports whether something is the first of its kind for as long as that; back takes that back.
	First(ctx context.Context, of string, during time.Duration) (first bool, back func())
}

// excess says that somebody asks more than is answered.
type excess struct {
	Chat  bool `json:"chat,omitempty"` // all of a chat together
	Limit int  `json:"limit"`
}

func (e *excess) Error() string { return "more than is answered in a minute" }

func (e *excess) view(speaker) templates.ProblemView {
	v := templates.ProblemView{Key: templates.TooFast, Args: map[string]string{"limit": strconv.Itoa(e.Limit)}}
	if e.Chat {
		v.Key = templates.ChatTooFast
	}
	return v
}

// pace is what becomes of a request, by how much is asked.
type pace struct {
	over   *excess // why it is not answered; nil when it is
	quiet  bool    // that was said already
	unsaid func()  // takes back that it is said now; nil when it is not
}

const (
	// passed is how long it is remembered that a request was let through and given back: beyond the platform's last
	// repetition, after some 7 hours.
	passed = 8 * time.Hour
	// dropped is how long it is remembered that a request was not answered and nothing was said of that. The platform
	// repeats such a message only if it did not see that it was taken, first after 15 s; a later repetition is a message
	// like any other. So a flood leaves nothing for longer than the limit looks back.
	dropped = time.Minute
)

func passedKey(req Request) string { return "passed:" + req.Key }

// paced counts a request, once however often it is delivered. Who asks too much is told so once, and then nothing more until
// the minute is over.
func (b *Bot) paced(ctx context.Context, req Request) pace {
	if b.Rates == nil {
		return pace{}
	}
	switch before, _ := b.Sessions.Get(ctx, passedKey(req)); string(before) {
	case "yes":
		return pace{}
	case "dropped":
		return pace{over: &excess{}, quiet: true}
	}
	person, chat := "person:"+req.UserID, "chat:"+req.ChatID
	uncount, wait := b.count(ctx, req.UserID, person, b.RateLimits.Person)
	if wait > 0 {
		return b.tooMuch(ctx, person, excess{Limit: b.RateLimits.Person}, wait)
	}
	_, wait = b.count(ctx, req.ChatID, chat, b.RateLimits.Chat)
	if wait > 0 && !b.administers(ctx, req.UserID) {
		uncount() // what is not answered leaves room for what may be
		return b.tooMuch(ctx, chat, excess{Chat: true, Limit: b.RateLimits.Chat}, wait)
	}
	return pace{}
}

// drop lets a request be. Of it nothing is kept but a mark by which a repetition is known.
func (b *Bot) drop(ctx context.Context, req Request, owner string) {
	b.Sessions.Put(ctx, passedKey(req), []byte("dropped"), dropped)
	if err := b.Inbox.Release(ctx, req.Key, owner); err != nil {
		b.Log.Warn("a request could not be released", "error", err)
	}
}

// count counts one request of somebody, where there is a limit.
func (b *Bot) count(ctx context.Context, id, of string, limit int) (uncount func(), wait time.Duration) {
	if id == "" || limit == 0 {
		return func() {}, 0
	}
	return b.Rates.Pass(ctx, of, limit)
}

// tooMuch decides whether that is still to be said.
func (b *Bot) tooMuch(ctx context.Context, of string, e excess, wait time.Duration) pace {
	if first, back := b.Rates.First(ctx, "told:"+of, wait); first {
		return pace{over: &e, unsaid: back}
	}
	return pace{over: &e, quiet: true}
}

// administers reports whether somebody was made an administrator by name. The limit of a chat does not hold him: others
// could keep him out of the chat that he looks after. His own does.
func (b *Bot) administers(ctx context.Context, openID string) bool {
	if slices.Contains(b.Admins, openID) {
		return true
	}
	granted, err := b.Grants.GrantsFor(ctx, openID, "")
	return err == nil && slices.ContainsFunc(granted, func(g access.Grant) bool {
		return g.Subject.Kind == access.Person && g.Role == access.Admin
	})
}
