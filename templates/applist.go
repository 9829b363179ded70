package templates

import "usagebot/usage"

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
func (t *Templates) AppList(lang Language, v AppListView) Card {
	w := t.in(lang)
	title := w.say("apps.title")
	if v.Changed {
		title = w.say("apps.changed")
	}
	p := newPage(header{Title: text(title), Template: blueHead}, title)
	p.add(w.leftOut(p.list(len(v.Apps), maxAppRows, func(i int) []element { return w.appRow(v.Apps[i]) }))...)
	p.add(remark(w.say("apps.how")))
	return p.card
}

func (w wording) appRow(a AppRow) []element {
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
		abilities = w.say("apps.abilities", "names", w.list(names))
	}
	lines := []element{paragraph(called), remark(dotted(name(a.App.ID), abilities))}
	return append(lines, buttonRow(drawAll([]Button{
		{w.say("apps.make_default"), a.MakeDefault}, {w.say("apps.remove"), a.Remove},
	}, plainButton, maxActions)...)...)
}
