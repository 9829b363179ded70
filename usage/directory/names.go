package directory

import (
	"context"
	"strings"

	"usagebot/usage"
)

// Names are all departments of one index with the names that they can be called by. As long as the index is the same, so is
// the pointer, which tells a caller whether what it made of the names still holds.
type Names struct{ List []Named }

// Named is a department, or an app, with its name in pinyin.
type Named struct {
	usage.Department
	Pinyin []string
}

// Names returns the names of all departments. It is as fresh as Find, and fails only if there is no index and none can be
// fetched.
func (d *Directory) Names(ctx context.Context) (*Names, error) {
	ix, err := d.loadedOrFetch(ctx)
	if err != nil {
		return nil, err
	}
	return ix.names(), nil
}

func (ix *index) allNames() *Names {
	names := &Names{List: make([]Named, 0, len(ix.entries))}
	for i := range ix.entries {
		e := &ix.entries[i]
		if strings.TrimSpace(e.Name) != "" {
			names.List = append(names.List, Named{e.Department, e.pinyin()})
		}
	}
	return names
}

// pinyin returns the readings of the name, each as one word.
func (e *entry) pinyin() (words []string) {
	for _, s := range e.sounds {
		words = append(words, s.String())
	}
	return words
}

// Names returns the apps with their names in pinyin.
func (a Apps) Names() (named []Named) {
	for _, app := range a {
		e := entry{sounds: soundsOf(app.Name)}
		named = append(named, Named{usage.Department{ID: app.ID, Name: app.Name, I18n: app.I18n()}, e.pinyin()})
	}
	return named
}
