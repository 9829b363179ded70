package doctor

import (
	"context"
	"errors"
	"strconv"

	"usagebot/feishu"
)

// maxAdmins bounds how many administrators are looked up, so that the check ends in time.
const maxAdmins = 20

// administrators checks that the bot has at least one administrator.
func (p *Checkup) administrators(ctx context.Context) []Finding {
	if n := len(p.admins(ctx)); n > 0 {
		return []Finding{OK("admins.well", "count", strconv.Itoa(n))}
	}
	return []Finding{Warn("admins.none")}
}

// lookUpAdmins looks up each administrator: nobody gets rights from an id that was mistyped, or that belongs to another app.
func (s *scopeCheck) lookUpAdmins(ctx context.Context) []Finding {
	ids := s.admins(ctx)
	if len(ids) == 0 {
		return []Finding{Skip("needs", "check", "admins")}
	}
	var findings []Finding
	for _, id := range ids[:min(len(ids), maxAdmins)] {
		_, err := s.client.PersonDepartments(ctx, id)
		e, refused := errors.AsType[*feishu.Error](err)
		switch {
		case refused && (e.NoPerson() || e.PersonHidden()):
			findings = append(findings, Warn("people.unknown").WithCode(e.Code, e.LogID).About(id))
		case err != nil:
			return append(findings, s.callFailed(err, "contact:contact.base:readonly"))
		}
	}
	if len(findings) == 0 {
		findings = append(findings, OK("people.well", "count", strconv.Itoa(len(ids))))
	}
	return findings
}
