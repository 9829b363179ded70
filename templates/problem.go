package templates

import (
	"slices"

	"usagebot/templates/card"
	"usagebot/usage"
)

// ProblemView says what went wrong and what to do about it.
type ProblemView struct {
	Key     ProblemKey
	Args    map[string]string // placeholders of the key's texts, listed at the keys
	Allowed []string          // values that would be accepted
	Example string            // a line to copy
	Scopes  []string          // missing permissions; if empty, those that the platform's documents name

	Ask        []string      // open_ids of people who can help; only some are shown
	Refresh    string        // the question that is not answered; shown only if asking it again may help
	Suggestion *card.Button  // a corrected typing error: Label is the word, Command the whole line, empty if the line has other errors
	Choices    []card.Button // alternatives, such as similar names

	Reference string // finds the error in the log
	LogID     string // finds the call in the platform's log
}

// Limits of a problem card.
const (
	maxChoices = 8
	maxScopes  = 8
	maxLogID   = 100
	maxAsk     = 5
)

// Problem draws a problem.
func Problem(cat Catalog, v ProblemView) card.Card {
	kind := v.Key.kind()
	what := problem(cat, v.Key, "what", v.Args)
	p := card.NewPage(card.Header{Title: card.Text(cat.Text("problem.title." + kind.title)), Template: kind.head}, what)
	p.Add(card.Paragraph(what))
	p.Add(suggestion(cat, v.Suggestion)...)
	if len(v.Allowed) > 0 {
		p.Add(card.Paragraph(cat.Text("problem.allowed", "words", cat.list(v.Allowed))))
	}
	p.Add(card.Paragraph(todo(cat, v)))
	if len(v.Scopes) == 0 {
		v.Scopes = v.Key.scopes()
	}
	p.Add(contacts(cat, v.Ask)...)
	p.Add(scopes(v.Scopes)...)
	if v.Example != "" {
		p.Add(card.Paragraph(cat.Text("problem.example", "line", card.Clean(v.Example, card.MaxText/2))))
	}
	if v.Refresh != "" && v.Key.onlyAdministrator() {
		p.Add(card.Paragraph(cat.Text("problem.only_administrator")))
	}
	if v.Key.passes() {
		p.Add(refresh(cat, v.Refresh)...)
	}
	p.Add(card.ButtonRow(card.DrawAll(v.Choices, card.PlainButton, maxChoices)...)...)
	p.Add(references(cat, v)...)
	return p.Card
}

func problem(cat Catalog, k ProblemKey, part string, args map[string]string) string {
	values := make(map[string]string, len(args))
	for key, value := range args {
		values[key] = card.Name(value)
	}
	for _, argument := range []string{"arg", "other"} {
		if known := optionalText(cat, "argument.", values[argument]+".name"); known != "" {
			values[argument] = known
		}
	}
	key := "problem." + string(k) + "."
	if optionalText(cat, key, part) == "" {
		key = "problem." + string(Internal) + "."
	}
	return cat.TextWith(key+part, values)
}

// contacts shows whom to ask.
func contacts(cat Catalog, ids []string) []card.Element {
	who := card.People(ids[:min(len(ids), maxAsk)]...)
	if len(who) == 0 {
		return nil
	}
	return append([]card.Element{card.SmallText(cat.Text("problem.ask"))}, card.Elements(who)...)
}

// todo says what to do. Some arguments have a more specific text than the problem.
func todo(cat Catalog, v ProblemView) string {
	switch v.Key {
	case BadValue, MissingValue:
		if todo := optionalText(cat, "argument.", v.Args["arg"]+".todo"); todo != "" {
			return todo
		}
	}
	return problem(cat, v.Key, "todo", v.Args)
}

// suggestion asks whether another word was meant. The button shows the corrected line; there is none if the line has
// other errors.
func suggestion(cat Catalog, b *card.Button) []card.Element {
	if b == nil || b.Label == "" && !b.Usable() {
		return nil
	}
	word := b.Label
	if word == "" {
		word = b.Command
	}
	if !b.Usable() {
		return []card.Element{card.Paragraph(cat.Text("problem.suggestion", "word", card.Name(word)))}
	}
	return append([]card.Element{card.Paragraph(cat.Text("problem.suggestion", "word", card.Name(word)))},
		card.ButtonRow(card.Button{Command: b.Command}.Draw(card.PrimaryButton))...)
}

