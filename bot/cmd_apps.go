package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"usagebot/usage/directory"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// appBook stores the apps that administrators chose, which replace those of the settings.
type appBook interface {
	// Apps returns them, the default first; none while nobody has chosen any.
	Apps(ctx context.Context) (directory.Apps, error)
	// ChangeApps changes them, once for an idempotency key. While nobody has chosen any it starts from the given ones. It may
	// call change again, and fails with its error.
	ChangeApps(ctx context.Context, key string, given directory.Apps, change func(directory.Apps) (directory.Apps, error), entry access.Entry[directory.Apps]) error
}

// appList is the list of apps that the bot reports on. Administrators change it while the bot runs.
type appList struct {
	book    appBook
	names   *otherNames
	current atomic.Pointer[directory.Apps]
	reading sync.Mutex // held by read, so that an older list does not replace a newer one
}

func newAppList(book appBook, apps directory.Apps, names *otherNames) *appList {
	l := &appList{book: book, names: names}
	l.set(apps)
	return l
}

// all returns the apps, the default first. There is at least one.
func (l *appList) all() directory.Apps { return *l.current.Load() }

func (l *appList) set(apps directory.Apps) { l.current.Store(&apps) }

// identify sets the apps as the platform names them. It waits for a read under way, which would put the former names back.
func (l *appList) identify(apps directory.Apps) {
	l.reading.Lock()
	defer l.reading.Unlock()
	l.set(apps)
}

// get returns the app with an id. One that is not in the list, or has no name, is called by its id.
func (l *appList) get(id string) usage.App {
	for _, app := range l.all() {
		if app.ID == id && app.Name != "" {
			return app
		}
	}
	return usage.App{ID: id, Name: id}
}

// name returns the name of an app; its id if it has none.
func (l *appList) name(id string) string { return l.get(id).Name }

// read reads the apps that administrators chose, perhaps on another replica.
func (l *appList) read(ctx context.Context) error {
	l.reading.Lock()
	defer l.reading.Unlock()
	chosen, err := l.book.Apps(ctx)
	if err != nil {
		return err
	}
	if len(chosen) == 0 {
		chosen = slices.Clone(l.all())
	}
	l.names.complete(ctx, chosen)
	l.set(chosen)
	return nil
}

// appCommands show and change the apps that the bot reports on.
type appCommands struct {
	book      appBook
	usage     *usage.Client
	name      appNamer
	abilities func(ctx context.Context, appID string) ([]usage.Ability, error) // asks the platform
}

// apps shows the list of apps, or changes it.
func (h *appCommands) apps(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	if cmd.Args.Do == "" {
		return h.card(ctx, c, false), nil
	}
	given := c.apps.all()
	args := cmd.Args
	if app, known := given.Find(args.App); args.Do == "remove" && known && len(given) > 1 && !args.Confirm {
		return Answer{Card: templates.ConfirmAppRemoval(c.words(), templates.ConfirmAppRemovalView{
			App: app, Asked: req.UserID, Yes: removeApp(app.ID), Keep: "/admin apps",
		})}, nil
	}
	if _, known := given.Find(args.App); addsApp(args) && !known && args.Called == "" {
		args.Called = h.nameOnPlatform(ctx, c, args.App)
	}
	err := h.book.ChangeApps(ctx, req.Key, given, func(apps directory.Apps) (directory.Apps, error) { return changeApps(apps, args) },
		func(was, is directory.Apps) access.Change {
			return auditEntry(c.now(), req, access.AppsChanged, args.App, appsSummary(was), appsSummary(is))
		})
	if err != nil {
		return Answer{}, err
	}
	if err := c.apps.read(ctx); err != nil {
		return Answer{}, err
	}
	return h.card(ctx, c, true), nil
}

// addsApp reports whether a command adds an app by a valid id.
func addsApp(a command.Args) bool { return a.Do == "add" && command.IsAppID(a.App) }

