package templates

import (
	"slices"

	"usagebot/templates/card"
	"usagebot/usage"
)

// ProblemKey says which problem is told. The comment of each names the Args that its words use.
type ProblemKey string

// What is wrong with a typed line.
const (
	UnknownCommand  ProblemKey = "unknown_command"  // word
	UnknownWord     ProblemKey = "unknown_word"     // word
	BadValue        ProblemKey = "bad_value"        // arg: its name, such as dept; word
	MissingValue    ProblemKey = "missing_value"    // arg
	GivenTwice      ProblemKey = "given_twice"      // arg, word
	Conflict        ProblemKey = "conflict"         // arg, other: the two names
	UnclosedQuote   ProblemKey = "unclosed_quote"   // none
	UnexpectedValue ProblemKey = "unexpected_value" // word
	TooLong         ProblemKey = "too_long"         // limit: characters
)

// What was understood and cannot be answered.
const (
	DepartmentUnknown      ProblemKey = "department_unknown"      // word; Choices: the nearest
	SubjectUnknown         ProblemKey = "subject_unknown"         // word; Choices: the nearest departments
	DepartmentsUnavailable ProblemKey = "departments_unavailable" // none; Scopes
	AppUnknown             ProblemKey = "app_unknown"             // word; Allowed: the apps
	AppIDNeeded            ProblemKey = "app_id_needed"           // word: what is to be added and is no app's id
	AppNameTaken           ProblemKey = "app_name_taken"          // word: a name that another app has
	DateInFuture           ProblemKey = "date_in_future"          // date
	DayNotOut              ProblemKey = "day_not_out"             // date: today, of which nothing is out before tomorrow; newest: the newest day that is out
	NoDayOut               ProblemKey = "no_day_out"              // date; no day of late has figures
	WeekNotBegun           ProblemKey = "week_not_begun"          // none: of this week no day is out
	MonthNotBegun          ProblemKey = "month_not_begun"         // none: of this month no day is out
	NothingFor             ProblemKey = "nothing_for"             // what: an ability and a department; days
	NothingForYet          ProblemKey = "nothing_for_yet"         // the same, while the platform may still count
	NotAdmin               ProblemKey = "not_admin"               // none
	NotViewer              ProblemKey = "not_viewer"              // none
	DepartmentClosed       ProblemKey = "department_closed"       // word: the department; Allowed, Choices: those that may be seen
	TooFast                ProblemKey = "too_fast"                // limit: commands in a minute
	ChatTooFast            ProblemKey = "chat_too_fast"           // limit: the same of a chat
	Outsider               ProblemKey = "outsider"                // none
	NotAsked               ProblemKey = "not_asked"               // none
	RightsUnread           ProblemKey = "rights_unread"           // none
	Restarting             ProblemKey = "restarting"              // none
	Internal               ProblemKey = "internal"                // none; Reference
)

// What cannot be done with subscriptions.
const (
	SubscriptionUnknown ProblemKey = "subscription_unknown"  // word: the id
	NotManager          ProblemKey = "not_manager"           // none
	ForChat             ProblemKey = "for_chat"              // none: asked outside of any chat
	ForTerminal         ProblemKey = "for_terminal"          // none: the other way round
	ScheduleBad         ProblemKey = "schedule_bad"          // word: what is wrong with it
	ZoneUnknown         ProblemKey = "zone_unknown"          // word
	SubscriptionPaused  ProblemKey = "subscription_paused"   // word: the id
	NewOwnerMayNotSee   ProblemKey = "new_owner_may_not_see" // none
	DateInPast          ProblemKey = "date_in_past"          // date: the end of a pause, which has to be to come
	TooMany             ProblemKey = "too_many"              // limit: subscriptions of a chat
	Unforgotten         ProblemKey = "unforgotten"           // somebody is not forgotten yet
	TooManyOfPerson     ProblemKey = "too_many_of_person"    // limit: subscriptions that one person answers for
	TooManyInAll        ProblemKey = "too_many_in_all"       // limit: subscriptions of all chats
	ChatUnreadable      ProblemKey = "chat_unreadable"       // none; Scopes
	DatabaseAway        ProblemKey = "database_away"         // none
	TestNotReady        ProblemKey = "test_not_ready"        // date: the days whose figures are not out
)

// Why the platform does not take the bot's messages.
const (
	BotOff          ProblemKey = "bot_off"          // none
	MessageScope    ProblemKey = "message_scope"    // none; Scopes
	MessageRejected ProblemKey = "message_rejected" // code
)

// reasonPrefix begins the key of each usage.Reason.
const reasonPrefix = "reason_"

// ReasonKey returns the key of a reason for which the platform gave no figures: Args code, for usage.Rejected; Scopes for
// usage.MissingScope. An unknown reason is told as usage.Rejected.
func ReasonKey(r usage.Reason) ProblemKey {
	if slices.Contains(reasons(), r) {
		return ProblemKey(reasonPrefix + string(r))
	}
	return ProblemKey(reasonPrefix + string(usage.Rejected))
}

