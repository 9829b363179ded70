package templates

// Outcome is what became of one digest.
type Outcome string

// The outcomes.
const (
	Delivered Outcome = "delivered"
	Waiting   Outcome = "waiting"
	Skipped   Outcome = "skipped"
	Failed    Outcome = "failed"
	Uncertain Outcome = "uncertain" // nobody can say whether it arrived
)

// Outcomes returns every outcome.
func Outcomes() []Outcome { return []Outcome{Delivered, Waiting, Skipped, Failed, Uncertain} }

// Cause is why a subscription is paused or a digest did not go out as planned. One that is not known here is not told.
type Cause string

// The causes, by the names that the rest of the program has for them.
const (
	CauseByPerson      Cause = "by_person"
	CauseChatGone      Cause = "chat_gone"
	CauseChatForbids   Cause = "chat_forbids"
	CauseMissed        Cause = "missed"
	CauseTooLate       Cause = "too_late"
	CauseFiguresAbsent Cause = "figures_absent"
	CauseNotOut        Cause = "not_out"
	CauseBusy          Cause = "busy"
	CauseLost          Cause = "lost"
	CauseRefusing      Cause = "refusing"
	CauseOnHold        Cause = "on_hold"
	CauseRefused       Cause = "refused"
	CauseNoFigures     Cause = "no_figures"
	CauseNothingFor    Cause = "nothing_for"
	CauseInternal      Cause = "internal"
	CauseNotAllowed    Cause = "not_allowed"
	CauseBadSchedule   Cause = "bad_schedule"
	CauseRightsUnread  Cause = "rights_unread"
	CauseChatExternal  Cause = "chat_external"
)

// Causes returns every cause.
func Causes() []Cause {
	return []Cause{
		CauseByPerson, CauseChatGone, CauseChatForbids, CauseMissed, CauseTooLate, CauseFiguresAbsent, CauseNotOut, CauseBusy,
		CauseLost, CauseRefusing, CauseOnHold, CauseRefused, CauseNoFigures, CauseNothingFor, CauseInternal, CauseNotAllowed, CauseBadSchedule,
		CauseRightsUnread, CauseChatExternal,
	}
}

// outcome names an outcome; its words are the same in every card.
func (w wording) outcome(o Outcome) string { return w.say("outcome." + string(o)) }

// cause words a cause of what became of a digest. That it waits for its figures is in the word for waiting already, and one
// that was delivered needs no other word than that it had no figures.
func (w wording) cause(o Outcome, c Cause, t Topic) string {
	if o == Delivered && c != CauseNothingFor || o == Waiting && c == CauseNotOut || w.about("cause.", string(c)) == "" {
		return ""
	}
	return w.say("cause."+string(c), "what", w.selection(t.Ability, t.Department, t.DepartmentPath))
}

// outcomeWithCause is both in one.
func (w wording) outcomeWithCause(o Outcome, c Cause, t Topic) string {
	if cause := w.cause(o, c, t); cause != "" {
		return w.say("outcome.with_cause", "outcome", w.outcome(o), "cause", cause)
	}
	return w.outcome(o)
}