// nameOnPlatform returns the platform's name for an app; its id if the platform does not tell.
func (h *appCommands) nameOnPlatform(ctx context.Context, c conversation, id string) string {
	name, err := h.name(ctx, id, c.defaultLanguage)
	if err != nil || name == "" {
		c.log.Warn("could not ask for an app's name", "app", id, "error", err)
		return id
	}
	return name
}

// changeApps returns the apps after the change that a command asks for.
func changeApps(apps directory.Apps, a command.Args) (directory.Apps, error) {
	app, known := apps.Find(a.App)
	if id := cmp.Or(app.ID, a.App); a.Called != "" && slices.ContainsFunc(apps, func(x usage.App) bool { return x.ID != id && strings.EqualFold(x.Name, a.Called) }) {
		return nil, appNameTaken(a)
	}
	at := slices.IndexFunc(apps, func(x usage.App) bool { return x.ID == app.ID })
	switch {
	case addsApp(a) && !known:
		return append(apps, usage.App{ID: a.App, Name: cmp.Or(a.Called, a.App)}), nil
	case !known:
		return nil, unknownApp(a.App, apps, a.Do == "add")
	case a.Do == "add" || a.Do == "rename":
		if a.Called != "" {
			apps[at].Name = a.Called
		}
	case a.Do == "default":
		apps = slices.Insert(slices.Delete(apps, at, at+1), 0, app)
	case a.Do == "remove" && len(apps) > 1:
		apps = slices.Delete(apps, at, at+1)
	}
	return apps, nil
}

// appNameTaken says that another app has the name. With two apps of one name, a person who types it could get the figures
// of either.
func appNameTaken(a command.Args) error {
	return &userError{err: errors.New("another app has the name"), usageError: true, problem: func(c conversation) templates.ProblemView {
		other := command.Command{Name: "admin apps", Args: a}
		other.Args.Called += " 2"
		return templates.ProblemView{Key: templates.AppNameTaken, Args: map[string]string{"word": a.Called}, Example: c.commands.Line(other, c.language)}
	}}
}

// abilitiesTimeout is how long the list of apps waits for their abilities.
const abilitiesTimeout = 1200 * time.Millisecond

// card lists the apps.
func (h *appCommands) card(ctx context.Context, c conversation, changed bool) Answer {
	v := templates.AppListView{Changed: changed}
	ctx, cancel := context.WithTimeout(ctx, abilitiesTimeout)
	defer cancel()
	apps := c.apps.all()
	for i, app := range apps {
		row := templates.AppRow{App: app, Default: i == 0}
		if i > 0 {
			row.MakeDefault = appCommand("default", app.ID)
		}
		if len(apps) > 1 {
			row.Remove = appCommand("remove", app.ID)
		}
		row.Abilities, row.AbilitiesHidden = h.abilitiesOf(ctx, c, app)
		v.Apps = append(v.Apps, row)
	}
	return Answer{Private: !changed, Card: templates.AppList(c.words(), v)}
}

// removeApp returns the confirmed command that removes an app.
func removeApp(id string) string {
	return command.Command{Name: "admin apps", Args: command.Args{Do: "remove", App: id, Confirm: true}}.String()
}

func appCommand(do, id string) string {
	return command.Command{Name: "admin apps", Args: command.Args{Do: do, App: id}}.String()
}

// abilitiesOf returns the parts of an app that the platform's console lists. If the platform does not tell, it returns
// those that have figures on the newest day; hidden if these cannot be had either.
func (h *appCommands) abilitiesOf(ctx context.Context, c conversation, app usage.App) (found []usage.Ability, hidden bool) {
	if found, err := h.abilities(ctx, app.ID); err == nil {
		return found, false
	}
	r, err := h.usage.Report(ctx, usage.Query{App: app, Ability: usage.All, Cycle: usage.Daily}, c.share)
	if err != nil {
		return nil, true
	}
	for _, s := range r.Sections {
		if s.Failed {
			return nil, true
		}
		if !s.Missing && s.Ability != usage.AppAbility {
			found = append(found, s.Ability)
		}
	}
	return found, false
}
