package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// AppListView lists the apps that are reported on, for administrators.
type AppListView struct {
	Changed bool
	Apps    []AppRow
}

// AppRow is one of them.
type AppRow struct {
	App             usage.App
	Default         bool
	MakeDefault     string // the commands; none when empty
	Remove          string
	Abilities       []usage.Ability // as far as the platform tells
	AbilitiesHidden bool            // it does not
}

const maxAppRows = 15

// AppList draws the list.
func (t *Templates) AppList(lang Language, v AppListView) card.Card {
	w := t.in(lang)
	title := w.say("apps.title")
	if v.Changed {
		title = w.say("apps.changed")
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, title)
	p.Add(w.leftOut(p.List(len(v.Apps), maxAppRows, func(i int) []card.Element { return w.appRow(v.Apps[i]) }))...)
	p.Add(card.Remark(w.say("apps.how")))
	return p.Card
}

func (w wording) appRow(a AppRow) []card.Element {
	called := appName(a.App)
	if a.Default {
		called = w.say("apps.default", "app", called)
	}
	abilities := w.say("apps.abilities_hidden")
	if !a.AbilitiesHidden {
		var names []string
		for _, ability := range a.Abilities {
			names = append(names, w.ability(ability))
		}
		abilities = w.say("apps.abilities", "names", w.List(names))
	}
	lines := []card.Element{card.Paragraph(called), card.Remark(card.Dotted(card.Name(a.App.ID), abilities))}
	return append(lines, card.ButtonRow(card.DrawAll([]card.Button{
		{Label: w.say("apps.make_default"), Command: a.MakeDefault}, {Label: w.say("apps.remove"), Command: a.Remove},
	}, card.PlainButton, maxActions)...)...)
}
