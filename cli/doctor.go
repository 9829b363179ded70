package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"usagebot/config"
	"usagebot/doctor"
	"usagebot/locale"
)

func doctorCommand(p *Process) *cobra.Command {
	c := &cobra.Command{
		Use: "doctor", Short: "Check everything that the bot needs, and say what to do about each fault", Args: cobra.NoArgs,
		Long: "Check everything that the bot needs, and say what to do about each fault. The exit code is 1 if a check fails.",
	}
	asJSON := c.Flags().Bool("json", false, "print the findings as JSON")
	lang := c.Flags().String("lang", "", "language of the findings: zh or en (default: LANGUAGE)")
	_ = c.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions([]string{"zh", "en"}, cobra.ShellCompDirectiveNoFileComp))
	c.RunE = func(*cobra.Command, []string) error {
		if *lang != "" && *lang != "zh" && *lang != "en" {
			return usageError{fmt.Errorf("--lang is zh or en, not %q", *lang)}
		}
		return runDoctor(p, *asJSON, locale.Language(*lang))
	}
	return c
}

// runDoctor prints the findings of all checks. Without a language they are in LANGUAGE.
func runDoctor(p *Process, asJSON bool, lang locale.Language) error {
	cfg, err := config.Load(config.Serve, p.Environ, os.ReadFile)
	if err != nil {
		return err
	}
	now, err := p.clock()
	if err != nil {
		return err
	}
	checkup, err := doctor.Open(cfg, now)
	if err != nil {
		return err
	}
	defer checkup.Close()
	findings := checkup.Run(p.Context)
	if lang == "" {
		lang = cfg.Language
	}
	show := doctor.WriteText
	if asJSON {
		show = doctor.WriteJSON
	}
	if err := show(p.Stdout, lang, findings); err != nil {
		return fmt.Errorf("printing the findings: %w", err)
	}
	if doctor.Worst(findings) == doctor.StatusFailure {
		return errReported
	}
	return nil
}
