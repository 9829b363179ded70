package access

import "slices"

// Mode says who sees figures without a grant.
type Mode string

// The modes.
const (
	Everyone Mode = "everyone" // everybody sees everything, unless grants of his own narrow him
	Listed   Mode = "listed"   // nobody sees anything, unless it is granted
)

// Rights are what somebody may do at the moment. The zero value is nothing.
type Rights struct {
	Admin       bool
	Everything  bool     // he sees every department and the whole tenant
	Departments []string // else: those that they see, with all below

	// Partial says that more may be granted than could be found out: what they are not known to see, they may see.
	Partial bool
}

// Of returns the rights of a person. The grants are those that hold for him: his own, those of the departments that he
// belongs to, and those of the chat in which he asks.
//
// Grants of his own say all that he sees: a chat or a department widens nothing for somebody who was narrowed by name.
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
		return seen(own)
	case mode == Listed:
		return seen(others)
	}
	return Rights{Everything: true}
}

// seen is what grants let one see together.
func seen(grants []Grant) Rights {
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

// Sees reports whether the figures of a department may be seen. The trail is that department and all above it, in any
// order; none is the whole tenant.
func (r Rights) Sees(trail []string) bool {
	return r.Everything || slices.ContainsFunc(trail, func(id string) bool { return slices.Contains(r.Departments, id) })
}

// Any reports whether any figures may be seen.
func (r Rights) Any() bool { return r.Everything || len(r.Departments) > 0 }
