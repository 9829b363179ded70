package access

import "time"

// Kind says what a Subject is.
type Kind string

// The kinds of subjects.
const (
	Person     Kind = "person"     // by open_id
	Chat       Kind = "chat"       // whoever asks in it, by chat_id
	Department Kind = "department" // whoever belongs to it or to one below, by open_department_id
)

// Subject is to whom something is granted.
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

// Grant is one role of one subject.
type Grant struct {
	Subject    Subject
	Role       Role
	Department string // of a Viewer: the open_department_id that he sees, with all below; empty for everything
	By         string // open_id of who granted it
	At         time.Time
}
