package bot

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"usagebot/bot/command"
	"usagebot/bot/sentence"
	"usagebot/templates"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// vocabulary is what sentences may name. The departments' part is made once for each index of them.
type vocabulary struct {
	mu   sync.Mutex
	from *directory.Names
	made *sentence.Names
}

// departments returns the names of a directory's departments as a reader of sentences finds them.
func (v *vocabulary) departments(from *directory.Names) *sentence.Names {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.from != from {
		v.from, v.made = from, sentence.NewNames(sentenceNames(from.List))
	}
	return v.made
}

func sentenceNames(list []directory.Named) []sentence.Name {
	names := make([]sentence.Name, len(list))
	for i, named := range list {
		names[i] = sentence.Name{ID: named.ID, Parent: named.ParentID, Name: named.Name, Path: named.Path, Sounds: named.Pinyin}
		for _, other := range named.I18n {
			names[i].Also = append(names[i].Also, other)
		}
	}
	return names
}

// notRun says that a sentence is not carried out: it is a change to confirm, something has to be asked, or there is no such
// figure.
type notRun struct {
	reading sentence.Reading
	offers  []string // lines, of which the person may see every department
}

func (e *notRun) Error() string { return "a sentence that is " + string(e.reading.Kind) }

// namesWait is how long a sentence waits for the names of departments. One that has no word left over needs none.
const namesWait = time.Second

// plainQuestions answers sentences in a conversation: with the command that one means, or with what keeps it from being carried out.
type plainQuestions struct{ conversation }

// readSentence reads a text without a slash. Its error is a *notRun if there is nothing to carry out.
func (p *pipeline) readSentence(ctx context.Context, c conversation, req Request) (command.Command, error) {
	questions := plainQuestions{c}
	if cmd, ok := questions.bareCommand(req.Text); ok {
		if questions.changes(cmd) {
			return command.Command{}, &notRun{reading: sentence.Reading{Kind: sentence.Confirm, Line: cmd.String()}}
		}
		return cmd, nil
	}
	about := p.sentenceContext(ctx, c, req)
	soon, cancel := context.WithTimeout(ctx, namesWait)
	defer cancel()
	names, failed := c.directory.Names(soon)
	if failed == nil {
		about.Names = p.vocabulary.departments(names)
	}
	reading := sentence.Read(req.Text, about)
	if reading.Kind == sentence.Ask && reading.Word != "" {
		if failed != nil { // the word may be a department
			if names, failed = c.directory.Names(ctx); failed != nil {
				return command.Command{}, noDirectory(failed)
			}
			about.Names = p.vocabulary.departments(names)
			reading = sentence.Read(req.Text, about)
		}
		if reading.Why == sentence.NotKnown || reading.Why == sentence.NoDepartment { // it may be a new department
			if _, err := c.directory.Find(ctx, reading.Word); err == nil {
				if newer, err := c.directory.Names(ctx); err == nil && newer != names {
					about.Names = p.vocabulary.departments(newer)
					reading = sentence.Read(req.Text, about)
				}
			}
		}
	}
	return questions.carryOut(ctx, reading)
}

// sentenceContext returns what a person's sentence is read against, without the departments.
func (p *pipeline) sentenceContext(ctx context.Context, c conversation, req Request) sentence.Context {
	about := sentence.Context{Today: c.platformToday()}
	about.Newest = about.Today.AddDays(-1)
	if c.now().Before(about.Newest.Published(c.platformZone)) {
		about.Newest = about.Newest.AddDays(-1)
	}
	apps := directory.Apps{c.apps.get(c.app.ID)} // with its name in every language
	for _, app := range c.apps.all() {
		if app.ID != c.app.ID {
			apps = append(apps, app)
		}
	}
	about.Holidays = holidays(p.calendar.Workdays, about.Today)
	about.Apps = sentence.NewNames(sentenceNames(apps.Names()))
	if previous, ok := p.previous(ctx, c, req); ok {
		about.Previous = previous.String()
	}
	return about
}

// holidayYears is how many years back holidays are known by name.
const holidayYears = 3

