package bot

import (
	"context"

	"usagebot/bot/command"
	"usagebot/templates"
)

// Finding is one thing that a check-up looked at.
type Finding = templates.Finding

// doctor shows what a check-up finds.
func (b speaker) doctor(ctx context.Context, _ Request, _ command.Command) (Answer, error) {
	findings, err := b.Doctor(ctx)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Card: b.templates.Checkup(b.language, templates.CheckupView{Findings: findings})}, nil
}
