package templates

import (
	"cmp"
	"time"

	"usagebot/access"
	"usagebot/templates/card"
	"usagebot/usage"
)

// RolesView lists who was granted what, after a change or for looking.
type RolesView struct {
	Kind   RolesKind
	Access access.Mode
	Admins []string // open_ids of the settings' administrators
	Roles  []Role
	Left   int // roles that are not among them

	// Of a change: whom it concerns, and what he may do now.
	Subject access.Subject
	Now     *access.Rights // nil where it is no person
	Sees    []string       // the names of its departments
}

// RolesKind is what has just happened.
type RolesKind string

// The kinds.
const (
	RolesListed  RolesKind = "listed"
	RoleGranted  RolesKind = "granted"
	RoleHeld     RolesKind = "held"     // it was granted before
	RoleRevoked  RolesKind = "revoked"  // Roles are those that were taken
	RoleNotThere RolesKind = "not_held" // there was none to take
)

func rolesKinds() []RolesKind {
	return []RolesKind{RolesListed, RoleGranted, RoleHeld, RoleRevoked, RoleNotThere}
}

// Role is one grant as it is shown.
type Role struct {
	access.Grant
	SubjectName    string // of a department or a chat, where it is known
	DepartmentName string
	At             time.Time // in the bot's zone
	Revoke         string    // the command that takes it; none when empty
}

const maxRoles = 20

// Roles draws the list.
func (t *Templates) Roles(lang Language, v RolesView) card.Card {
	w := t.in(lang)
	title := w.say("roles.title." + string(v.Kind))
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, title)
	if v.Kind == RolesListed {
		p.Add(card.Paragraph(w.say("roles.access." + string(v.Access))))
		p.Add(card.Elements(card.ToldOf(v.Admins, w.say("roles.admins"), w.say("roles.no_admins")))...)
	}
	left := p.List(len(v.Roles), maxRoles, func(i int) []card.Element { return w.role(v.Roles[i]) })
	p.Add(w.leftOut(left + v.Left)...)
	if len(v.Roles) == 0 {
		p.Add(card.Paragraph(w.say("roles.none")))
	}
	if v.Now != nil {
		p.Add(card.Remark(w.rightsNow(v)))
	}
	return p.Card
}

func (w wording) role(r Role) []card.Element {
	words := []card.Inner{card.Paragraph(card.Dotted(w.say("role."+string(r.Role)), w.sight(r)))}
	if who := card.People(r.Subject.ID); r.Subject.Kind == access.Person && len(who) > 0 {
		words = append(words, who...)
	} else {
		words = append(words, card.Remark(w.subject(r.Subject, r.SubjectName)))
	}
	words = append(words, card.ToldOf([]string{r.By}, w.say("roles.by"), card.Name(r.By), w.moment(r.At))...)
	return []card.Element{beside(words, card.Button{Label: w.say("roles.revoke"), Command: r.Revoke})}
}

// sight says what a viewer sees.
func (w wording) sight(r Role) string {
	switch {
	case r.Role == access.Admin:
		return ""
	case r.Department == "":
		return w.say("roles.everything")
	case r.DepartmentName == "":
		return w.say("roles.department", "name", card.Name(r.Department))
	}
	return w.say("roles.department", "name", card.Path(r.DepartmentName))
}

func (w wording) subject(s access.Subject, called string) string {
	if called == "" {
		called = s.ID
	}
	return w.say("subject."+string(s.Kind), "name", card.Path(called))
}

// rightsNow says what the person of a change may do now: what was taken may have narrowed or widened him.
func (w wording) rightsNow(v RolesView) string {
	switch {
	case v.Now.Admin:
		return w.say("roles.now.admin")
	case v.Now.Everything:
		return w.say("roles.now.everything")
	case len(v.Now.Departments) > 0:
		return w.say("roles.now.departments", "names", w.List(v.Sees))
	}
	return w.say("roles.now.nothing")
}

// RecordView is the newest of what was changed.
type RecordView struct {
	About   string // whom or what it is about; empty for everything
	Changes []Change
	Zone    string
}

// Change is one of them.
type Change struct {
	access.Change
	At       time.Time // in the zone
	ChatName string    // where it is known
	OfName   string    // what Of is called, where that is known
	Was, Is  Past      // Before and After in names
}

