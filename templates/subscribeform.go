package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// SubscribeFormView asks when a digest shall go out.
type SubscribeFormView struct {
	Topic  Topic
	Timing Timing                 // what the fields show first
	On     []string               // the days that may be chosen, in the command's words; "" is every day
	Cycles map[usage.Cycle]string // commands that show the form for another cycle
	Submit string                 // the line that the fields complete
	Change bool                   // a subscription that is there is changed
	Back   string                 // leads back to where the form was asked for
}

// The names by which the form sends what it holds. The first two are arguments of the command.
const (
	timeField    = "time"
	daysField    = "on"
	submitName   = "subscribe"
	everyDay     = "daily" // the value of every day, which has no word of its own in a command
	maxDayChoice = 40      // every day of a month, and its last
)

// SubscribeForm draws the form.
func (t *Templates) SubscribeForm(lang Language, v SubscribeFormView) card.Card {
	w := t.in(lang)
	key := "new"
	if v.Change {
		key = "change"
	}
	title, topic := w.say("form.title."+key), w.topic(v.Topic)
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, w.say("line.titled", "title", title, "text", topic))
	p.Add(card.Paragraph(w.say("subscribed.what", "topic", topic)))
	p.Add(w.cycleControls(v.Cycles, v.Topic.Cycle)...)
	p.Add(w.subscribeFields(v, w.say("form.submit."+key))...)
	p.Add(sideways(one(w.say("form.back"), v.Back, card.PlainButton))...)
	return p.Card
}

func (w wording) subscribeFields(v SubscribeFormView, submit string) []card.Element {
	send := card.SubmitButton(submitName, submit, v.Submit)
	if len(send) == 0 { // the fields would lead nowhere
		return nil
	}
	label := w.say("form.time")
	if v.Timing.Zone != "" {
		label = w.say("form.zone", "zone", card.Name(v.Timing.Zone))
	}
	fields := []card.Inner{
		card.Remark(label),
		card.TimePicker{Name: timeField, Placeholder: card.Text(w.say("form.time")), Initial: v.Timing.clock()},
	}
	options := card.DrawOptions(w.dayOptions(v.Topic.Cycle, v.On), dayValue(v.Timing.On), maxDayChoice)
	if len(options) > 0 {
		days := card.SelectStatic{Name: daysField, Placeholder: card.Text(w.say("form.days")), Options: options}
		if card.Offers(options, dayValue(v.Timing.On)) {
			days.Initial = dayValue(v.Timing.On)
		}
		fields = append(fields, card.Remark(w.say("form.days")), days)
	}
	return []card.Element{card.InputForm{Name: submitName + "_form", Elements: append(fields, send...)}}
}

func (w wording) dayOptions(c usage.Cycle, on []string) []card.Option {
	options := make([]card.Option, len(on))
	for i, word := range on {
		options[i] = card.Option{Text: w.sendingDays(c, word), Value: dayValue(word)}
	}
	return options
}

func dayValue(on string) string {
	if on == "" {
		return everyDay
	}
	return on
}
