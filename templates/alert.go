package templates

import (
	"time"

	"usagebot/usage"
)

// AdminAlertView tells administrators that digests are on hold, since the platform refuses the bot's own app, or what it
// asks of another.
type AdminAlertView struct {
	Key    ProblemKey        // why: BotOff, MessageScope, MessageRejected, or that of a usage.Reason
	Args   map[string]string // what the key's words need
	Scopes []string          // the permissions that are missing; those of the documents when empty
	App    usage.App         // whose digests wait; none when all do
	Since  time.Time         // from when on they wait, in the zone that the administrators use
	LogID  string            // finds the call in the platform's log
}

// AdminAlert draws the alert.
func (t *Templates) AdminAlert(lang Language, v AdminAlertView) Card {
	w := t.in(lang)
	title, what := w.say("alert.title"), w.problem(v.Key, "what", v.Args)
	p := newPage(header{Title: text(title), Template: redHead}, w.say("line.titled", "title", title, "text", what))
	if v.App != (usage.App{}) {
		p.add(paragraph(w.say("alert.app", "app", appName(v.App))))
	}
	p.add(paragraph(what))
	p.add(paragraph(w.problem(v.Key, "todo", v.Args)))
	if len(v.Scopes) == 0 {
		v.Scopes = v.Key.scopes()
	}
	p.add(scopes(v.Scopes)...)
	p.add(remark(w.say("alert.since", "since", w.moment(v.Since))))
	p.add(remark(w.say("alert.after")))
	p.add(w.references(ProblemView{LogID: v.LogID})...)
	return p.card
}
