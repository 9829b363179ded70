package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// appBook keeps the apps that administrators chose, in the place of those of the settings.
type appBook interface {
	// Apps returns them, the default first; none while nobody chose any.
	Apps(ctx context.Context) (directory.Apps, error)
	// ChangeApps changes them, or, while nobody chose any, makes a choice out of the given ones; once for an event. The
	// change may be called again, and its error ends it.
	ChangeApps(ctx context.Context, given directory.Apps, change func(directory.Apps) (directory.Apps, error), entry access.Entry[directory.Apps]) error
}

// appList shows the apps that are reported on, and changes them.
func (b speaker) appList(ctx context.Context, req Request, c command.Command) (Answer, error) {
	if c.Args.Do == "" {
		return b.appsCard(ctx, *b.apps.Load(), false), nil
	}
	args, given := b.called(ctx, c.Args), *b.apps.Load()
	err := b.AppBook.ChangeApps(ctx, given, func(apps directory.Apps) (directory.Apps, error) { return rearranged(apps, args) },
		func(was, is directory.Apps) access.Change {
			return b.entry(req, access.AppsChanged, args.App, appsLine(was), appsLine(is))
		})
	if err != nil {
		return Answer{}, err
	}
	if err := b.ReadApps(ctx); err != nil {
		return Answer{}, err
	}
	return b.appsCard(ctx, *b.apps.Load(), true), nil
}

// called completes a new app by its name.
func (b speaker) called(ctx context.Context, a command.Args) command.Args {
	if _, known := b.apps.Load().Find(a.App); addsNew(a) && !known && a.Called == "" {
		a.Called = b.nameOnPlatform(ctx, a.App)
	}
	return a
}

func addsNew(a command.Args) bool { return a.Do == "add" && command.IsAppID(a.App) }

// rearranged returns the apps as a command wants them.
func rearranged(apps directory.Apps, a command.Args) (directory.Apps, error) {
	app, known := apps.Find(a.App)
	if id := cmp.Or(app.ID, a.App); a.Called != "" && slices.ContainsFunc(apps, func(x usage.App) bool { return x.ID != id && strings.EqualFold(x.Name, a.Called) }) {
		return nil, &appNameTaken{a}
	}
	at := slices.IndexFunc(apps, func(x usage.App) bool { return x.ID == app.ID })
	switch {
	case addsNew(a) && !known:
		return append(apps, usage.App{ID: a.App, Name: cmp.Or(a.Called, a.App)}), nil
	case !known:
		return nil, &unknownApp{word: a.App, apps: apps, added: a.Do == "add"}
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

// appNameTaken says that another app is called so: who typed the name would get the figures of either.
type appNameTaken struct{ args command.Args }

func (e *appNameTaken) Error() string { return "another app has the name" }

func (e *appNameTaken) view(b speaker) templates.ProblemView {
	c := command.Command{Name: "admin apps", Args: e.args}
	c.Args.Called += " 2"
	return templates.ProblemView{Key: templates.AppNameTaken, Args: map[string]string{"word": e.args.Called}, Example: b.commands.Line(c, b.lang())}
}

func (*appNameTaken) mistaken() {}

// nameOnPlatform is what the platform calls an app; its id where that is not told.
func (b *Bot) nameOnPlatform(ctx context.Context, id string) string {
	name, err := b.Named(ctx, id)
	if err != nil || name == "" {
		b.Log.Warn("an app's name could not be asked for", "app", id, "error", err)
		return id
	}
	return name
}

// A name may hold a comma, which separates the apps of a line.
var (
	escapeName   = strings.NewReplacer("%", "%25", ",", "%2C")
	unescapeName = strings.NewReplacer("%25", "%", "%2C", ",")
)

// appsLine is the list in one line: cli_a=one name,cli_b=another.
func appsLine(apps directory.Apps) string {
	parts := make([]string, len(apps))
	for i, app := range apps {
		parts[i] = app.ID + "=" + escapeName.Replace(app.Name)
	}
	return strings.Join(parts, ",")
}

// parseAppsLine reads what appsLine wrote.
func parseAppsLine(line string) (apps directory.Apps) {
	for app := range strings.SplitSeq(line, ",") {
		id, name, _ := strings.Cut(app, "=")
		apps = append(apps, usage.App{ID: id, Name: unescapeName.Replace(name)})
	}
	return apps
}

// appIDsLine is a line of appsLine without the names, which the log does not hold.
func appIDsLine(line string) string {
	apps := parseAppsLine(line)
	ids := make([]string, len(apps))
	for i, app := range apps {
		ids[i] = app.ID
	}
	return strings.Join(ids, ",")
}

// abilitiesWithin is how long a list of apps waits for their abilities.
const abilitiesWithin = 1200 * time.Millisecond

func (b speaker) appsCard(ctx context.Context, apps directory.Apps, changed bool) Answer {
	v := templates.AppListView{Changed: changed}
	within, cancel := context.WithTimeout(ctx, abilitiesWithin)
	defer cancel()
	for i, app := range apps {
		row := templates.AppRow{App: app, Default: i == 0}
		if i > 0 {
			row.MakeDefault = appCommand("default", app.ID)
		}
		if len(apps) > 1 {
			row.Remove = appCommand("remove", app.ID)
		}
		row.Abilities, row.AbilitiesHidden = b.abilities(within, app)
		v.Apps = append(v.Apps, row)
	}
	return Answer{Card: b.templates.AppList(b.language, v)}
}

func appCommand(do, id string) string {
	return command.Command{Name: "admin apps", Args: command.Args{Do: do, App: id}}.String()
}

// abilities are the parts of an app as the platform's console has them; where it does not tell, those that it has figures
// of on the newest day.
func (b speaker) abilities(ctx context.Context, app usage.App) (found []usage.Ability, hidden bool) {
	if found, err := b.Abilities(ctx, app.ID); err == nil {
		return found, false
	}
	r, err := b.Asker.Report(ctx, usage.Query{App: app, Ability: usage.All, Cycle: usage.Daily}, b.share)
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

// ReadApps takes over what administrators chose, on whichever replica. One at a time reads, so that what was read first
// does not come after what was read later.
func (b *Bot) ReadApps(ctx context.Context) error {
	b.reading.Lock()
	defer b.reading.Unlock()
	chosen, err := b.AppBook.Apps(ctx)
	if err != nil || len(chosen) == 0 {
		return err
	}
	b.apps.Store(&chosen)
	return nil
}
