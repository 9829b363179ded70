package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"usagebot/config"
)

// settingsTopic is what "usagebot help settings" prints. It is no command.
func settingsTopic() *cobra.Command {
	return &cobra.Command{Use: "settings", Short: "What each environment variable is for", Long: settingsHelp()}
}

// settingsHelp lists all settings with what they are for, what they take and their default.
func settingsHelp() string {
	described, err := config.Describe()
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	b.WriteString(`Settings are environment variables, or keys in lower case in the YAML file that CONFIG_FILE names; the environment wins. An
empty value counts as not set. A secret may also come from a file: FEISHU_APP_SECRET_FILE=/run/secrets/app_secret.
`)
	for _, d := range described {
		var marks []string
		if d.Required {
			marks = append(marks, "required")
		} else if d.Default != "" {
			marks = append(marks, "default "+d.Default)
		}
		if d.Secret {
			marks = append(marks, "secret")
		}
		fmt.Fprintf(&b, "\n%s", d.Name)
		if len(marks) > 0 {
			fmt.Fprintf(&b, "  (%s)", strings.Join(marks, ", "))
		}
		fmt.Fprintf(&b, "\n    %s\n    takes: %s\n", strings.ReplaceAll(d.About, "`", ""), d.Takes)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
