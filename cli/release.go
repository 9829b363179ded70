//go:build !lab

package cli

import (
	"time"

	"usagebot/config"
)

const buildKind = ""

func (p *Process) clock() (func() time.Time, error) { return time.Now, nil }

func (p *Process) applyLab(*config.Config) {}
