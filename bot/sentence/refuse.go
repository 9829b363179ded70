package sentence

import (
	"maps"
	"slices"
)

// refuse says for what the platform has no figures.
func (r *reader) refuse(f *frame) (Reading, bool) {
	changes := f.intends("subscribe") || f.intends("alert") || f.said(schedule, clock) && f.said(send, report) ||
		f.said(schedule) && f.said(cycle) || f.said(clock) && f.each != 0 && f.said(cycle, send, report) ||
		f.said(clock) && f.said(cycle, report) && len(f.days()) > 0
	for _, t := range f.tokens {
		switch {
		case t.sort == refused && (t.value != string(Hours) || !changes):
			return r.cannot(Why(t.value), t.text, r.nearest(Why(t.value), f)...), true
		case t.sort == why:
			return r.cannot(Reasons, t.text, r.nearest(Reasons, f)...), true
		case t.sort == clock && !changes && !f.intends("alert"):
			return r.cannot(Hours, t.text, r.nearest(Hours, f)...), true
		case t.sort == unknown && t.value == "" && len(f.ids) == 0:
			if person := personIn(t.text); person != "" {
				return r.cannot(Persons, person, "/top"), true
			}
		}
	}
	return Reading{}, false
}

// nearest returns the line of the nearest thing that exists, for the rest of what was said.
func (r *reader) nearest(why Why, f *frame) []string {
	rest := *f
	rest.tokens = slices.DeleteFunc(slices.Clone(f.tokens), func(t token) bool {
		return t.sort == refused || t.sort == unknown || t.sort == clock || t.sort == drop || t.sort == most
	})
	again := r.frameOf(rest.tokens)
	again.each = 0
	if why == Reasons {
		again.has = maps.Clone(again.has)
		for _, s := range []sort{changed, growth, drop, most, anomaly} {
			delete(again.has, s)
		}
	}
	switch why {
	case Persons:
		again.has[which] = token{}
	case Durations, Retention, Hours, Forecasts, LongPeriods:
		again.has[chart] = token{}
	}
	q := question{reader: &reader{Context: r.Context, offering: true, base: r.base, follows: r.follows}, f: again, line: r.base}
	reading := q.read()
	if why == Reasons {
		return []string{changesOf(reading).String()}
	}
	if reading.Kind == Run {
		return []string{reading.Line}
	}
	if why == Persons {
		return []string{"/top"}
	}
	return []string{"/trend"}
}

// changesOf returns the line that shows which parts changed, in place of why they did.
func changesOf(reading Reading) Line {
	l := Line{Command: "why"}
	asked, ok := ParseLine(reading.Line)
	if ok && reading.Kind == Run && len(asked.Dates) < 2 && len(asked.Departments) < 2 && len(asked.Apps) < 2 && len(asked.Abilities) < 2 {
		l.Cycle, l.Abilities, l.Departments, l.Apps, l.Dates = asked.Cycle, asked.Abilities, asked.Departments, asked.Apps, asked.Dates
	}
	return l
}

func (r *reader) cannot(why Why, word string, offers ...string) Reading {
	reading := Reading{Kind: Cannot, Why: why, Word: word}
	for _, line := range offers {
		reading.Offers = append(reading.Offers, Offer{Line: line})
	}
	return reading
}
