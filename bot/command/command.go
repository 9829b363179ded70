package command

import (
	"strings"

	"usagebot/locale"
	"usagebot/usage"
)

// Command is one command that was read from a typed line or a button. Commands are comparable.
type Command struct {
	Name string // the Spec's name
	Args Args
}

// Args are the arguments of a command. A zero field was not given.
type Args struct {
	Cycle   usage.Cycle
	Ability usage.Ability
	Dept    string // as typed: an id, a name or a path of names; empty is the whole tenant
	App     string // as typed: an id or a name; empty is the chat's app
	When    usage.When
	Since   usage.When   // where a range of periods begins that ends with When; zero for one period
	Names   string       // words that no argument knows: names of an app, of a department or of both
	N       int          // how many periods or departments
	Metric  usage.Metric // the metric that is charted
	By      string       // what a ranking is made by: ByChange; empty is active users
	Time    string       // the time of day at which a digest goes out, "09:05"
	On      string       // the days on which it does: EveryDay, "workdays", "mon" to "sun", "1" to "31" or "last"
	Zone    string       // the IANA name of the time zone of Time and On
	ID      string       // of a subscription: six characters from a-z and 2-7
	Until   Until
	Lang    locale.Language
	Confirm bool   // the person has confirmed a command that asks first
	Form    bool   // open a form instead
	Topic   string // the name of the command that help is asked for
	More    More   // the further values of the argument that a comparison repeats

	// Of the administrators' commands.
	Person   string // open_id
	Chat     string // chat_id, or ThisChat
	Subject  string // who gets a role: a person, a chat, or a department as typed
	Role     string // "viewer" or "admin"
	State    string // of a subscription or of a delivery
	Do       string // what to do with an app: "add", "remove", "rename" or "default"
	Called   string // a new name
	Days     int
	From     usage.Date // of a range of days; the first one
	Through  usage.Date // the last one
	Progress bool       // show what is under way, and begin nothing
	Page     int        // of a list; 0 is its first
}

// String returns the command's one English line, such as `/usage weekly h5 dept:"研发 部"`. Parse reads the same
// command from it.
func (c Command) String() string { return write(c.Name, c.Args, locale.English, nil) }

// ResolvedCycle returns the cycle that was given, else the one that the date implies, else Daily.
func (a Args) ResolvedCycle() usage.Cycle {
	if a.Cycle != 0 {
		return a.Cycle
	}
	if implied := a.When.Cycle(); implied != 0 {
		return implied
	}
	return usage.Daily
}

// write writes a command. An argument whose name is in instead is written as instead says.
func write(name string, args Args, lang locale.Language, instead map[string]string) string {
	words := []string{"/" + name}
	for _, a := range arguments() {
		text, other := instead[a.Name]
		if !other {
			text = a.write(args, lang)
		}
		if text != "" {
			words = append(words, text)
		}
		if !other {
			words = append(words, args.More.write(a, lang)...)
		}
	}
	return strings.Join(words, " ")
}
