package templates

import (
	"time"

	"usagebot/access"
	"usagebot/templates/card"
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