func scopes(names []string) []card.Element {
	var lines []card.Element
	for _, s := range names[:min(len(names), maxScopes)] {
		lines = append(lines, card.Paragraph(s))
	}
	return lines
}

func references(cat Catalog, v ProblemView) []card.Element {
	var lines []card.Element
	if v.Reference != "" {
		lines = append(lines, card.SmallText(cat.Text("problem.reference", "id", card.Clean(v.Reference, maxLogID))))
	}
	if v.LogID != "" {
		lines = append(lines, card.SmallText(cat.Text("problem.log_id", "id", card.Clean(v.LogID, maxLogID))))
	}
	return lines
}

// ProblemKey identifies a problem. The comment of each key lists the Args of its texts.
type ProblemKey string

// Errors in a typed line.
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

	TooFewCompared  ProblemKey = "too_few_compared"  // none
	TooManyCompared ProblemKey = "too_many_compared" // word: the first that is too many; Choices: the ranking
	TwoCompared     ProblemKey = "two_compared"      // arg, other: the two that are repeated
	SameCompared    ProblemKey = "same_compared"     // word
	NoSuchDay       ProblemKey = "no_such_day"       // word; year, month, days: how many it has
	NeverSuchDay    ProblemKey = "never_such_day"    // the same without the year
	NoMonthHasDay   ProblemKey = "no_month_has_day"  // word; days: how many the longest month has
	OnePeriod       ProblemKey = "one_period"        // word
	RangeTooLong    ProblemKey = "range_too_long"    // days: of the range; daily, weekly, monthly: how many have room; Choices: in longer cycles
	RangeReversed   ProblemKey = "range_reversed"    // none
)

// Commands that are valid but cannot be answered.
const (
	DepartmentUnknown      ProblemKey = "department_unknown"      // word; Choices: the nearest
	SubjectUnknown         ProblemKey = "subject_unknown"         // word; Choices: the nearest departments
	DepartmentsUnavailable ProblemKey = "departments_unavailable" // none; Scopes
	AppUnknown             ProblemKey = "app_unknown"             // word; Allowed: the apps
	AppIDNeeded            ProblemKey = "app_id_needed"           // word: it is not an app id
	AppNameTaken           ProblemKey = "app_name_taken"          // word: the name, which another app has
	AbilityMissing         ProblemKey = "ability_missing"         // app, ability; has: the abilities that the app has; Choices: the same for those
	DateInFuture           ProblemKey = "date_in_future"          // date
	DayNotOut              ProblemKey = "day_not_out"             // date: today, which is never published before tomorrow; newest: the newest published day
	NoDayOut               ProblemKey = "no_day_out"              // date; no recent day has figures
	WeekNotBegun           ProblemKey = "week_not_begun"          // none: no day of this week is published
	MonthNotBegun          ProblemKey = "month_not_begun"         // none: no day of this month is published
	NothingFor             ProblemKey = "nothing_for"             // what: an ability and a department; days
	NothingForYet          ProblemKey = "nothing_for_yet"         // the same, while the platform may still be counting
	NotAdmin               ProblemKey = "not_admin"               // none
	NotViewer              ProblemKey = "not_viewer"              // none
	DepartmentClosed       ProblemKey = "department_closed"       // word: the department; Allowed, Choices: those that may be seen
	ThisDepartmentClosed   ProblemKey = "this_department_closed"  // the same without its name
	TooFast                ProblemKey = "too_fast"                // limit: questions of a person in a minute; seconds: to wait
	ClicksTooFast          ProblemKey = "clicks_too_fast"         // the same for clicks
	ChatTooFast            ProblemKey = "chat_too_fast"           // the same for questions in a chat
	ExternalUser           ProblemKey = "outsider"                // none
	NotAsked               ProblemKey = "not_asked"               // none
	RightsUnread           ProblemKey = "rights_unread"           // none
	Restarting             ProblemKey = "restarting"              // none
	Internal               ProblemKey = "internal"                // none; Reference
)