// holidays returns the public holidays up to the end of a day's year: days off in a row are one.
func holidays(w *usage.Workdays, today usage.Date) (list []sentence.Holiday) {
	for year := today.Year - holidayYears; w != nil && year <= today.Year; year++ {
		for _, d := range w.In(year) {
			if d.Work {
				continue
			}
			last := len(list) - 1
			if last < 0 || list[last].Last.AddDays(1) != d.Date {
				list = append(list, sentence.Holiday{Name: d.Name, First: d.Date, Last: d.Date})
				continue
			}
			if list[last].Last = d.Date; !strings.Contains(list[last].Name, d.Name) {
				list[last].Name += d.Name
			}
		}
	}
	return list
}

// carryOut returns the command of a reading, or an error that says why there is none.
func (c plainQuestions) carryOut(ctx context.Context, r sentence.Reading) (command.Command, error) {
	no := &notRun{reading: r}
	for _, offer := range r.Offers {
		if c.seesAll(ctx, offer.Departments) && c.exists(offer.Line) {
			no.offers = append(no.offers, offer.Line)
		}
	}
	if r.Kind != sentence.Run && r.Kind != sentence.Confirm {
		return command.Command{}, no
	}
	for i, id := range r.Departments {
		if !c.seesAll(ctx, []string{id}) && !c.isNamed(ctx, id, r.Called[i]) {
			// Its name is not told to somebody who wrote only the beginning.
			no.reading = sentence.Reading{Kind: sentence.Ask, About: sentence.Department, Why: sentence.NoDepartment, Word: r.Called[i]}
			return command.Command{}, no
		}
	}
	cmd, err := c.commands.Parse(r.Line)
	if err != nil && !c.isMissing(r.Line) {
		return command.Command{}, err
	}
	if err != nil {
		no.reading = sentence.Reading{Kind: sentence.Cannot, Why: sentence.NotYet}
		no.offers = c.nearestTo(r.Line)
		return command.Command{}, no
	}
	if r.Kind == sentence.Run {
		return cmd, nil
	}
	if err := c.mayUse(c.commands.Find(cmd.Name)); err != nil {
		return command.Command{}, err
	}
	return command.Command{}, no
}

// isMissing reports whether a line has a command or an argument that the grammar does not have.
func (c plainQuestions) isMissing(line string) bool {
	name, rest, _ := strings.Cut(strings.TrimPrefix(line, "/"), " ")
	return c.commands.Find(name) == nil || strings.Contains(rest, "by:")
}

// exists reports whether a line can be read, and the person may use its command.
func (c plainQuestions) exists(line string) bool {
	cmd, err := c.commands.Parse(line)
	return err == nil && c.commands.May(c.commands.Find(cmd.Name))
}

// isNamed reports whether a text is the whole name of a department.
func (c plainQuestions) isNamed(ctx context.Context, id, text string) bool {
	d := c.departmentOf(ctx, id)
	for _, name := range append(slices.Collect(maps.Values(d.I18n)), d.Name) {
		if strings.EqualFold(name, text) {
			return true
		}
	}
	return false
}

// seesAll reports whether the person may see all departments with the ids.
func (c plainQuestions) seesAll(ctx context.Context, ids []string) bool {
	var departments []usage.Department
	for _, id := range ids {
		departments = append(departments, c.departmentOf(ctx, id))
	}
	return len(c.visible(ctx, departments)) == len(ids)
}

// nearestTo returns lines that exist and are the nearest to one that does not: the apps of a list one by one, a ranking in its
// usual order, the figures of an export.
func (c plainQuestions) nearestTo(line string) (lines []string) {
	add := func(l sentence.Line) {
		if text := l.String(); c.exists(text) && len(lines) < maxNearest {
			lines = append(lines, text)
		}
	}
	l, ok := sentence.ParseLine(line)
	l.Export, l.By, l.More = false, "", nil
	switch {
	case !ok:
		add(sentence.Line{Command: "subs"})
		return lines
	case l.Command == "apps":
		for _, app := range c.apps.all() {
			single := l
			single.Command, single.Apps, single.N = "usage", []string{app.Name}, 0
			add(single)
		}
	}
	if len(lines) == 0 {
		add(l)
	}
	return lines
}

