package company

import (
	"math"
	"sync"

	"usagebot/usage"
)

// Simulation knows who used which ability of which app on which day. Days are counted from since. A day is simulated when
// it is first needed, and then cached.
type Simulation struct {
	seed    uint64
	since   usage.Date
	company *Company
	apps    []*appUse

	mu   sync.Mutex
	days map[dayKey]*dayUse
}

// appUse is an app and when each person began to use it.
type appUse struct {
	App
	adopted []int // by person: the day of the first use ever, negative before the history begins, or never
}

type dayKey struct{ app, ability, day int }

// dayUse is what happened in one ability of an app on one day.
type dayUse struct {
	active Bitset
	pages  []uint8 // by person
	opens  []uint8
}

// NewSimulation prepares how a tenant uses its apps, from a day on. The same seed gives the same use.
func NewSimulation(seed uint64, since usage.Date, c *Company, apps []App) *Simulation {
	s := &Simulation{seed: seed, since: since, company: c, days: map[dayKey]*dayUse{}}
	for i, app := range apps {
		use := &appUse{App: app, adopted: make([]int, len(c.People))}
		for p := range c.People {
			use.adopted[p] = s.adoption(i, p)
		}
		s.apps = append(s.apps, use)
	}
	return s
}

// adoption draws the day on which a person first uses an app: many did before the history begins, more join fast at
// first and slower later, some never do. It is a working day on which the person is there.
func (s *Simulation) adoption(app, person int) int {
	p := s.company.People[person]
	u := draw(s.seed, drawAdopts, app, person)
	if u >= 0.9 {
		return never
	}
	day := -1
	if u >= 0.42 {
		day = int(720 * math.Pow(draw(s.seed, drawAdoptionDay, app, person), 1.6))
	}
	if day < p.hired {
		day = p.hired + int(10*draw(s.seed, drawAdoptionDay, app, person))
	}
	if day < 0 {
		return day
	}
	for !workday(s.since.AddDays(day)) {
		day++
	}
	if day >= p.left {
		return never
	}
	return day
}

// day returns who used the ability on the day. The index of an ability is its place in App.Abilities.
func (s *Simulation) day(app, ability, day int) *dayUse {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := dayKey{app, ability, day}
	use, ok := s.days[key]
	if !ok {
		use = s.simulate(key)
		s.days[key] = use
	}
	return use
}

func (s *Simulation) simulate(k dayKey) *dayUse {
	n := len(s.company.People)
	use := &dayUse{active: newBitset(n), pages: make([]uint8, n), opens: make([]uint8, n)}
	likely := activityByDay(s.seed, s.since.AddDays(k.day), k.day) * appeal(s.apps[k.app].Abilities[k.ability])
	for person := range n {
		if !s.active(k, person, likely) {
			continue
		}
		use.active.add(person)
		if s.apps[k.app].Abilities[k.ability] != usage.Bot {
			use.pages[person], use.opens[person] = s.visits(k, person)
		}
	}
	return use
}

// active draws whether a person uses the ability. A person who adopts the app on this day always uses one of its abilities,
// so that the day of adoption is the day of the first use.
func (s *Simulation) active(k dayKey, person int, likely float64) bool {
	p, app := s.company.People[person], s.apps[k.app]
	adopted := app.adopted[person]
	switch {
	case k.day < adopted || !p.Present(k.day):
		return false
	case k.day == adopted && k.ability == int(draw(s.seed, drawFirstAbility, k.app, person)*float64(len(app.Abilities))):
		return true
	}
	fond := 0.25 + 1.5*draw(s.seed, drawFondness, k.app, k.ability, person)
	habit := s.company.Departments[p.Departments[0]].habit
	return draw(s.seed, drawActive, k.app, k.ability, person, k.day) < likely*fond*habit
}

// visits draws the pages seen and the times opened, at least one of each and never more openings than pages.
func (s *Simulation) visits(k dayKey, person int) (pages, opens uint8) {
	p := 1 + int(-math.Log(1-draw(s.seed, drawPages, k.app, k.ability, person, k.day))*5)
	o := 1 + int(-math.Log(1-draw(s.seed, drawOpens, k.app, k.ability, person, k.day))*1.2)
	p = min(p, 200)
	return uint8(p), uint8(min(o, p)) // both are at most 200
}

// appeal returns the share of an app's users who use the ability on a usual working day.
func appeal(a usage.Ability) float64 {
	switch a {
	case usage.MiniProgram:
		return 0.3
	case usage.Web:
		return 0.22
	case usage.Bot:
		return 0.4
	}
	return 0
}
