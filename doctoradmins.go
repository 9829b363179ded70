package main

import (
	"context"
	"errors"
	"strconv"

	"usagebot/doctor"
	"usagebot/feishu"
)

// mostPeople is how many administrators are looked up.
const mostPeople = 20

// administrators looks whether anybody is one.
func (p *patient) administrators(ctx context.Context) []doctor.Finding {
	if n := len(p.admins(ctx)); n > 0 {
		return []doctor.Finding{doctor.Well("admins.well", "count", strconv.Itoa(n))}
	}
	return []doctor.Finding{doctor.Doubt("admins.none")}
}

// people looks each administrator up: an id that was mistyped, or is of another app, administers nothing.
func (s *scopeCheck) people(ctx context.Context) []doctor.Finding {
	ids := s.admins(ctx)
	if len(ids) == 0 {
		return []doctor.Finding{doctor.Unseen("needs", "check", "admins")}
	}
	var findings []doctor.Finding
	for _, id := range ids[:min(len(ids), mostPeople)] {
		_, err := s.client.PersonDepartments(ctx, id)
		e, refused := errors.AsType[*feishu.Error](err)
		switch {
		case refused && e.NoPerson():
			findings = append(findings, doctor.Doubt("people.unknown").With(e.Code, e.LogID).Of(id))
		case err != nil:
			return append(findings, s.stumbled(err, "contact:contact.base:readonly"))
		}
	}
	if len(findings) == 0 {
		findings = append(findings, doctor.Well("people.well", "count", strconv.Itoa(len(ids))))
	}
	return findings
}
