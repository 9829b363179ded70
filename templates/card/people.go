package card

import (
	"regexp"
	"slices"
)

// PersonList shows people as the client does, by picture and name: the bot neither knows nor keeps what somebody is
// called. Unlike a mention it tells nobody that he is shown.
type PersonList struct {
	Tag         personListTag `json:"tag"`
	Persons     []person      `json:"persons"`
	Size        personSize    `json:"size"`
	ShowAvatar  bool          `json:"show_avatar"`
	DropUnknown bool          `json:"drop_invalid_user_id"` // else one person whom the platform does not know spoils the card
}

type person struct {
	ID string `json:"id"`
}

// personSize is the size of the pictures.
type personSize string

const smallPerson personSize = "extra_small"

func (PersonList) element() {}
func (PersonList) inner()   {}

var openID = regexp.MustCompile(`^ou_[A-Za-z0-9_-]{1,64}$`)

// maxPeople is how many people are shown together.
const maxPeople = 10

// Persons are those of the ids that may be somebody's, each once. A pseudonym is nobody's.
func Persons(ids []string) (list []person) {
	for _, id := range ids {
		if p := (person{id}); openID.MatchString(id) && !slices.Contains(list, p) && len(list) < maxPeople {
			list = append(list, p)
		}
	}
	return list
}

// People shows people; nothing without any.
func People(ids ...string) []Inner {
	list := Persons(ids)
	if len(list) == 0 {
		return nil
	}
	return []Inner{PersonList{Persons: list, Size: smallPerson, ShowAvatar: true, DropUnknown: true}}
}

// ToldOf is a line in small print that ends with a label, and the people that the label is about below it. Without them
// the line ends with other words.
func ToldOf(ids []string, label, otherwise string, told ...string) []Inner {
	who := People(ids...)
	if len(who) == 0 {
		label = otherwise
	}
	return append([]Inner{Remark(Dotted(append(told, label)...))}, who...)
}

// Elements are the same directly in the body.
func Elements(parts []Inner) []Element {
	list := make([]Element, len(parts))
	for i, e := range parts {
		list[i] = e
	}
	return list
}

// SelectPerson is a field to choose a person by. The platform knows what people are called.
type SelectPerson struct {
	Tag         SelectPersonTag `json:"tag"`
	Placeholder PlainText       `json:"placeholder"`
	Options     []Candidate     `json:"options,omitempty"`
	Behaviors   []Callback      `json:"behaviors"`
}

// Candidate is a person who can be chosen, by open_id.
type Candidate struct {
	Value string `json:"value"`
}

func (SelectPerson) element() {}
func (SelectPerson) inner()   {}
