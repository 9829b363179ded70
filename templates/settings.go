package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// SettingsView is what a chat has chosen.
type SettingsView struct {
	Changed   bool // something was just changed
	Language  Language
	App       usage.App           // the one that is asked about when none is named
	Languages map[Language]string // the commands that choose another language
	Apps      []AppChoice
}

// AppChoice is one app and the command that makes it the chat's default.
type AppChoice struct {
	App     usage.App
	Command string
}

const maxApps = 12

// Settings draws the chat's settings with buttons that change them. The chosen ones are marked.
func (t *Templates) Settings(lang Language, v SettingsView) card.Card {
	w := t.in(lang)
	title := w.say("settings.title")
	if v.Changed {
		title = w.say("settings.changed")
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, title)
	p.Add(card.Paragraph(w.say("settings.language", "language", w.language(v.Language))))
	p.Add(w.languageButtons(v)...)
	p.Add(card.Paragraph(w.say("settings.app", "app", appName(v.App))))
	p.Add(appButtons(v)...)
	p.Add(w.leftOut(len(v.Apps) - maxApps)...)
	return p.Card
}

// language names a language in itself, so that whoever does not read the card's finds it.
func (w wording) language(l Language) string { return w.say("language." + string(l)) }

func (w wording) languageButtons(v SettingsView) []card.Element {
	var buttons []card.ButtonElement
	for _, l := range Languages() {
		b := card.Button{Label: w.language(l), Command: v.Languages[l]}
		if b.Usable() {
			buttons = append(buttons, b.Draw(look(l == v.Language)))
		}
	}
	return card.ButtonRow(buttons...)
}

func appButtons(v SettingsView) []card.Element {
	var buttons []card.ButtonElement
	for _, c := range v.Apps[:min(len(v.Apps), maxApps)] {
		b := card.Button{Label: appName(c.App), Command: c.Command}
		if b.Usable() {
			buttons = append(buttons, b.Draw(look(c.App.ID == v.App.ID)))
		}
	}
	return card.ButtonRow(buttons...)
}
