package templates

// HandOverView asks who is to answer for a subscription.
type HandOverView struct {
	Subscription ChatSubscription
	Candidates   []string // open_ids; whoever is in the chat in which the card stands when there is none
	Line         string   // the command, which the choice completes
	Back         string   // the command of the button that leads back
}

// selectPerson is a field to choose a person by. The platform knows what people are called.
type selectPerson struct {
	Tag         selectPersonTag `json:"tag"`
	Placeholder plainText       `json:"placeholder"`
	Options     []candidate     `json:"options,omitempty"`
	Behaviors   []callback      `json:"behaviors"`
}

type candidate struct {
	Value string `json:"value"`
}

func (selectPerson) element() {}
func (selectPerson) inner()   {}

// handTo is the argument that the choice completes the command by.
const handTo = "person"

// HandOver draws the question.
func (t *Templates) HandOver(lang Language, v HandOverView) Card {
	w := t.in(lang)
	s := v.Subscription
	title, topic := w.say("hand_over.title"), w.topic(s.Topic)
	p := newPage(header{Title: text(title), Template: blueHead}, w.say("line.titled", "title", title, "text", topic))
	p.add(paragraph(topic))
	p.add(w.owned(s.Subscription, w.subscriptionID(s.ID), w.room(s.ChatName, s.ChatID))...)
	p.add(w.candidates(v)...)
	p.add(remark(w.say("hand_over.other", "id", name(s.ID))))
	p.add(buttonRow(drawAll([]Button{{w.say("hand_over.back"), v.Back}}, plainButton, 1)...)...)
	return p.card
}

// candidates is the field to choose from.
func (w wording) candidates(v HandOverView) []element {
	if !(Pick{Line: v.Line, Arg: handTo}).usable() {
		return nil
	}
	field := selectPerson{Placeholder: text(w.say("hand_over.to")), Behaviors: []callback{{Value: callbackValue{Cmd: v.Line, With: handTo}}}}
	for _, p := range persons(v.Candidates) {
		field.Options = append(field.Options, candidate{p.ID})
	}
	return []element{field}
}
