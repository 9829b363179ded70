package reports

import (
	"errors"
	"time"

	"usagebot/usage"
)

// Subscription is a standing order for a digest to one chat. There is one for each thing that a chat is told of:
// (chat, app, ability, cycle, department) is unique, the removed ones aside.
type Subscription struct {
	ID       string // short enough to be typed: see NewID
	ChatID   string
	Single   bool   // the chat is somebody's single chat with the bot
	OwnerID  string // open_id of who answers for it
	AppID    string
	Ability  usage.Ability
	Schedule Schedule // with the cycle

	DepartmentID   string // open_department_id; empty for the whole tenant
	DepartmentName string // as it was called when it was chosen

	State       SubscriptionState
	Reason      Reason    // why it is paused
	PausedUntil time.Time // when it goes on by itself; zero: when somebody says so
	NextDue     time.Time // when the next digest is due, jitter included
	Refusals    int       // how often in a row the chat did not let the bot write

	CreatedAt time.Time
	UpdatedAt time.Time
}

// Key is what tells a chat's subscriptions apart.
type Key struct {
	ChatID, AppID string
	Ability       usage.Ability
	Cycle         usage.Cycle
	DepartmentID  string
}

// Key returns what the subscription is for. It never changes.
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

// Reason is why something did not go as planned, worded elsewhere.
type Reason string

// The reasons. Each says whether it belongs to a subscription, a delivery or both.
const (
	ByPerson      Reason = "by_person"      // both: somebody paused or removed it
	ChatGone      Reason = "chat_gone"      // both: the bot was removed, the chat dissolved, the person left
	ChatForbids   Reason = "chat_forbids"   // both: the chat's settings keep the bot from writing
	Missed        Reason = "missed"         // delivery: the bot was away, and a newer period was due when it came back
	TooLate       Reason = "too_late"       // delivery: its grace was over
	FiguresAbsent Reason = "figures_absent" // delivery: its figures were not out when its grace was over
	NotOut        Reason = "not_out"        // delivery: waiting for its figures
	Busy          Reason = "busy"           // delivery: the platform asks to wait
	Lost          Reason = "lost"           // delivery: the platform's answer was lost
	Refusing      Reason = "refusing"       // delivery: the platform refuses the bot in its chat, and it is not known yet whether elsewhere too
	OnHold        Reason = "on_hold"        // delivery: the bot's own app is refused; administrators were told
	Refused       Reason = "refused"        // delivery: the platform does not take the message
	NoFigures     Reason = "no_figures"     // delivery: the platform refuses the question
	NothingFor    Reason = "nothing_for"    // delivery: it says that there are no figures for its ability or department
	Internal      Reason = "internal"       // delivery: an error of the bot's own
	NotAllowed    Reason = "not_allowed"    // both: its owner may not see any more what it carries
	RightsUnread  Reason = "rights_unread"  // delivery: it cannot be found out whether its owner may see what it carries
	ChatExternal  Reason = "chat_external"  // both: the chat is shared with another organisation, and such are not answered
	BadSchedule   Reason = "bad_schedule"   // both: its time zone or its day is not known
)

// Delivery is one digest on its way: unique by subscription and period. It is the only record of whether the digest has
// gone out.
type Delivery struct {
	SubscriptionID string
	Period         usage.Period
	Slot           time.Time // when it was due, jitter included
	State          DeliveryState
	Reason         Reason
	Detail         string // for whoever looks into it: a code and a log id; never shown to a chat as it is

	TryAt        time.Time // when it is looked at next; only while open, or sent with zeros
	Lease        time.Time // until when it is somebody's; zero when nobody has it
	Fence        int64     // counts claims: a former claimant's is smaller
	Tries        int       // attempts to send
	SentAt       time.Time // when a message was first handed to the platform; zero before
	Searches     int       // attempts to find the message in its chat, the hour being over
	Waited       bool      // it had to wait for its figures
	LateNoticeAt time.Time // when the chat was told that the figures are late; zero if it was not
	Late         bool      // it was drawn over an hour after it was due, and says so
	DoneAt       time.Time // when it ceased to be open
	Message      string    // message_id, once it is delivered

	// ZerosFrom is the first of its last days that had zeros only when it was sent: its message is amended if their figures
	// come. Zero when there is none, and when there is nothing left to amend.
	ZerosFrom usage.Date
}

// DeliveryState is how far a delivery has come.
type DeliveryState string

// The states of a delivery. Waiting is the only open one: whether it is claimed is told by its lease.
const (
	Waiting   DeliveryState = "waiting"
	Delivered DeliveryState = "delivered"
	Skipped   DeliveryState = "skipped"
	Failed    DeliveryState = "failed"
	Uncertain DeliveryState = "uncertain" // handed to the platform, and nobody can say whether it arrived
)

// Errors of a ledger.
var (
	ErrNotFound    = errors.New("there is no such subscription")
	ErrFenced      = errors.New("the delivery has been claimed by somebody else")
	ErrConflict    = errors.New("the subscription has changed meanwhile")
	ErrUnavailable = errors.New("the database does not answer")
)