const maxNearest = 5

// bareCommand reads a whole command without its slash. Questions are left to the reader of sentences, which knows more.
func (c plainQuestions) bareCommand(text string) (command.Command, bool) {
	cmd, err := c.commands.ParseKnown("/" + text)
	if err != nil || command.IsCommand(text) {
		return command.Command{}, false
	}
	spec := c.commands.Find(cmd.Name)
	return cmd, spec.FollowUp == nil && (cmd.Args != command.Args{} || spec.Parent != nil || harmless(cmd))
}

// changes reports whether a command changes something, so that a sentence does not carry it out.
func (c plainQuestions) changes(cmd command.Command) bool {
	return !isQuestion(c.commands.Find(cmd.Name)) && !harmless(cmd)
}

// harmless reports whether a command only shows something, or asks before it does more.
func harmless(cmd command.Command) bool {
	switch cmd.Name {
	case "help", "subs", "history", "test", "admin", "admin status", "admin subs", "admin roles", "admin chats", "admin history", "admin audit", "admin doctor":
		return true
	case "settings":
		return cmd.Args == command.Args{}
	case "admin apps":
		return cmd.Args.Do == ""
	case "subscribe":
		return cmd.Args == command.Args{Form: true}
	case "admin refresh":
		return cmd.Args.Progress
	}
	return false
}

// sentenceAnswer answers a sentence that is not carried out.
func (c plainQuestions) sentenceAnswer(e *notRun) Answer {
	r := e.reading
	v := templates.SentenceView{Kind: templates.SentenceKind(r.Kind), Why: string(r.Why), Word: r.Word, Known: r.Known}
	switch r.Kind {
	case sentence.Confirm:
		v.Line, v.Shown = r.Line, c.lineFor(r.Line)
	case sentence.Chat:
		for _, line := range slices.DeleteFunc([]string{"/usage weekly", "/help"}, func(line string) bool { return !c.exists(line) }) {
			v.Choices = append(v.Choices, templates.Button{Label: c.lineFor(line), Command: line})
		}
	default:
		for _, line := range e.offers {
			v.Choices = append(v.Choices, templates.Button{Label: c.lineFor(line), Command: c.asked(line)})
		}
		if len(v.Choices) == 0 {
			v.Choices = []templates.Button{{Label: c.lineFor("/help"), Command: "/help"}}
		}
	}
	return Answer{Card: templates.Sentence(c.words(), v), UsageError: r.Kind == sentence.Ask || r.Kind == sentence.Cannot}
}

// asked returns what a button of an offered line sends: the line, or its words without the slash if it changes something, so
// that it is confirmed first.
func (c plainQuestions) asked(line string) string {
	if cmd, err := c.commands.Parse(line); err == nil && c.changes(cmd) {
		return strings.TrimPrefix(line, "/")
	}
	return line
}

// lineFor writes a line in the reader's language.
func (c plainQuestions) lineFor(line string) string {
	if cmd, err := c.commands.Parse(line); err == nil {
		return c.commands.Line(cmd, c.language)
	}
	return line
}

// understoodAs adds to an answer the line that a sentence was understood as, so that it can be copied.
func (c plainQuestions) understoodAs(cmd command.Command, a Answer) Answer {
	a.Card = templates.WithLine(c.words(), a.Card, c.commands.Line(cmd, c.language))
	if refine := a.Refine; refine != nil {
		a.Refine = func(ctx context.Context) (Answer, error) {
			better, err := refine(ctx)
			if err != nil {
				return better, err
			}
			return c.understoodAs(cmd, better), nil
		}
	}
	return a
}

// isSentence reports whether a request is words without a slash.
func isSentence(req Request) bool {
	return !req.Click && req.command == nil && !command.IsCommand(req.Text) && strings.TrimSpace(req.Text) != ""
}
