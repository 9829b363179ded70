package bot

import (
	"context"

	"usagebot/bot/command"
	"usagebot/templates"
)

// Finding is one thing that a check-up looked at, in words.
type Finding struct {
	Status string // ok, warning, failure; anything else could not be looked at
	What   string
	Todo   string // empty where there is nothing to do
}

// doctor shows what a check-up finds.
func (b speaker) doctor(ctx context.Context, _ Request, _ command.Command) (Answer, error) {
	var v templates.CheckupView
	for _, f := range b.Doctor(ctx, string(b.language)) {
		grade := templates.Warning // what could not be looked at is a doubt: its cause stands beside it
		switch g := templates.Grade(f.Status); g {
		case templates.Fine, templates.Failure:
			grade = g
		case templates.Warning:
		}
		v.Findings = append(v.Findings, templates.Finding{Grade: grade, What: f.What, Todo: f.Todo})
	}
	return Answer{Card: b.templates.Checkup(b.language, v)}, nil
}