func reasons() []usage.Reason {
	return []usage.Reason{
		usage.PlanTooSmall, usage.UnknownApp, usage.UnknownDepartment, usage.BadDate, usage.BadAbility, usage.BadCycle,
		usage.BadRange, usage.NoData, usage.MissingScope, usage.WrongSecret, usage.AppDisabled, usage.IPDenied,
		usage.MonthQuota, usage.Throttled, usage.Unavailable, usage.Rejected,
	}
}

// ProblemKeys returns every key.
func ProblemKeys() []ProblemKey {
	keys := []ProblemKey{
		UnknownCommand, UnknownWord, BadValue, MissingValue, GivenTwice, Conflict, UnclosedQuote, UnexpectedValue, TooLong,
		DepartmentUnknown, SubjectUnknown, DepartmentsUnavailable, AppUnknown, AppIDNeeded, AppNameTaken, DateInFuture, DayNotOut, NoDayOut, WeekNotBegun, MonthNotBegun,
		NothingFor, NothingForYet, NotAdmin, NotViewer, DepartmentClosed, TooFast, ChatTooFast, Outsider, NotAsked, RightsUnread, Restarting, Internal,
		SubscriptionUnknown, NotManager, ForChat, ForTerminal, SubscriptionPaused, NewOwnerMayNotSee, ScheduleBad, ZoneUnknown, DateInPast, TooMany, TooManyOfPerson, TooManyInAll, Unforgotten, ChatUnreadable, DatabaseAway, TestNotReady,
		BotOff, MessageScope, MessageRejected,
	}
	for _, r := range reasons() {
		keys = append(keys, ReasonKey(r))
	}
	return keys
}

// problemKind is the title and the colour that problems share.
type problemKind struct {
	title string
	head  card.Template
}

func (k ProblemKey) kind() problemKind {
	switch k {
	case ForChat, ForTerminal:
		return problemKind{"elsewhere", card.OrangeHead}
	case UnknownCommand, UnknownWord, BadValue, MissingValue, GivenTwice, Conflict, UnclosedQuote, UnexpectedValue, TooLong,
		ScheduleBad, ZoneUnknown, DateInPast, AppIDNeeded, AppNameTaken:
		return problemKind{"typed", card.OrangeHead}
	case DepartmentUnknown, SubjectUnknown, AppUnknown, SubscriptionUnknown, ReasonKey(usage.UnknownDepartment):
		return problemKind{"not_found", card.OrangeHead}
	case DateInFuture, DayNotOut, NoDayOut, WeekNotBegun, MonthNotBegun, NothingFor, NothingForYet, TestNotReady, ReasonKey(usage.NoData),
		ReasonKey(usage.BadRange):
		return problemKind{"no_figures", card.OrangeHead}
	case NotAdmin, NotViewer, DepartmentClosed, Outsider, NotAsked, NotManager, SubscriptionPaused, NewOwnerMayNotSee:
		return problemKind{"not_allowed", card.GreyHead}
	case TooMany, TooManyOfPerson, TooManyInAll, TooFast, ChatTooFast:
		return problemKind{"limit", card.OrangeHead}
	case Restarting, DatabaseAway, Unforgotten, RightsUnread, ReasonKey(usage.Throttled), ReasonKey(usage.Unavailable):
		return problemKind{"later", card.OrangeHead}
	case DepartmentsUnavailable, ChatUnreadable, BotOff, MessageScope, MessageRejected, ReasonKey(usage.PlanTooSmall),
		ReasonKey(usage.UnknownApp), ReasonKey(usage.MissingScope), ReasonKey(usage.WrongSecret),
		ReasonKey(usage.AppDisabled), ReasonKey(usage.IPDenied), ReasonKey(usage.MonthQuota):
		return problemKind{"administrator", card.RedHead}
	}
	return problemKind{"internal", card.RedHead}
}

// NeedsAdministrator reports whether an administrator of the bot can put it right, and nobody else.
func (k ProblemKey) NeedsAdministrator() bool {
	switch k {
	case NotAdmin, NotViewer, DepartmentClosed, TooManyInAll:
		return true
	}
	return k.kind().title == "administrator"
}

// scopes are the permissions that the platform's documents ask for.
func (k ProblemKey) scopes() []string {
	switch k {
	case ReasonKey(usage.MissingScope):
		return []string{"application:application.app_usage_stats.overview:readonly"}
	case ChatUnreadable:
		return []string{"im:chat:read"}
	case MessageScope:
		return []string{"im:message:send_as_bot"}
	case DepartmentsUnavailable:
		return []string{
			"contact:contact.base:readonly", "contact:department.base:readonly", "contact:department.organize:readonly",
		}
	}
	return nil
}
