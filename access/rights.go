package access

import (
	"slices"
	"time"
)

// Kind says what a Subject is.
type Kind string

// The kinds of subjects.
const (
	Person     Kind = "person"     // one person, by open_id
	Chat       Kind = "chat"       // everybody who asks in the chat, by chat_id
	Department Kind = "department" // everybody in the department or below it, by open_department_id
)

// Subject is who gets a role.
type Subject struct {
	Kind Kind
	ID   string
}

// Role is what is granted.
type Role string

// The roles.
const (
	Admin  Role = "admin"  // sees and does everything
	Viewer Role = "viewer" // sees figures
)

// Grant gives one role to one subject.
type Grant struct {
	Subject    Subject
	Role       Role
	Department string // for a Viewer: the open_department_id they see, with everything below; empty for the whole tenant
	By         string // open_id of the person who granted it
	At         time.Time
}

// Mode says who sees figures without a grant.
type Mode string

// The modes.
const (
	Everyone Mode = "everyone" // everybody sees everything, unless personal grants narrow them
	Listed   Mode = "listed"   // nobody sees anything without a grant
)

// Rights are what a person may do at the moment of asking. The zero value allows nothing.
type Rights struct {
	Admin       bool
	Everything  bool     // they see every department and the whole tenant
	Departments []string // otherwise: the departments they see, with everything below

	// Partial says that more may be granted than could be found out. A department that is not known to be allowed may be
	// allowed all the same.
	Partial bool
}

// Of returns the rights of a person. The grants are those that apply to them: their own, those of their departments, and
// those of the chat they ask in.
//
// If a person has grants of their own, only these count: a chat or a department widens nothing for somebody whom an
// administrator has narrowed by name.
func Of(mode Mode, configuredAdmin bool, grants []Grant) Rights {
	var own, others []Grant
	for _, g := range grants {
		if g.Subject.Kind == Person {
			own = append(own, g)
		} else {
			others = append(others, g)
		}
	}
	if configuredAdmin || slices.ContainsFunc(own, func(g Grant) bool { return g.Role == Admin }) {
		return Rights{Admin: true, Everything: true}
	}
	switch {
	case len(own) > 0:
		return viewerRights(own)
	case mode == Listed:
		return viewerRights(others)
	}
	return Rights{Everything: true}
}

// viewerRights adds up what viewer grants allow.
func viewerRights(grants []Grant) Rights {
	var r Rights
	for _, g := range grants {
		switch {
		case g.Role != Viewer:
		case g.Department == "":
			r.Everything = true
		case !slices.Contains(r.Departments, g.Department):
			r.Departments = append(r.Departments, g.Department)
		}
	}
	if r.Everything {
		r.Departments = nil
	}
	return r
}

// Sees reports whether the rights cover a department. The lineage is that department and all above it, in any order; an
// empty one stands for the whole tenant.
func (r Rights) Sees(lineage []string) bool {
	return r.Everything || slices.ContainsFunc(lineage, func(id string) bool { return slices.Contains(r.Departments, id) })
}

// Any reports whether the rights allow any figures at all.
func (r Rights) Any() bool { return r.Everything || len(r.Departments) > 0 }
