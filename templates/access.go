package templates

import (
	"cmp"
	"time"

	"usagebot/access"
	"usagebot/locale"
	"usagebot/templates/card"
	"usagebot/usage"
)

// RolesView lists grants, on request or after a change.
type RolesView struct {
	Kind   RolesKind
	Access access.Mode
	Admins []string // open_ids of the administrators in the configuration
	Roles  []Role
	Left   int // number of roles that are not listed

	// A question whether to revoke: who may answer (an open_id), and the commands of the two answers.
	Asked, Yes, Keep string

	// After a change: whom it concerns, and what they may do now.
	Subject access.Subject
	Now     *access.Rights // nil if the subject is not a person
	Sees    []string       // names of the departments that they may see
}

// RolesKind is what has just happened.
type RolesKind string

// The kinds.
const (
	RolesListed  RolesKind = "listed"
	RoleGranted  RolesKind = "granted"
	RoleHeld     RolesKind = "held"      // it had been granted before
	RoleToRevoke RolesKind = "to_revoke" // asks whether to revoke Roles
	RoleRevoked  RolesKind = "revoked"   // Roles lists the revoked ones
	RoleNotThere RolesKind = "not_held"  // there was none to revoke
)

func rolesKinds() []RolesKind {
	return []RolesKind{RolesListed, RoleGranted, RoleHeld, RoleToRevoke, RoleRevoked, RoleNotThere}
}

// Role is one grant.
type Role struct {
	access.Grant
	SubjectName    string // of a department or a chat, if known
	DepartmentName string
	At             time.Time // in the bot's zone
	Revoke         string    // the command that revokes it; no button if empty
}

const maxRoles = 20

// Roles draws the list.
func Roles(cat Catalog, v RolesView) card.Card {
	title := cat.Text("roles.title." + string(v.Kind))
	head := card.BlueHead
	if v.Kind == RoleToRevoke {
		head = card.OrangeHead
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: head}, title)
	if v.Kind == RolesListed {
		p.Add(card.Paragraph(cat.Text("roles.access." + string(v.Access))))
		p.Add(card.WithPeople(v.Admins, cat.Text("roles.admins"), cat.Text("roles.no_admins"))...)
	}
	left := p.List(len(v.Roles), maxRoles, func(i int) []card.Element { return separated(i, role(cat, v.Roles[i])) })
	p.Add(leftOut(cat, left+v.Left)...)
	if len(v.Roles) == 0 {
		p.Add(card.Paragraph(cat.Text("roles.none")))
	}
	if v.Kind == RoleToRevoke {
		p.Add(card.Confirmation(card.Button{Label: cat.Text("roles.revoke"), Command: v.Yes}, card.Button{Label: cat.Text("removal.keep"), Command: v.Keep}, v.Asked)...)
	}
	if v.Now != nil {
		p.Add(card.SmallText(rightsNow(cat, v)))
	}
	return p.Card
}

func role(cat Catalog, r Role) []card.Element {
	words := []card.Inner{card.Paragraph(card.Dotted(cat.Text("role."+string(r.Role)), scope(cat, r)))}
	if who := card.People(r.Subject.ID); r.Subject.Kind == access.Person && len(who) > 0 {
		words = append(words, who...)
	} else {
		words = append(words, card.SmallText(subject(cat, r.Subject, r.SubjectName)))
	}
	row := withButton(words, card.Button{Label: cat.Text("roles.revoke"), Command: r.Revoke})
	return append([]card.Element{row}, card.WithPeople([]string{r.By}, cat.Text("roles.by"), card.Name(r.By), cat.moment(r.At))...)
}

// scope says what a viewer may see.
func scope(cat Catalog, r Role) string {
	switch {
	case r.Role == access.Admin:
		return ""
	case r.Department == "":
		return cat.Text("roles.everything")
	case r.DepartmentName == "":
		return cat.Text("roles.department", "name", card.Name(r.Department))
	}
	return cat.Text("roles.department", "name", card.Path(r.DepartmentName))
}

