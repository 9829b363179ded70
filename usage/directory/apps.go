package directory

import (
	"context"
	"slices"

	"usagebot/usage"
)

// Apps are the apps that the bot reports on; the first is the default.
type Apps []usage.App

// AppMatch is the result of a search for an app.
type AppMatch struct {
	Found []usage.App
	Near  []usage.App // if none was found
	Exact bool        // as in Match
}

// Match resolves what a person typed: an app id, a name, or a name in pinyin, in full or its beginning. Apps are found by
// the same rules as departments.
func (a Apps) Match(text string) AppMatch {
	var s snapshot
	for _, app := range a {
		s.Departments = append(s.Departments, usage.Department{ID: app.ID, Name: app.Name, I18n: app.I18n()})
	}
	m := newIndex(s).find(context.Background(), text, everything)
	if m.One != nil {
		m.Several = []usage.Department{*m.One}
	}
	apps := func(list []usage.Department) (found []usage.App) {
		for _, d := range list {
			found = append(found, a[slices.IndexFunc(a, func(app usage.App) bool { return app.ID == d.ID })])
		}
		return found
	}
	return AppMatch{Found: apps(m.Several), Near: apps(m.Near), Exact: m.Exact}
}

// Find returns the app that a text names. ok is false if no app or more than one matches.
func (a Apps) Find(text string) (app usage.App, ok bool) {
	if m := a.Match(text); len(m.Found) == 1 {
		return m.Found[0], true
	}
	return usage.App{}, false
}
