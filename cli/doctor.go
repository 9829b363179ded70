package cli

import (
	"fmt"
	"os"
	"time"

	"usagebot/config"
	"usagebot/doctor"
)

type doctorCommand struct {
	JSON bool   `help:"Print the findings as JSON." name:"json"`
	Lang string `help:"Language of the findings: zh or en (LANGUAGE unless given)." enum:"zh,en," default:""`
}

// Run looks at everything that the bot needs, and tells. It exits with 1 when something does not work.
func (c doctorCommand) Run(w *Process) error {
	cfg, err := config.Load(config.Serve, w.Environ, os.ReadFile)
	if err != nil {
		return err
	}
	p, err := doctor.Open(cfg, time.Now)
	if err != nil {
		return err
	}
	defer p.Close()
	findings := p.Run(w.Context)
	lang := doctor.Language(c.Lang)
	if lang == "" {
		lang = doctor.Language(cfg.Language)
	}
	show := doctor.WriteText
	if c.JSON {
		show = doctor.WriteJSON
	}
	if err := show(w.Stdout, lang, findings); err != nil {
		return fmt.Errorf("printing the findings: %w", err)
	}
	if doctor.Worst(findings) == doctor.Failure {
		return errTold
	}
	return nil
}