func subject(cat Catalog, s access.Subject, called string) string {
	if called == "" {
		called = s.ID
	}
	return cat.Text("subject."+string(s.Kind), "name", card.Path(called))
}

// rightsNow says what the person may do now. Revoking a grant may have narrowed or widened their rights.
func rightsNow(cat Catalog, v RolesView) string {
	switch {
	case v.Now.Admin:
		return cat.Text("roles.now.admin")
	case v.Now.Everything:
		return cat.Text("roles.now.everything")
	case len(v.Now.Departments) > 0:
		return cat.Text("roles.now.departments", "names", cat.list(v.Sees))
	}
	return cat.Text("roles.now.nothing")
}

// AuditView shows the latest audited changes.
type AuditView struct {
	About   string // the person or thing that it is about; empty for everything
	Changes []Change
}

// Change is one audited change.
type Change struct {
	access.Change
	At       time.Time  // in the bot's zone
	ChatName string     // if known
	OfName   string     // name of Of, if known
	Was, Is  AuditState // Before and After with names
}

const maxChanges = 20

// Record draws the latest changes.
func Record(cat Catalog, v AuditView) card.Card {
	title := cat.Text("record.title")
	h := card.Header{Title: card.Text(title), Template: card.BlueHead}
	who := card.People(v.About)
	if v.About != "" && len(who) == 0 {
		subtitle := card.Text(card.Name(v.About))
		h.Subtitle = &subtitle
	}
	p := card.NewPage(h, title)
	p.Add(card.Elements(who)...)
	if len(v.Changes) == 0 {
		p.Add(card.Paragraph(cat.Text("record.none")))
	}
	p.Add(leftOut(cat, p.List(len(v.Changes), maxChanges, func(i int) []card.Element { return separated(i, auditEntry(cat, v.Changes[i])) }))...)
	return p.Card
}

func auditEntry(cat Catalog, c Change) []card.Element {
	act := cat.Text("act." + string(c.Act))
	lines := []card.Element{card.Paragraph(card.Dotted(act, card.Name(cmp.Or(c.OfName, c.Of))))}
	if who := card.People(c.Of); len(who) > 0 {
		lines = append([]card.Element{card.Paragraph(act)}, card.Elements(who)...)
	}
	if topic := cmp.Or(c.Is.Topic, c.Was.Topic); topic != nil {
		lines = append(lines, card.SmallText(cat.topic(*topic)))
	}
	lines = append(lines, card.WithPeople([]string{c.By}, cat.Text("record.by"), card.Name(c.By), cat.moment(c.At), chatOf(cat, c))...)
	lines = append(lines, beforeAfter(cat, auditState(cat, c.Was), auditState(cat, c.Is))...)
	if c.Act == access.HandedOver {
		lines = append(lines, card.WithPeople([]string{c.Is.Owner}, cat.Text("subscription.owner"), card.Name(c.Is.Owner))...)
	}
	return lines
}

func beforeAfter(cat Catalog, before, after string) []card.Element {
	switch {
	case before != "" && after != "" && before != after:
		return []card.Element{card.SmallText(cat.Text("record.from_to", "before", before, "after", after))}
	case before != "" && after == "":
		return []card.Element{card.SmallText(cat.Text("record.was", "before", before))}
	case after != "":
		return []card.Element{card.SmallText(cat.Text("record.is", "after", after))}
	}
	return nil
}

func chatOf(cat Catalog, c Change) string {
	switch {
	case c.ChatName != "":
		return cat.Text("chat.named", "name", card.Name(c.ChatName))
	case c.ChatID != "":
		return card.Name(c.ChatID)
	}
	return ""
}

