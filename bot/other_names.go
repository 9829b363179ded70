package bot

import (
	"context"
	"slices"
	"time"

	"usagebot/locale"
	"usagebot/usage"
)

// appNamer asks the platform for an app's name in a language.
type appNamer func(ctx context.Context, appID string, lang locale.Language) (string, error)

// How long a name that the platform gave is kept, how long it is not asked again for one that it did not give, and how long
// all names together are waited for.
const (
	appNameKept  = 24 * time.Hour
	appNameRetry = time.Hour
	appNamesWait = 3 * time.Second
)

// otherNames know what the apps are called in the language that is not the bot's own. The name in the bot's language is in the
// list of apps, where administrators may have chosen it.
type otherNames struct {
	ask   appNamer // nil: only the list's names are known
	own   locale.Language
	now   func() time.Time
	known map[string]otherName // by id; the list of apps uses it while it is read
}

// otherName is an app's name in the other language; "" if it is the same or was not given.
type otherName struct {
	name  string
	until time.Time
}

// complete puts the names in the other language into apps. It asks the platform for those that are not known.
func (n *otherNames) complete(ctx context.Context, apps []usage.App) {
	if n.ask == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, appNamesWait)
	defer cancel()
	for i := range apps {
		other := n.of(ctx, apps[i])
		if n.own == locale.English {
			apps[i].Chinese = other
		} else {
			apps[i].English = other
		}
	}
}

func (n *otherNames) of(ctx context.Context, app usage.App) string {
	before, known := n.known[app.ID]
	if known && n.now().Before(before.until) {
		return before.name
	}
	i := slices.IndexFunc(locale.Languages(), func(l locale.Language) bool { return l != n.own })
	name, err := n.ask(ctx, app.ID, locale.Languages()[i])
	next := otherName{name: before.name, until: n.now().Add(appNameRetry)}
	if err == nil {
		next = otherName{name: name, until: n.now().Add(appNameKept)}
	}
	if next.name == app.Name {
		next.name = ""
	}
	n.known[app.ID] = next
	return next.name
}
