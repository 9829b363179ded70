package templates

import (
	"usagebot/access"
	"usagebot/templates/card"
	"usagebot/usage"
)

// Past is what something was, as the record of changes has it. What is not set is of no matter to it; Text is shown where
// nothing else is.
type Past struct {
	Text string // as recorded

	Topic  *Topic // of a subscription
	Timing Timing
	State  string // active, paused or removed
	Until  string // the day on which its pause ends
	Owner  string // open_id

	Role       access.Role // of a grant
	Department string      // to which it is narrowed, by name

	Apps []usage.App // of the apps that are reported on

	Language Language // of a chat's settings
	App      usage.App
}

// past words it in a line.
func (w wording) past(p Past) string {
	switch {
	case p.Topic != nil:
		return card.Dotted(w.timing(p.Topic.Cycle, p.Timing), w.pastState(p))
	case p.Role != "" && w.about("role.", string(p.Role)) != "":
		return card.Dotted(w.say("role."+string(p.Role)), w.pastSight(p))
	case len(p.Apps) > 0 && p.Text != "":
		return card.Clean(w.pastApps(p.Apps), card.MaxText/2)
	case p.Language != "" || p.App.ID != "":
		return w.pastSettings(p)
	}
	return card.Clean(p.Text, card.MaxText/2)
}

func (w wording) pastState(p Past) string {
	if p.State == "" {
		return ""
	}
	state := w.about("record.state.", p.State)
	if state == "" {
		state = card.Name(p.State)
	}
	if p.Until != "" {
		return w.say("record.until", "state", state, "until", card.Name(p.Until))
	}
	return state
}

func (w wording) pastSight(p Past) string {
	if p.Department == "" {
		return ""
	}
	return w.say("roles.department", "name", card.Name(p.Department))
}

// pastApps names the apps; two of one name are told apart by their ids.
func (w wording) pastApps(apps []usage.App) string {
	named := map[string]int{}
	for _, app := range apps {
		named[appName(app)]++
	}
	words := make([]string, len(apps))
	for i, app := range apps {
		words[i] = appName(app)
		if named[words[i]] > 1 {
			words[i] = w.say("line.pair", "name", words[i], "value", card.Name(app.ID))
		}
	}
	return w.join(words)
}

func (w wording) pastSettings(p Past) string {
	language, app := "", ""
	if p.Language != "" {
		language = w.say("settings.language", "language", w.language(p.Language))
	}
	if p.App.ID != "" {
		app = w.say("settings.app", "app", appName(p.App))
	}
	return card.Dotted(language, app)
}