// AuditState is a recorded state. Only the fields of its kind are set. Text is shown if no other field is set.
type AuditState struct {
	Text string // as recorded

	Topic  *Topic // of a subscription
	Timing Timing
	State  string // active, paused or removed
	Until  string // the day on which the pause ends
	Owner  string // open_id

	Role       access.Role // of a grant
	Department string      // the name of the department that the grant is limited to

	Apps []usage.App // of the apps that are reported on

	Language locale.Language // of a chat's settings
	App      usage.App
}

// auditState describes the state in one line.
func auditState(cat Catalog, p AuditState) string {
	switch {
	case p.Topic != nil:
		return card.Dotted(cat.timing(p.Topic.Cycle, p.Timing), subscriptionState(cat, p))
	case p.Role != "" && optionalText(cat, "role.", string(p.Role)) != "":
		return card.Dotted(cat.Text("role."+string(p.Role)), grantScope(cat, p))
	case len(p.Apps) > 0 && p.Text != "":
		return card.Clean(appNames(cat, p.Apps), card.MaxText/2)
	case p.Language != "" || p.App.ID != "":
		return settingsText(cat, p)
	}
	return card.Clean(p.Text, card.MaxText/2)
}

func subscriptionState(cat Catalog, p AuditState) string {
	if p.State == "" {
		return ""
	}
	state := optionalText(cat, "record.state.", p.State)
	if state == "" {
		state = card.Name(p.State)
	}
	if p.Until != "" {
		return cat.Text("record.until", "state", state, "until", card.Name(p.Until))
	}
	return state
}

func grantScope(cat Catalog, p AuditState) string {
	if p.Department == "" {
		return ""
	}
	return cat.Text("roles.department", "name", card.Name(p.Department))
}

// appNames lists the apps. Apps with the same name are shown with their ids.
func appNames(cat Catalog, apps []usage.App) string {
	named := map[string]int{}
	for _, app := range apps {
		named[appName(app)]++
	}
	words := make([]string, len(apps))
	for i, app := range apps {
		words[i] = appName(app)
		if named[words[i]] > 1 {
			words[i] = cat.Text("line.pair", "name", words[i], "value", card.Name(app.ID))
		}
	}
	return cat.join(words)
}

func settingsText(cat Catalog, p AuditState) string {
	language, app := "", ""
	if p.Language != "" {
		language = cat.Text("settings.language", "language", cat.language(p.Language))
	}
	if p.App.ID != "" {
		app = cat.Text("settings.app", "app", appName(p.App))
	}
	return card.Dotted(language, app)
}

// ForgetView asks whether to delete a person's data, or confirms that it was deleted.
type ForgetView struct {
	Done       bool
	HandedOver int    // subscriptions in groups that the chats' owners take over
	Removed    int    // subscriptions of the person's direct messages, and those that nobody takes over
	Owned      int    // all subscriptions of the person, if it was not determined what happens to each
	Asked      string // open_id of the person, who alone may answer
	Yes        string // the command that deletes
	Keep       string // the command that does not
}

// Forget draws the question or the confirmation.
func Forget(cat Catalog, v ForgetView) card.Card {
	title, head := cat.Text("forget.title"), card.OrangeHead
	if v.Done {
		title, head = cat.Text("forget.done"), card.BlueHead
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: head}, title)
	if !v.Done {
		p.Add(card.Paragraph(cat.Text("forget.what")))
	}
	if v.Owned > 0 {
		p.Add(card.Paragraph(cat.count("forget.owned", v.Owned)))
	}
	if v.HandedOver > 0 {
		p.Add(card.Paragraph(cat.count("forget.handed_over", v.HandedOver)))
	}
	if v.Removed > 0 {
		p.Add(card.Paragraph(cat.count("forget.removed", v.Removed)))
	}
	p.Add(card.SmallText(cat.Text("forget.record")))
	if !v.Done {
		p.Add(card.Confirmation(card.Button{Label: cat.Text("forget.yes"), Command: v.Yes}, card.Button{Label: cat.Text("forget.keep"), Command: v.Keep}, v.Asked)...)
	}
	return p.Card
}
