package templates

import "time"

// AdminAlertView tells administrators that digests are on hold, since the platform refuses the bot's own app.
type AdminAlertView struct {
	Key     ProblemKey        // why: BotOff, MessageScope, MessageRejected, or that of a usage.Reason
	Args    map[string]string // what the key's words need
	Scopes  []string          // the permissions that are missing; those of the documents when empty
	Since   time.Time         // from when on they are held, in the zone that the administrators use
	Waiting int               // how many digests are held now; not told when 0
	LogID   string            // finds the call in the platform's log
}

// AdminAlert draws the alert.
func (t *Templates) AdminAlert(lang Language, v AdminAlertView) Card {
	w := t.in(lang)
	title, what := w.say("alert.title"), w.problem(v.Key, "what", v.Args)
	p := newPage(header{Title: text(title), Template: redHead}, w.say("line.titled", "title", title, "text", what))
	p.add(paragraph(what))
	p.add(paragraph(w.problem(v.Key, "todo", v.Args)))
	if len(v.Scopes) == 0 {
		v.Scopes = v.Key.scopes()
	}
	p.add(scopes(v.Scopes)...)
	if v.Waiting > 0 {
		p.add(paragraph(w.count("alert.waiting", v.Waiting, "since", w.moment(v.Since))))
	}
	p.add(remark(w.say("alert.after")))
	p.add(w.references(ProblemView{LogID: v.LogID})...)
	return p.card
}
