package templates

import (
	"usagebot/locale"
	"usagebot/templates/card"
	"usagebot/usage"
)

// SettingsView shows a chat's settings.
type SettingsView struct {
	Changed   bool // something was just changed
	Language  locale.Language
	App       usage.App                  // the app used if a command names none
	Languages map[locale.Language]string // the commands that choose another language
	Apps      []AppChoice
}

// AppChoice is one app and the command that makes it the chat's default.
type AppChoice struct {
	App     usage.App
	Command string
}

const maxApps = 12

// Settings draws the chat's settings with buttons to change them. The current choices are marked.
func Settings(cat Catalog, v SettingsView) card.Card {
	title := cat.Text("settings.title")
	if v.Changed {
		title = cat.Text("settings.changed")
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, title)
	p.Add(card.Paragraph(cat.Text("settings.language", "language", cat.language(v.Language))))
	p.Add(languageButtons(cat, v)...)
	p.Add(card.Paragraph(cat.Text("settings.app", "app", appName(v.App))))
	p.Add(appButtons(v)...)
	p.Add(leftOut(cat, len(v.Apps)-maxApps)...)
	return p.Card
}

// language names a language in that language, so that its readers recognise it.
func (cat Catalog) language(l locale.Language) string { return cat.Text("language." + string(l)) }

func languageButtons(cat Catalog, v SettingsView) []card.Element {
	var buttons []card.ButtonElement
	for _, l := range locale.Languages() {
		b := card.Button{Label: cat.language(l), Command: v.Languages[l]}
		if b.Usable() {
			buttons = append(buttons, b.Draw(buttonStyle(l == v.Language)))
		}
	}
	return card.ButtonRow(buttons...)
}

func appButtons(v SettingsView) []card.Element {
	var buttons []card.ButtonElement
	for _, c := range v.Apps[:min(len(v.Apps), maxApps)] {
		b := card.Button{Label: appName(c.App), Command: c.Command}
		if b.Usable() {
			buttons = append(buttons, b.Draw(buttonStyle(c.App.ID == v.App.ID)))
		}
	}
	return card.ButtonRow(buttons...)
}
