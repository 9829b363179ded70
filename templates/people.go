package templates

import (
	"regexp"
	"slices"
)

// personList shows people as the client does, by picture and name: the bot neither knows nor keeps what somebody is
// called. Unlike a mention it tells nobody that he is shown.
type personList struct {
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

func (personList) element() {}
func (personList) inner()   {}

var openID = regexp.MustCompile(`^ou_[A-Za-z0-9_-]{1,64}$`)

// maxPeople is how many people are shown together.
const maxPeople = 10

// persons are those of the ids that may be somebody's, each once. A pseudonym is nobody's.
func persons(ids []string) (list []person) {
	for _, id := range ids {
		if p := (person{id}); openID.MatchString(id) && !slices.Contains(list, p) && len(list) < maxPeople {
			list = append(list, p)
		}
	}
	return list
}

// people shows people; nothing without any.
func people(ids ...string) []inner {
	list := persons(ids)
	if len(list) == 0 {
		return nil
	}
	return []inner{personList{Persons: list, Size: smallPerson, ShowAvatar: true, DropUnknown: true}}
}

// toldOf is a line in small print that ends with a label, and the people that the label is about below it. Without them
// the line ends with other words.
func toldOf(ids []string, label, otherwise string, told ...string) []inner {
	who := people(ids...)
	if len(who) == 0 {
		label = otherwise
	}
	return append([]inner{remark(dotted(append(told, label)...))}, who...)
}

// elements are the same directly in the body.
func elements(parts []inner) []element {
	list := make([]element, len(parts))
	for i, e := range parts {
		list[i] = e
	}
	return list
}