// Problems with subscriptions.
const (
	SubscriptionUnknown ProblemKey = "subscription_unknown"  // word: the id
	NotManager          ProblemKey = "not_manager"           // none
	ForChat             ProblemKey = "for_chat"              // none: the command needs a chat
	ForTerminal         ProblemKey = "for_terminal"          // none: the command does not work in a chat
	ScheduleBad         ProblemKey = "schedule_bad"          // word: what is wrong with it
	ZoneUnknown         ProblemKey = "zone_unknown"          // word
	SubscriptionPaused  ProblemKey = "subscription_paused"   // word: the id
	NewOwnerMayNotSee   ProblemKey = "new_owner_may_not_see" // none
	DateInPast          ProblemKey = "date_in_past"          // date: the end of a pause, which must be in the future
	TooMany             ProblemKey = "too_many"              // limit: subscriptions of a chat
	Outdated            ProblemKey = "outdated"              // none: a later order has changed the same
	Unforgotten         ProblemKey = "unforgotten"           // none: a person's data could not be deleted yet
	Forgotten           ProblemKey = "forgotten"             // none: the person was forgotten after asking
	TooManyOfPerson     ProblemKey = "too_many_of_person"    // limit: subscriptions of one owner
	TooManyInAll        ProblemKey = "too_many_in_all"       // limit: subscriptions of all chats
	ChatUnreadable      ProblemKey = "chat_unreadable"       // none; Scopes
	DatabaseUnavailable ProblemKey = "database_away"         // none
	TestNotReady        ProblemKey = "test_not_ready"        // date: the days whose figures are not published
)

// Why the platform refuses the bot's messages.
const (
	BotOff          ProblemKey = "bot_off"          // none
	MessageScope    ProblemKey = "message_scope"    // none; Scopes
	MessageRejected ProblemKey = "message_rejected" // code
)

// reasonPrefix is the prefix of the keys of a usage.Reason.
const reasonPrefix = "reason_"

// ReasonKey returns the key of a usage.Reason. Args: code, for usage.Rejected; Scopes for usage.MissingScope. An
// unknown reason is treated as usage.Rejected.
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
		TooFewCompared, TooManyCompared, TwoCompared, SameCompared, AbilityMissing,
		NoSuchDay, NeverSuchDay, NoMonthHasDay, OnePeriod, RangeTooLong, RangeReversed,
		DepartmentUnknown, SubjectUnknown, DepartmentsUnavailable, AppUnknown, AppIDNeeded, AppNameTaken, DateInFuture, DayNotOut, NoDayOut, WeekNotBegun, MonthNotBegun,
		NothingFor, NothingForYet, NotAdmin, NotViewer, DepartmentClosed, ThisDepartmentClosed, TooFast, ClicksTooFast, ChatTooFast, ExternalUser, NotAsked, RightsUnread, Restarting, Internal,
		SubscriptionUnknown, NotManager, ForChat, ForTerminal, SubscriptionPaused, NewOwnerMayNotSee, ScheduleBad, ZoneUnknown, DateInPast, TooMany, TooManyOfPerson, TooManyInAll, Outdated, Unforgotten, Forgotten, ChatUnreadable, DatabaseUnavailable, TestNotReady,
		BotOff, MessageScope, MessageRejected,
	}
	for _, r := range reasons() {
		keys = append(keys, ReasonKey(r))
	}
	return keys
}

// problemKind is the title and colour of a group of problems.
type problemKind struct {
	title string
	head  card.Template
}

