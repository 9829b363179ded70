package company

import "slices"

// Person is a person who works, or has worked, for the company.
type Person struct {
	OpenID  string `json:"open_id"`
	UnionID string `json:"union_id"`
	UserID  string `json:"user_id"`
	Name    string `json:"name"`

	Departments []int
	hired, left int // days since the history begins; hired may lie before it, left is never for those who stay
}

// never is a day after all days of the simulation.
const never = 1 << 30

// Purposes keep the random draws for different things apart.
const (
	drawDepartment = iota + 1
	drawSecond
	drawHired
	drawLeft
	drawName
	drawAdopts
	drawAdoptionDay
	drawFirstAbility
	drawFondness
	drawActive
	drawPages
	drawOpens
	drawDay
)

// hire adds the people. The first three belong to the demo: they never leave, and their names are fixed.
func (c *Company) hire(seed uint64, headcount int, weights []int) {
	for _, d := range c.Departments {
		d.own, d.Members = newBitset(headcount), newBitset(headcount)
	}
	for i := range headcount {
		p := &Person{
			OpenID:  "ou_" + Digest(Numbered("open", i))[:32],
			UnionID: "on_" + Digest(Numbered("union", i))[:32],
			UserID:  Digest(Numbered("user", i))[:8],
			Name:    name(seed, i),
			hired:   hiredOn(seed, i),
			left:    leftOn(seed, i),
		}
		p.Departments = departmentsOf(seed, i, weights)
		for _, d := range p.Departments {
			c.Departments[d].own.add(i)
		}
		c.People = append(c.People, p)
		for _, id := range []string{p.OpenID, p.UnionID, p.UserID} {
			c.ByPersonID[id] = p
		}
	}
}

// Present reports whether p works here on the day.
func (p *Person) Present(day int) bool { return p.hired <= day && day < p.left }

// departmentsOf draws a department by weight, and for one person in twenty-five a second one.
func departmentsOf(seed uint64, person int, weights []int) []int {
	first := pick(draw(seed, drawDepartment, person), weights)
	if draw(seed, drawSecond, person) >= 0.04 {
		return []int{first}
	}
	second := pick(draw(seed, drawSecond, person, 1), weights)
	return slices.Compact([]int{first, second})
}

func pick(u float64, weights []int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	at := int(u * float64(total))
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// hiredOn: four in five were here before the history begins, the others come within two years.
func hiredOn(seed uint64, person int) int {
	u := draw(seed, drawHired, person)
	if person < len(PersonNames()) || u < 0.8 {
		return -1000
	}
	return int((u - 0.8) / 0.2 * 730)
}

// leftOn: about one in ten leaves within two years.
func leftOn(seed uint64, person int) int {
	u := draw(seed, drawLeft, person)
	if person < len(PersonNames()) || u > 0.1 {
		return never
	}
	return hiredOn(seed, person) + 1030 + int(u/0.1*730)
}

// PersonNames returns the names of the demo's people, who appear in its chats.
func PersonNames() []string { return []string{"林晓", "陈立", "Alex Wu"} }

func name(seed uint64, person int) string {
	if names := PersonNames(); person < len(names) {
		return names[person]
	}
	family := []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
	given := []string{"伟", "芳", "娜", "敏", "静", "磊", "洋", "艳", "勇", "杰", "涛", "超", "明", "霞", "平", "辉", "雨桐", "子涵", "浩然", "思远", "欣怡", "宇轩"}
	f := int(draw(seed, drawName, person) * float64(len(family)))
	g := int(draw(seed, drawName, person, 1) * float64(len(given)))
	return string(family[f]) + given[g]
}
