package sandbox

import (
	"maps"
	"time"

	"usagebot/usage"
)

// defaultScopes are the scopes that the bot's app has until they are revoked.
func defaultScopes() map[string]bool {
	return map[string]bool{
		scopeOverview:                         true,
		"im:message:send_as_bot":              true,
		"im:message:update":                   true,
		"im:message:readonly":                 true,
		"im:message.p2p_msg:readonly":         true,
		"im:message.group_at_msg:readonly":    true,
		"im:chat:read":                        true,
		"im:chat.members:read":                true,
		"im:chat.members:bot_access":          true,
		"contact:contact.base:readonly":       true,
		scopeDepartmentBase:                   true,
		scopeDepartmentTree:                   true,
		scopePersonDepartments:                true,
		"application:application:self_manage": true,
		scopeOtherApps:                        true,
		scopeSlashRead:                        true,
		scopeSlashWrite:                       true,
	}
}

// The scopes that the sandbox asks for by name.
const (
	scopeOverview       = "application:application.app_usage_stats.overview:readonly"
	scopeDepartmentBase = "contact:department.base:readonly"
	scopeDepartmentTree = "contact:department.organize:readonly"
	scopeOtherApps      = "admin:app.info:readonly"

	scopePersonDepartments = "contact:user.department:readonly"

	scopeGroupMessages = "im:message.group_msg" // what others write in groups; not granted unless a test does
)

// toggles switches the platform's faults, and what the app may do.
type toggles struct{ *state }

// Grant gives the bot's app scopes.
func (s *toggles) Grant(scopes ...string) { s.setScopes(true, scopes) }

// Revoke takes scopes from the bot's app.
func (s *toggles) Revoke(scopes ...string) { s.setScopes(false, scopes) }

func (s *toggles) setScopes(has bool, scopes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scopes = maps.Clone(s.scopes)
	for _, scope := range scopes {
		s.scopes[scope] = has
	}
}

// SetPlan says whether the tenant's plan has usage figures; without it the overview answers 211004.
func (s *toggles) SetPlan(enough bool) { s.locked(func() { s.plan = enough }) }

// SetStopped switches the bot's app off (99991662) or on.
func (s *toggles) SetStopped(stopped bool) { s.locked(func() { s.stopped = stopped }) }

// SetContactRange says whether the app may see the departments; without it they answer 40004.
func (s *toggles) SetContactRange(everybody bool) { s.locked(func() { s.contactRange = everybody }) }

// SetPublication sets how long after the end of a day its figures are published; the default is 10 hours.
func (s *toggles) SetPublication(afterMidnight time.Duration) {
	s.locked(func() { s.publicationDelay = afterMidnight })
}

// Overview is an answer of the overview: figures, or a code of the platform's.
type Overview func(ask usage.Request, figures usage.Figures, code int) (usage.Figures, int)

// SetOverview changes what the overview answers to questions that it would answer with figures or with "data not found";
// nil: nothing.
func (s *toggles) SetOverview(change Overview) { s.locked(func() { s.overviewChange = change }) }