func (k ProblemKey) kind() problemKind {
	switch k {
	case ForChat, ForTerminal:
		return problemKind{"elsewhere", card.OrangeHead}
	case UnknownCommand, UnknownWord, BadValue, MissingValue, GivenTwice, Conflict, UnclosedQuote, UnexpectedValue, TooLong,
		TooFewCompared, TooManyCompared, TwoCompared, SameCompared,
		NoSuchDay, NeverSuchDay, NoMonthHasDay, OnePeriod, RangeTooLong, RangeReversed,
		ScheduleBad, ZoneUnknown, DateInPast, AppIDNeeded, AppNameTaken:
		return problemKind{"typed", card.OrangeHead}
	case DepartmentUnknown, SubjectUnknown, AppUnknown, SubscriptionUnknown, ReasonKey(usage.UnknownDepartment):
		return problemKind{"not_found", card.OrangeHead}
	case DateInFuture, DayNotOut, NoDayOut, WeekNotBegun, MonthNotBegun, NothingFor, NothingForYet, AbilityMissing, TestNotReady, ReasonKey(usage.NoData),
		ReasonKey(usage.BadRange):
		return problemKind{"no_figures", card.OrangeHead}
	case Outdated:
		return problemKind{"not_done", card.OrangeHead}
	case NotAdmin, NotViewer, DepartmentClosed, ThisDepartmentClosed, ExternalUser, NotAsked, NotManager, SubscriptionPaused, NewOwnerMayNotSee:
		return problemKind{"not_allowed", card.GreyHead}
	case Forgotten:
		return problemKind{"unanswered", card.GreyHead}
	case TooMany, TooManyOfPerson, TooManyInAll:
		return problemKind{"limit", card.OrangeHead}
	case TooFast, ClicksTooFast, ChatTooFast, Restarting, DatabaseUnavailable, Unforgotten, RightsUnread, ReasonKey(usage.Throttled), ReasonKey(usage.Unavailable):
		return problemKind{"later", card.OrangeHead}
	case DepartmentsUnavailable, ChatUnreadable, BotOff, MessageScope, MessageRejected, ReasonKey(usage.PlanTooSmall),
		ReasonKey(usage.UnknownApp), ReasonKey(usage.MissingScope), ReasonKey(usage.WrongSecret),
		ReasonKey(usage.AppDisabled), ReasonKey(usage.IPDenied), ReasonKey(usage.MonthQuota):
		return problemKind{"administrator", card.RedHead}
	}
	return problemKind{"internal", card.RedHead}
}

// NeedsAdministrator reports whether only an administrator of the bot can solve the problem.
func (k ProblemKey) NeedsAdministrator() bool {
	switch k {
	case NotAdmin, NotViewer, DepartmentClosed, ThisDepartmentClosed, TooManyInAll:
		return true
	}
	return k.kind().title == "administrator"
}

// onlyAdministrator reports whether a question stays unanswered until an administrator has solved the problem.
func (k ProblemKey) onlyAdministrator() bool {
	return k.kind().title == "administrator" && k != ReasonKey(usage.MonthQuota) // which comes back with the next month
}

// passes reports whether the same question may be answered later: nothing is wrong with the question itself.
func (k ProblemKey) passes() bool {
	switch k {
	case NothingForYet, NoDayOut, ReasonKey(usage.NoData):
		return true
	case ReasonKey(usage.BadAbility), TooFast, ClicksTooFast, ChatTooFast: // a button would be refused again
		return false
	}
	switch k.kind().title {
	case "later", "administrator", "internal":
		return true
	}
	return false
}

// scopes returns the permissions that the platform's documents name.
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

// ChoiceView asks which of several departments is meant.
type ChoiceView struct {
	Word    string // what was typed; empty if nothing was and the reader may only see these departments
	Options []ChoiceOption
}

// ChoiceOption is one department or app, and the command that asks for it.
type ChoiceOption struct {
	App     bool // an app
	Name    string
	Path    string // with the parents, to tell departments of the same name apart
	Command string
}

const maxOptions = 10

// Choice draws a choice.
func Choice(cat Catalog, v ChoiceView) card.Card {
	title, question := cat.Text("choice.title"), cat.Text("choice.yours")
	switch {
	case slices.ContainsFunc(v.Options, func(o ChoiceOption) bool { return o.App }):
		title, question = cat.Text("choice.app_title"), cat.Text("choice.app_question", "word", card.Name(v.Word))
	case v.Word != "":
		question = cat.count("choice.question", len(v.Options), "word", card.Name(v.Word))
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, question)
	p.Add(card.Paragraph(question))
	left := p.List(len(v.Options), maxOptions, func(i int) []card.Element { return []card.Element{option(cat, v.Options[i])} })
	if left > 0 {
		p.Add(card.SmallText(cat.count("choice.more", left)))
	}
	return p.Card
}

func option(cat Catalog, o ChoiceOption) card.ColumnSet {
	words := []card.Inner{card.Paragraph(card.Name(o.Name))}
	if o.App {
		words = append(words, card.SmallText(cat.Text("choice.app")))
	}
	if o.Path != "" && o.Path != o.Name {
		words = append(words, card.SmallText(card.Path(o.Path)))
	}
	return withButton(words, card.Button{Label: cat.Text("choice.choose"), Command: o.Command})
}
