package directory

import "usagebot/usage"

// Apps are the apps that are reported on; the first is the default.
type Apps []usage.App

// Find resolves what a person typed: an app id, its name, or its name in pinyin, whole or its beginning. ok is false
// when no app or more than one is meant.
func (a Apps) Find(text string) (app usage.App, ok bool) {
	var s snapshot
	for _, app := range a {
		s.Departments = append(s.Departments, usage.Department{ID: app.ID, Name: app.Name})
	}
	// An app is called as a department is: the same index finds it.
	if one := newIndex(s).find(text).One; one != nil {
		return usage.App{ID: one.ID, Name: one.Name}, true
	}
	return usage.App{}, false
}
