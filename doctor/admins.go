package doctor

import (
	"context"
	"errors"
	"strconv"

	"usagebot/feishu"
)

// mostPeople is how many administrators are looked up.
const mostPeople = 20

// administrators looks whether anybody is one.
func (p *Checkup) administrators(ctx context.Context) []Finding {
	if n := len(p.admins(ctx)); n > 0 {
		return []Finding{Well("admins.well", "count", strconv.Itoa(n))}
	}
	return []Finding{Doubt("admins.none")}
}

// people looks each administrator up: an id that was mistyped, or is of another app, administers nothing.
func (s *scopeCheck) people(ctx context.Context) []Finding {
	ids := s.admins(ctx)
	if len(ids) == 0 {
		return []Finding{Unseen("needs", "check", "admins")}
	}
	var findings []Finding
	for _, id := range ids[:min(len(ids), mostPeople)] {
		_, err := s.client.PersonDepartments(ctx, id)
		e, refused := errors.AsType[*feishu.Error](err)
		switch {
		case refused && (e.NoPerson() || e.PersonHidden()):
			findings = append(findings, Doubt("people.unknown").With(e.Code, e.LogID).Of(id))
		case err != nil:
			return append(findings, s.stumbled(err, "contact:contact.base:readonly"))
		}
	}
	if len(findings) == 0 {
		findings = append(findings, Well("people.well", "count", strconv.Itoa(len(ids))))
	}
	return findings
}
