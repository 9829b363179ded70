package cli

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"usagebot/config"
	"usagebot/store/sqlstore"
)

func backupCommand(p *Process) *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Copy the database to a new file while the bot runs", Args: oneFile("backup"),
		Long: `Copy the SQLite database in DATA_DIR to a new file. The bot may be running meanwhile; the copy is consistent.
With DATABASE_URL it prints the pg_dump command instead.`,
		Example: "  usagebot backup /backups/usagebot-2026-11-30.db",
		RunE:    func(_ *cobra.Command, args []string) error { return backup(p, args[0]) },
	}
}

func restoreCommand(p *Process) *cobra.Command {
	return &cobra.Command{
		Use: "restore FILE", Short: "Put a copy made by backup in the place of the database; stop the bot first", Args: oneFile("restore"),
		Long: `Put a copy made by "usagebot backup" in the place of the SQLite database in DATA_DIR. The bot must be stopped. The former
database is kept beside it. With DATABASE_URL it prints the pg_restore command instead.`,
		Example: "  usagebot restore /backups/usagebot-2026-11-30.db",
		RunE:    func(_ *cobra.Command, args []string) error { return restore(p, args[0]) },
	}
}

// takesFile reports whether a shell completes the command's argument with the names of files.
func takesFile(c *cobra.Command) bool { return strings.HasSuffix(c.Use, " FILE") }

func oneFile(command string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("one file is needed: usagebot %s FILE", command)
		}
		return nil
	}
}

// databaseSettings reads where the database is. It does not require the platform's credentials.
func (p *Process) databaseSettings() (config.Config, error) {
	return config.Load(config.Demo, p.Environ, os.ReadFile)
}

func backup(p *Process, file string) error {
	cfg, err := p.databaseSettings()
	if err != nil {
		return err
	}
	if !cfg.DatabaseURL.IsZero() {
		return p.print("The database is PostgreSQL. Back it up with its own tool:\n\n  pg_dump --format=custom --file=%s \"$DATABASE_URL\"\n", file)
	}
	if err := sqlstore.BackupSQLite(p.Context, cfg.DataDir, file); err != nil {
		return err
	}
	return p.print("The database in %s is copied to %s.\n", cfg.DataDir, file)
}

func restore(p *Process, file string) error {
	cfg, err := p.databaseSettings()
	if err != nil {
		return err
	}
	if !cfg.DatabaseURL.IsZero() {
		return p.print("The database is PostgreSQL. Stop every replica of the bot, then restore with its own tool:\n\n"+
			"  pg_restore --clean --if-exists --no-owner --single-transaction --dbname=\"$DATABASE_URL\" %s\n", file)
	}
	former, err := sqlstore.RestoreSQLite(p.Context, cfg.DataDir, file, time.Now())
	if err != nil {
		return err
	}
	if former != "" {
		return p.print("%s is restored into %s. The former database is %s.\n", file, cfg.DataDir, former)
	}
	return p.print("%s is restored into %s.\n", file, cfg.DataDir)
}

func (p *Process) print(format string, args ...any) error {
	_, err := fmt.Fprintf(p.Stdout, format, args...)
	return err
}
