// Package company generates the simulated tenant: people, departments and apps, and the use of the apps on each day. Equal
// seeds give equal tenants and equal use.
package company

import (
	"crypto/sha256"
	"encoding/hex"

	"usagebot/usage"
)

// App is an app of the tenant whose usage can be asked for.
type App struct {
	ID        string
	Name      string
	NameEN    string
	Abilities []usage.Ability // of MiniProgram, Web and Bot: those that the app has
}

// Digest returns 64 hexadecimal digits that are the same whenever s is.
func Digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// RootID is the platform's id of the whole tenant in the contact API.
const RootID = "0"

// Department is a department with its people.
type Department struct {
	usage.Department
	Order   int   // among its sisters
	Below   []int // indexes of the departments directly below
	habit   float64
	Members Bitset // everybody who ever sat in it or below it
	own     Bitset // everybody who ever sat in it
	Deleted bool
}

// Company is the tenant: its departments, each parent before its children, and its people.
type Company struct {
	Departments []*Department
	Roots       []int
	People      []*Person
	ByPersonID  map[string]*Person // by open_id, union_id and user_id
}

// New makes a tenant of about that many people. The same seed makes the same tenant.
func New(seed uint64, headcount int) *Company {
	c := &Company{ByPersonID: map[string]*Person{}}
	weights := c.addBranches(plan(), "", nil)
	c.hire(seed, headcount, weights)
	c.aggregateMembers()
	return c
}

// addBranches adds the branches and returns the weight of each department so far, by index.
func (c *Company) addBranches(branches []branch, parent string, weights []int) []int {
	for order, b := range branches {
		i := len(c.Departments)
		id := openDepartmentID(b.key)
		c.Departments = append(c.Departments, &Department{
			Department: usage.Department{
				ID: id, CustomID: b.key, ParentID: parent, Name: b.name,
				I18n: map[string]string{"zh_cn": b.name, "en_us": b.en},
			},
			Order: order, habit: b.habit,
		})
		weights = append(weights, b.weight)
		c.attach(i)
		weights = c.addBranches(b.below, id, weights)
	}
	return weights
}

func (c *Company) attach(i int) {
	parent := c.ByID(c.Departments[i].ParentID, false)
	if parent == nil {
		c.Roots = append(c.Roots, i)
		return
	}
	parent.Below = append(parent.Below, i)
}

func openDepartmentID(key string) string { return "od-" + Digest("department " + key)[:32] }

// ByID finds a department by open_department_id, or by department_id when custom is set; nil when there is none.
func (c *Company) ByID(id string, custom bool) *Department {
	for _, d := range c.Departments {
		if !d.Deleted && (custom && d.CustomID == id || !custom && d.ID == id) {
			return d
		}
	}
	return nil
}

// aggregateMembers adds to every department the people of the departments below it.
func (c *Company) aggregateMembers() {
	for i := len(c.Departments) - 1; i >= 0; i-- {
		d := c.Departments[i]
		d.Members.union(d.own)
		for _, child := range d.Below {
			d.Members.union(c.Departments[child].Members)
		}
	}
}

// Descend returns the departments below the given ones; all levels when deep, each parent before its children.
func (c *Company) Descend(indexes []int, deep bool) (found []*Department) {
	for _, i := range indexes {
		if d := c.Departments[i]; !d.Deleted {
			found = append(found, d)
			if deep {
				found = append(found, c.Descend(d.Below, deep)...)
			}
		}
	}
	return found
}
