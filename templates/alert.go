package templates

import (
	"time"

	"usagebot/templates/card"
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
func (t *Templates) AdminAlert(lang Language, v AdminAlertView) card.Card {
	w := t.in(lang)
	title, what := w.say("alert.title"), w.problem(v.Key, "what", v.Args)
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.RedHead}, w.say("line.titled", "title", title, "text", what))
	if v.App != (usage.App{}) {
		p.Add(card.Paragraph(w.say("alert.app", "app", appName(v.App))))
	}
	p.Add(card.Paragraph(what))
	p.Add(card.Paragraph(w.problem(v.Key, "todo", v.Args)))
	if len(v.Scopes) == 0 {
		v.Scopes = v.Key.scopes()
	}
	p.Add(scopes(v.Scopes)...)
	p.Add(card.Remark(w.say("alert.since", "since", w.moment(v.Since))))
	p.Add(card.Remark(w.say("alert.after")))
	p.Add(w.references(ProblemView{LogID: v.LogID})...)
	return p.Card
}