const maxChanges = 20

// Record draws the record of changes.
func (t *Templates) Record(lang Language, v RecordView) card.Card {
	w := t.in(lang)
	title := w.say("record.title")
	h := card.Header{Title: card.Text(title), Template: card.BlueHead}
	who := card.People(v.About)
	if v.About != "" && len(who) == 0 {
		subtitle := card.Text(card.Name(v.About))
		h.Subtitle = &subtitle
	}
	p := card.NewPage(h, title)
	p.Add(card.Elements(who)...)
	if len(v.Changes) == 0 {
		p.Add(card.Paragraph(w.say("record.none")))
	}
	p.Add(w.leftOut(p.List(len(v.Changes), maxChanges, func(i int) []card.Element { return w.recorded(v.Changes[i]) }))...)
	p.Add(card.Remark(w.say("history.zone", "zone", card.Name(v.Zone))))
	return p.Card
}

func (w wording) recorded(c Change) []card.Element {
	act := w.say("act." + string(c.Act))
	lines := []card.Element{card.Paragraph(card.Dotted(act, card.Name(cmp.Or(c.OfName, c.Of))))}
	if who := card.People(c.Of); len(who) > 0 {
		lines = append([]card.Element{card.Paragraph(act)}, card.Elements(who)...)
	}
	if topic := cmp.Or(c.Is.Topic, c.Was.Topic); topic != nil {
		lines = append(lines, card.Remark(w.topic(*topic)))
	}
	lines = append(lines, card.Elements(card.ToldOf([]string{c.By}, w.say("record.by"), card.Name(c.By), w.moment(c.At), w.place(c)))...)
	lines = append(lines, w.fromTo(w.past(c.Was), w.past(c.Is))...)
	if c.Act == access.HandedOver {
		lines = append(lines, card.Elements(card.ToldOf([]string{c.Is.Owner}, w.say("subscription.owner"), card.Name(c.Is.Owner)))...)
	}
	return lines
}

func (w wording) fromTo(before, after string) []card.Element {
	switch {
	case before != "" && after != "" && before != after:
		return []card.Element{card.Remark(w.say("record.from_to", "before", before, "after", after))}
	case before != "" && after == "":
		return []card.Element{card.Remark(w.say("record.was", "before", before))}
	case after != "":
		return []card.Element{card.Remark(w.say("record.is", "after", after))}
	}
	return nil
}

func (w wording) place(c Change) string {
	switch {
	case c.ChatName != "":
		return w.say("chat.named", "name", card.Name(c.ChatName))
	case c.ChatID != "":
		return card.Name(c.ChatID)
	}
	return ""
}

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

// ForgetView asks whether somebody is to be forgotten, or tells that he is.
type ForgetView struct {
	Done       bool
	HandedOver int    // subscriptions in groups, which their chats' owners answer for from now on
	Removed    int    // those of the person's own single chat, and those that nobody takes over
	Owned      int    // all that the person answers for, where it was not looked at what becomes of each
	Asked      string // open_id of who is to be forgotten: nobody else may answer
	Yes        string // the command that does it
	Keep       string // the command that does not
}

// Forget draws it.
func (t *Templates) Forget(lang Language, v ForgetView) card.Card {
	w := t.in(lang)
	title, head := w.say("forget.title"), card.OrangeHead
	if v.Done {
		title, head = w.say("forget.done"), card.BlueHead
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: head}, title)
	if !v.Done {
		p.Add(card.Paragraph(w.say("forget.what")))
	}
	if v.Owned > 0 {
		p.Add(card.Paragraph(w.count("forget.owned", v.Owned)))
	}
	if v.HandedOver > 0 {
		p.Add(card.Paragraph(w.count("forget.handed_over", v.HandedOver)))
	}
	if v.Removed > 0 {
		p.Add(card.Paragraph(w.count("forget.removed", v.Removed)))
	}
	p.Add(card.Remark(w.say("forget.record")))
	if !v.Done {
		p.Add(card.Confirmation(card.Button{Label: w.say("forget.yes"), Command: v.Yes}, card.Button{Label: w.say("forget.keep"), Command: v.Keep}, v.Asked)...)
	}
	return p.Card
}
