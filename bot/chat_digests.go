package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usagebot/access"
	"usagebot/reports"
)

// chatDigests pauses and resumes the digests of a chat.
type chatDigests struct {
	store    reports.Store
	calendar reports.Calendar
	jitter   time.Duration
	now      func() time.Time
}

// pauseUnreachable pauses the digests of a chat that the bot cannot reach. If the chat was disbanded, it also takes over
// the digests that were paused for another reason: nobody can resume them, and they must not count against the limits.
func (d *chatDigests) pauseUnreachable(ctx context.Context, chatID string, disbanded bool) error {
	return d.each(ctx, chatID, reports.ChatGone, func(s *reports.Subscription) error {
		if s.State != reports.Active && (!disbanded || s.State != reports.Paused || s.Reason == reports.ChatGone) {
			return reports.ErrUnchanged
		}
		s.State, s.Reason, s.PausedUntil = reports.Paused, reports.ChatGone, time.Time{}
		return nil
	}, nil)
}

// resumeReachable resumes the digests that were paused because the bot could not reach the chat. If the chat is closed to
// digests they stay paused, for that reason.
func (d *chatDigests) resumeReachable(ctx context.Context, chatID string, closed bool) error {
	return d.each(ctx, chatID, "", func(s *reports.Subscription) error {
		if s.State != reports.Paused || s.Reason != reports.ChatGone {
			return reports.ErrUnchanged // a person paused it, and a person has to resume it
		}
		if closed {
			s.Reason = reports.ChatExternal
			return nil
		}
		return s.Activate(d.calendar, d.now(), d.jitter, "")
	}, nil)
}

// pauseExternal pauses the digests of a chat that is shared with another organisation. A pause with an end becomes such a
// pause too, because it must not end while the chat is shared; its end is kept.
func (d *chatDigests) pauseExternal(ctx context.Context, chatID string) error {
	return d.each(ctx, chatID, reports.ChatExternal, func(s *reports.Subscription) error {
		timed := s.State == reports.Paused && !s.PausedUntil.IsZero() && s.Reason != reports.ChatExternal
		if s.State != reports.Active && !timed {
			return reports.ErrUnchanged
		}
		s.State, s.Reason = reports.Paused, reports.ChatExternal
		return nil
	}, nil)
}

// resumeInternal resumes the digests that were paused because the chat was shared with another organisation. One that a
// person paused until a time which has not come stays paused until then.
func (d *chatDigests) resumeInternal(ctx context.Context, chatID string) error {
	return d.each(ctx, chatID, "", func(s *reports.Subscription) error {
		if s.State != reports.Paused || s.Reason != reports.ChatExternal {
			return reports.ErrUnchanged
		}
		if s.PausedUntil.After(d.now()) {
			s.Reason = reports.ByPerson
			return nil
		}
		s.PausedUntil = time.Time{} // what fell due while the chat was shared is not sent
		return s.Activate(d.calendar, d.now(), d.jitter, "")
	}, nil)
}

// each applies a change to the chat's subscriptions. If there is a reason to tell, the owners are told. A subscription for
// which change returns ErrUnchanged costs no write.
func (d *chatDigests) each(
	ctx context.Context, chatID string, tell reports.Reason, change func(*reports.Subscription) error, entry access.Entry[reports.Subscription],
) error {
	list, err := d.store.InChat(ctx, chatID)
	if err != nil {
		return fmt.Errorf("listing a chat's subscriptions: %w", err)
	}
	now := d.now()
	var notices []reports.Notice
	if tell != "" {
		notices = []reports.Notice{{Reason: tell, At: now}}
	}
	stamped := func(s *reports.Subscription) error {
		s.UpdatedAt = now
		return change(s)
	}
	for _, s := range list {
		if trial := s; errors.Is(change(&trial), reports.ErrUnchanged) {
			continue
		}
		_, err := d.store.Change(ctx, reports.Edit{ID: s.ID, Change: stamped, Entry: entry, Notices: notices})
		if err != nil && !errors.Is(err, reports.ErrUnchanged) {
			return fmt.Errorf("changing a subscription: %w", err)
		}
	}
	return nil
}
