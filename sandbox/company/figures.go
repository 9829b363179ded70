package company

import (
	"slices"

	"usagebot/usage"
)

// Span is a range of days, counted from the first day of the simulation; both ends belong to it.
type Span struct{ First, Last int }

// Figures counts what happened in the span to the people in members (everybody when nil), with the metrics that the
// platform gives for the ability and the cycle. It reports false when the app does not have the ability.
func (s *Simulation) Figures(app int, ability usage.Ability, cycle usage.Cycle, days Span, members Bitset) (usage.Figures, bool) {
	parts := s.parts(app, ability)
	if len(parts) == 0 {
		return nil, false
	}
	active, pages, opens := s.sum(app, parts, days, members)
	f := usage.Figures{usage.ActiveUsers: int64(active.countIn(members))}
	if ability != usage.Bot {
		f[usage.PageViews], f[usage.Opens] = pages, opens
	}
	if ability == usage.AppAbility {
		f[usage.NewUsers] = s.adopters(app, days, members)
		if cycle == usage.TotalUsersCycle {
			f[usage.TotalUsers] = s.adopters(app, Span{-never, days.Last}, members)
		}
	}
	return f, true
}

// parts returns the indexes of the abilities that the given ability consists of.
func (s *Simulation) parts(app int, ability usage.Ability) (parts []int) {
	for i, a := range s.apps[app].Abilities {
		if a == ability || ability == usage.AppAbility {
			parts = append(parts, i)
		}
	}
	return parts
}

func (s *Simulation) sum(app int, parts []int, days Span, members Bitset) (active Bitset, pages, opens int64) {
	active = newBitset(len(s.company.People))
	for day := days.First; day <= days.Last; day++ {
		for _, part := range parts {
			use := s.day(app, part, day)
			active.union(use.active)
			use.active.Each(func(i int) {
				if members == nil || members.has(i) {
					pages += int64(use.pages[i])
					opens += int64(use.opens[i])
				}
			})
		}
	}
	return active, pages, opens
}

// adopters counts the members whose first use ever is in the span, including people who have left.
func (s *Simulation) adopters(app int, days Span, members Bitset) (n int64) {
	for person, day := range s.apps[app].adopted {
		if day >= days.First && day <= days.Last && (members == nil || members.has(person)) {
			n++
		}
	}
	return n
}

// AppIndex returns the place of an app among the apps of the simulation, by its id, or -1.
func (s *Simulation) AppIndex(id string) int {
	return slices.IndexFunc(s.apps, func(a *appUse) bool { return a.ID == id })
}
