package templates

import "usagebot/usage"

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
func (t *Templates) Settings(lang Language, v SettingsView) Card {
	w := t.in(lang)
	title := w.say("settings.title")
	if v.Changed {
		title = w.say("settings.changed")
	}
	p := newPage(header{Title: text(title), Template: blueHead}, title)
	p.add(paragraph(w.say("settings.language", "language", w.language(v.Language))))
	p.add(w.languageButtons(v)...)
	p.add(paragraph(w.say("settings.app", "app", appName(v.App))))
	p.add(appButtons(v)...)
	p.add(w.leftOut(len(v.Apps) - maxApps)...)
	return p.card
}

// language names a language in itself, so that whoever does not read the card's finds it.
func (w wording) language(l Language) string { return w.say("language." + string(l)) }

func (w wording) languageButtons(v SettingsView) []element {
	var buttons []button
	for _, l := range Languages() {
		b := Button{Label: w.language(l), Command: v.Languages[l]}
		if b.usable() {
			buttons = append(buttons, b.draw(look(l == v.Language)))
		}
	}
	return buttonRow(buttons...)
}

func appButtons(v SettingsView) []element {
	var buttons []button
	for _, c := range v.Apps[:min(len(v.Apps), maxApps)] {
		b := Button{Label: appName(c.App), Command: c.Command}
		if b.usable() {
			buttons = append(buttons, b.draw(look(c.App.ID == v.App.ID)))
		}
	}
	return buttonRow(buttons...)
}
