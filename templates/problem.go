package templates

import (
	"slices"

	"usagebot/templates/card"
	"usagebot/usage"
)

// ProblemView is what went wrong and what to do about it.
type ProblemView struct {
	Key     ProblemKey
	Args    map[string]string // what the key's words need: see the keys
	Allowed []string          // what could stand there instead
	Example string            // one line to copy
	Scopes  []string          // the permissions that are missing, in the platform's names; those of the documents when empty

	Ask        []string      // open_ids of those who can put it right; a few of them are shown
	Suggestion *card.Button  // a near miss put right: Label is the word, Command the whole line, where nothing else is wrong
	Choices    []card.Button // other ways on, such as the nearest names

	Reference string // finds the error in the log
	LogID     string // finds the call in the platform's log
}

// Limits of a problem's card.
const (
	maxChoices = 8
	maxScopes  = 8
	maxLogID   = 100
	maxAsk     = 5
)

// Problem draws a problem.
func (t *Templates) Problem(lang Language, v ProblemView) card.Card {
	cat := t.in(lang)
	kind := v.Key.kind()
	what := cat.problem(v.Key, "what", v.Args)
	p := card.NewPage(card.Header{Title: card.Text(cat.text("problem.title." + kind.title)), Template: kind.head}, what)
	p.Add(card.Paragraph(what))
	p.Add(cat.suggestion(v.Suggestion)...)
	if len(v.Allowed) > 0 {
		p.Add(card.Paragraph(cat.text("problem.allowed", "words", cat.list(v.Allowed))))
	}
	p.Add(card.Paragraph(cat.todo(v)))
	if len(v.Scopes) == 0 {
		v.Scopes = v.Key.scopes()
	}
	p.Add(cat.contacts(v.Ask)...)
	p.Add(scopes(v.Scopes)...)
	if v.Example != "" {
		p.Add(card.Paragraph(cat.text("problem.example", "line", card.Clean(v.Example, card.MaxText/2))))
	}
	p.Add(card.ButtonRow(card.DrawAll(v.Choices, card.PlainButton, maxChoices)...)...)
	p.Add(cat.references(v)...)
	return p.Card
}

func (cat catalog) problem(k ProblemKey, part string, args map[string]string) string {
	values := make(map[string]string, len(args))
	for key, value := range args {
		values[key] = card.Name(value)
	}
	for _, argument := range []string{"arg", "other"} {
		if known := cat.optionalText("argument.", values[argument]+".name"); known != "" {
			values[argument] = known
		}
	}
	key := "problem." + string(k) + "."
	if cat.optionalText(key, part) == "" {
		key = "problem." + string(Internal) + "."
	}
	return cat.textWith(key+part, values)
}

// contacts shows whom to turn to.
func (cat catalog) contacts(ids []string) []card.Element {
	who := card.People(ids[:min(len(ids), maxAsk)]...)
	if len(who) == 0 {
		return nil
	}
	return append([]card.Element{card.Remark(cat.text("problem.ask"))}, card.Elements(who)...)
}

// todo says what to do. Of some arguments there is more to say than of a problem in general.
func (cat catalog) todo(v ProblemView) string {
	switch v.Key {
	case BadValue, MissingValue:
		if todo := cat.optionalText("argument.", v.Args["arg"]+".todo"); todo != "" {
			return todo
		}
	}
	return cat.problem(v.Key, "todo", v.Args)
}

// suggestion asks whether another word was meant. The button shows the line that it runs; without one, more is wrong with
// the line than that word.
func (cat catalog) suggestion(b *card.Button) []card.Element {
	if b == nil || b.Label == "" && !b.Usable() {
		return nil
	}
	word := b.Label
	if word == "" {
		word = b.Command
	}
	if !b.Usable() {
		return []card.Element{card.Paragraph(cat.text("problem.suggestion", "word", card.Name(word)))}
	}
	return append([]card.Element{card.Paragraph(cat.text("problem.suggestion", "word", card.Name(word)))},
		card.ButtonRow(card.Button{Command: b.Command}.Draw(card.PrimaryButton))...)
}

func scopes(names []string) []card.Element {
	var lines []card.Element
	for _, s := range names[:min(len(names), maxScopes)] {
		lines = append(lines, card.Paragraph(s))
	}
	return lines
}

func (cat catalog) references(v ProblemView) []card.Element {
	var lines []card.Element
	if v.Reference != "" {
		lines = append(lines, card.Remark(cat.text("problem.reference", "id", card.Clean(v.Reference, maxLogID))))
	}
	if v.LogID != "" {
		lines = append(lines, card.Remark(cat.text("problem.log_id", "id", card.Clean(v.LogID, maxLogID))))
	}
	return lines
}

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

// ChoiceView asks which of several departments is meant.
type ChoiceView struct {
	Word    string // what was asked for; empty when nothing was, and the reader may see no more than these
	Options []ChoiceOption
}

// ChoiceOption is one department and the command that asks for it.
type ChoiceOption struct {
	Name    string
	Path    string // with its parents, which is what tells two of one name apart
	Command string
}

const maxOptions = 10

// Choice draws a choice.
func (t *Templates) Choice(lang Language, v ChoiceView) card.Card {
	cat := t.in(lang)
	question := cat.text("choice.yours")
	if v.Word != "" {
		question = cat.count("choice.question", len(v.Options), "word", card.Name(v.Word))
	}
	p := card.NewPage(card.Header{Title: card.Text(cat.text("choice.title")), Template: card.BlueHead}, question)
	p.Add(card.Paragraph(question))
	left := p.List(len(v.Options), maxOptions, func(i int) []card.Element { return []card.Element{cat.option(v.Options[i])} })
	if left > 0 {
		p.Add(card.Remark(cat.count("choice.more", left)))
	}
	return p.Card
}

func (cat catalog) option(o ChoiceOption) card.ColumnSet {
	words := []card.Inner{card.Paragraph(card.Name(o.Name))}
	if o.Path != "" && o.Path != o.Name {
		words = append(words, card.Remark(card.Path(o.Path)))
	}
	return withButton(words, card.Button{Label: cat.text("choice.choose"), Command: o.Command})
}
