package bot

import (
	"context"
	"strconv"
	"time"

	"usagebot/templates"
)

// Rates are how many commands and clicks are answered in a minute; 0 is no limit.
type Rates struct{ Person, Chat int }

// rates count what somebody asks for, in all processes together. They let everything through when they cannot know.
type rates interface {
	// Pass counts one, if it is within the limit of the last minute; else it returns how long to wait.
	Pass(ctx context.Context, of string, limit int) (wait time.Duration)
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

// pace counts a request. It is told once that somebody asks too much, and then nothing more until the minute is over.
func (b *Bot) pace(ctx context.Context, req Request) (over *excess, quiet bool) {
	if b.Rates == nil {
		return nil, false
	}
	for _, of := range []struct {
		what  string
		limit int
		over  excess
	}{{"person:" + req.UserID, b.RateLimits.Person, excess{Limit: b.RateLimits.Person}}, {"chat:" + req.ChatID, b.RateLimits.Chat, excess{Chat: true, Limit: b.RateLimits.Chat}}} {
		if of.limit == 0 || of.what == "chat:" || of.what == "person:" {
			continue
		}
		if wait := b.Rates.Pass(ctx, of.what, of.limit); wait > 0 {
			key := "fast:" + of.what
			_, told := b.Sessions.Get(ctx, key)
			b.Sessions.Put(ctx, key, []byte("told"), wait)
			return &of.over, told
		}
	}
	return nil, false
}
