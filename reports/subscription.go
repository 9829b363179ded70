package reports

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"usagebot/access"
	"usagebot/usage"
)

// Subscription is a standing order for a digest to one chat. A chat has at most one that is not removed for each Key.
type Subscription struct {
	ID       string // short enough to be typed: see NewID
	ChatID   string
	Single   bool   // the chat is a direct message with the bot
	OwnerID  string // open_id of the person who answers for it
	AppID    string
	Ability  usage.Ability
	Schedule Schedule // with the cycle

	DepartmentID   string // open_department_id; empty for the whole tenant
	DepartmentName string // as it was called when it was chosen

	State       SubscriptionState
	Reason      Reason    // why it is paused
	PausedUntil time.Time // when the pause ends by itself; zero if somebody has to resume it
	NextDue     time.Time // when the next digest is due, jitter included
	Refusals    int       // how many times in a row the chat did not let the bot write

	CreatedAt time.Time
	UpdatedAt time.Time
}

// Key tells a chat's subscriptions apart.
type Key struct {
	ChatID, AppID string
	Ability       usage.Ability
	Cycle         usage.Cycle
	DepartmentID  string
}

// Key returns the subscription's key. It never changes.
func (s Subscription) Key() Key {
	return Key{s.ChatID, s.AppID, s.Ability, s.Schedule.Cycle, s.DepartmentID}
}

// SubscriptionState is whether digests go out.
type SubscriptionState string

// The states of a subscription.
const (
	Active  SubscriptionState = "active"
	Paused  SubscriptionState = "paused"
	Removed SubscriptionState = "removed" // kept for its history
)

// Reason is why something did not go as planned. Its words are in the templates.
type Reason string

// The reasons. Each comment says whether a subscription, a delivery or both can have it.
const (
	ByPerson      Reason = "by_person"      // both: somebody paused or removed it
	ChatGone      Reason = "chat_gone"      // both: the bot was removed, the chat dissolved, the person left
	ChatForbids   Reason = "chat_forbids"   // both: the chat's settings keep the bot from writing
	Missed        Reason = "missed"         // delivery: the bot was away, and a newer period was due when it came back
	TooLate       Reason = "too_late"       // delivery: its grace was over
	FiguresAbsent Reason = "figures_absent" // delivery: its figures were not published when its grace was over
	NotOut        Reason = "not_out"        // delivery: waiting for its figures
	Busy          Reason = "busy"           // delivery: the platform asks to wait
	Lost          Reason = "lost"           // delivery: the platform's answer was lost
	Refusing      Reason = "refusing"       // delivery: the platform refuses the bot in this chat; whether it does so elsewhere is not known yet
	OnHold        Reason = "on_hold"        // delivery: the platform refuses the bot's app; administrators were told
	Refused       Reason = "refused"        // delivery: the platform does not take the message
	NoFigures     Reason = "no_figures"     // delivery: the platform refuses the question
	NothingFor    Reason = "nothing_for"    // delivery: it says that there are no figures for its ability or department
	Internal      Reason = "internal"       // delivery: a fault of the bot itself
	NotAllowed    Reason = "not_allowed"    // both: the owner may not see the figures any more
	RightsUnread  Reason = "rights_unread"  // delivery: the owner's rights cannot be read
	ChatExternal  Reason = "chat_external"  // both: the chat is shared with another organisation, and the bot does not answer there
	BadSchedule   Reason = "bad_schedule"   // both: its time zone or its day is not known
)

