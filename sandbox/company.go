package sandbox

import (
	"usagebot/usage"
)

// rootID is the platform's id of the whole tenant in the contact API.
const rootID = "0"

// department is a department with its people.
type department struct {
	usage.Department
	order   int   // among its sisters
	below   []int // indexes of the departments directly below
	habit   float64
	members bitset // everybody who ever sat in it or below it
	own     bitset // everybody who ever sat in it
	deleted bool
}

// company is the tenant: its departments, each parent before its children, and its people.
type company struct {
	departments []*department
	roots       []int
	people      []*Person
	byPersonID  map[string]*Person // by open_id, union_id and user_id
}

func newCompany(seed uint64, headcount int) *company {
	c := &company{byPersonID: map[string]*Person{}}
	weights := c.plant(plan(), "", nil)
	c.hire(seed, headcount, weights)
	c.fillUp()
	return c
}

// plant adds the branches and returns the weight of each department so far, by index.
func (c *company) plant(branches []branch, parent string, weights []int) []int {
	for order, b := range branches {
		i := len(c.departments)
		id := openDepartmentID(b.key)
		c.departments = append(c.departments, &department{
			Department: usage.Department{
				ID: id, CustomID: b.key, ParentID: parent, Name: b.name,
				I18n: map[string]string{"zh_cn": b.name, "en_us": b.en},
			},
			order: order, habit: b.habit,
		})
		weights = append(weights, b.weight)
		c.attach(i)
		weights = c.plant(b.below, id, weights)
	}
	return weights
}

func (c *company) attach(i int) {
	parent := c.byID(c.departments[i].ParentID, false)
	if parent == nil {
		c.roots = append(c.roots, i)
		return
	}
	parent.below = append(parent.below, i)
}

func openDepartmentID(key string) string { return "od-" + digest("department " + key)[:32] }

// byID finds a department by open_department_id, or by department_id when custom is set; nil when there is none.
func (c *company) byID(id string, custom bool) *department {
	for _, d := range c.departments {
		if !d.deleted && (custom && d.CustomID == id || !custom && d.ID == id) {
			return d
		}
	}
	return nil
}

// fillUp makes every department hold the people of those below it.
func (c *company) fillUp() {
	for i := len(c.departments) - 1; i >= 0; i-- {
		d := c.departments[i]
		d.members.union(d.own)
		for _, child := range d.below {
			d.members.union(c.departments[child].members)
		}
	}
}

// descend returns the departments below the given ones; all levels when deep, each parent before its children.
func (c *company) descend(indexes []int, deep bool) (found []*department) {
	for _, i := range indexes {
		if d := c.departments[i]; !d.deleted {
			found = append(found, d)
			if deep {
				found = append(found, c.descend(d.below, deep)...)
			}
		}
	}
	return found
}
