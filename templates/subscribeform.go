package templates

import "usagebot/usage"

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
func (t *Templates) SubscribeForm(lang Language, v SubscribeFormView) Card {
	w := t.in(lang)
	key := "new"
	if v.Change {
		key = "change"
	}
	title, topic := w.say("form.title."+key), w.topic(v.Topic)
	p := newPage(header{Title: text(title), Template: blueHead}, w.say("line.titled", "title", title, "text", topic))
	p.add(paragraph(w.say("subscribed.what", "topic", topic)))
	p.add(w.cycleControls(v.Cycles, v.Topic.Cycle)...)
	p.add(w.subscribeFields(v, w.say("form.submit."+key))...)
	p.add(sideways(one(w.say("form.back"), v.Back, plainButton))...)
	return p.card
}

func (w wording) subscribeFields(v SubscribeFormView, submit string) []element {
	send := submitButton(submitName, submit, v.Submit)
	if len(send) == 0 { // the fields would lead nowhere
		return nil
	}
	label := w.say("form.time")
	if v.Timing.Zone != "" {
		label = w.say("form.zone", "zone", name(v.Timing.Zone))
	}
	fields := []inner{
		remark(label),
		timePicker{Name: timeField, Placeholder: text(w.say("form.time")), Initial: v.Timing.clock()},
	}
	options := drawOptions(w.dayOptions(v.Topic.Cycle, v.On), dayValue(v.Timing.On), maxDayChoice)
	if len(options) > 0 {
		days := selectStatic{Name: daysField, Placeholder: text(w.say("form.days")), Options: options}
		if offers(options, dayValue(v.Timing.On)) {
			days.Initial = dayValue(v.Timing.On)
		}
		fields = append(fields, remark(w.say("form.days")), days)
	}
	return []element{inputForm{Name: submitName + "_form", Elements: append(fields, send...)}}
}

func (w wording) dayOptions(c usage.Cycle, on []string) []Option {
	options := make([]Option, len(on))
	for i, word := range on {
		options[i] = Option{w.sendingDays(c, word), dayValue(word)}
	}
	return options
}

func dayValue(on string) string {
	if on == "" {
		return everyDay
	}
	return on
}