// Delivery is one digest on its way, unique by subscription and period. It is the only record of whether the digest was
// sent.
type Delivery struct {
	SubscriptionID string
	Period         usage.Period
	Slot           time.Time // when it was due, jitter included
	State          DeliveryState
	Reason         Reason
	Detail         string // for operators: a code and a log id; never shown to a chat as it is

	TryAt        time.Time // when it is looked at next; only while waiting, or delivered with zeros
	Lease        time.Time // until when a replica holds it; zero when none does
	Fence        int64     // counts claims: a former holder has a smaller number
	Tries        int       // attempts to send
	SentAt       time.Time // when a message was first handed to the platform; zero before
	Searches     int       // attempts to find the message in its chat, when it may not be sent again
	Waited       bool      // it had to wait for its figures
	LateNoticeAt time.Time // when the chat was told that the figures are late; zero if it was not
	Late         bool      // it was rendered over an hour after it was due, and says so
	DoneAt       time.Time // when it stopped waiting
	Message      string    // message_id, once it is delivered

	// ZerosFrom is the first of the period's last days that had only zeros when the digest was sent. Its message is edited
	// if their figures come. Zero when there is no such day, or nothing left to edit.
	ZerosFrom usage.Date
}

// DeliveryState is how far a delivery has come.
type DeliveryState string

// The states of a delivery. Only a waiting one is still to be sent. Whether a replica works on it shows in its lease.
const (
	Waiting   DeliveryState = "waiting"
	Delivered DeliveryState = "delivered"
	Skipped   DeliveryState = "skipped"
	Failed    DeliveryState = "failed"
	Uncertain DeliveryState = "uncertain" // handed to the platform, and it cannot be found out whether it arrived
)

// Errors of a Store.
var (
	ErrNotFound    = errors.New("there is no such subscription")
	ErrFenced      = errors.New("another replica has claimed the delivery")
	ErrConflict    = errors.New("the subscription has changed meanwhile")
	ErrUnavailable = errors.New("the database does not answer")
	// ErrUnchanged ends an Edit that has nothing to change. Nothing of the edit is kept.
	ErrUnchanged = errors.New("there was nothing to change")
)

// Edit is a change to a subscription together with its record and its notices. They are stored in one transaction.
type Edit struct {
	ID string
	// IdempotencyKey names the event that asks for the change, so that it is made once; empty if there is none.
	IdempotencyKey string
	// Change rewrites schedule, owner, state, reason, pause, next due and refusals of the subscription. It may be called
	// more than once, and must not use the store. If it returns an error, ErrUnchanged for example, nothing is stored.
	Change  func(*Subscription) error
	Entry   access.Entry[Subscription] // for the record of changes; nil for what no person did
	Notices []Notice                   // for the owner: reason, period and time
}

// NewID returns a new subscription's id: six characters that are hard to confuse when typed.
func NewID() string { return strings.ToLower(rand.Text()[:6]) }

// Jitter returns how long after its slot a subscription's digests are due, less than spread. It depends on the id alone, so
// that a subscription's time does not wander, and is spread evenly over all ids.
func Jitter(id string, spread time.Duration) time.Duration {
	if spread <= 0 {
		return 0
	}
	sum := sha256.Sum256([]byte(id))
	share := float64(binary.BigEndian.Uint32(sum[:4])) / (1 << 32)
	return time.Duration(share * float64(spread)).Truncate(time.Second)
}

// Activate lets a subscription's digests go out from now on. Subscribing, resuming, subscribing again and the return of a
// chat all go through it. by is the person who does so, or empty. If the subscription was paused since its owner may not see
// the figures, by becomes the owner; the caller checks that by may see them. If a pause has ended by itself meanwhile,
// digests that have become due since its end are not lost.
func (s *Subscription) Activate(c Calendar, now time.Time, spread time.Duration, by string) error {
	jitter := Jitter(s.ID, spread)
	from := now.Add(-jitter)
	if ended := s.PausedUntil.Add(-time.Second); s.State == Paused && !s.PausedUntil.IsZero() && ended.Before(from) {
		from = ended
	}
	slot, err := c.Next(s.Schedule, from)
	if err != nil {
		return err
	}
	if s.Reason == NotAllowed && by != "" {
		s.OwnerID = by
	}
	s.State, s.Reason, s.PausedUntil, s.Refusals = Active, "", time.Time{}, 0
	s.NextDue = slot.At.Add(jitter)
	return nil
}
