package check

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// compose loads the file as Docker does, with the settings of .env.example.
func compose(t *testing.T) *types.Project {
	t.Helper()
	project, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  "..",
		ConfigFiles: []types.ConfigFile{{Filename: "../compose.yaml"}},
		Environment: exampleSettings(t),
	}, func(o *loader.Options) { o.SetProjectName("usagebot", true) })
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func exampleSettings(t *testing.T) types.Mapping {
	t.Helper()
	file, err := os.Open("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	settings := types.Mapping{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), "="); ok && !strings.HasPrefix(name, "#") {
			settings[name] = value
		}
	}
	return settings
}

func TestComposeLoads(t *testing.T) {
	t.Parallel()
	project := compose(t)
	for _, name := range []string{"proxy", "postgres", "redis"} {
		if s, err := project.GetService(name); err != nil || s.HealthCheck == nil || len(s.HealthCheck.Test) == 0 {
			t.Errorf("%s has no health check: %v", name, err)
		}
	}
	for _, name := range []string{"postgres", "redis"} {
		if s, _ := project.GetService(name); !slices.ContainsFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Type == "volume" }) {
			t.Errorf("%s keeps nothing", name)
		}
	}
	bot, err := project.GetService("bot")
	if err != nil || bot.Deploy == nil || bot.Deploy.Replicas == nil || *bot.Deploy.Replicas != 2 || !bot.ReadOnly {
		t.Errorf("the bot: %+v, %v", bot.Deploy, err)
	}
}

// TestComposeHoldsNoSecret holds that what is secret comes from files, and that each is one that the file declares.
func TestComposeHoldsNoSecret(t *testing.T) {
	t.Parallel()
	project, secrets := compose(t), 0
	for _, s := range project.Services {
		for name, value := range s.Environment {
			secret := strings.Contains(name, "SECRET") || strings.Contains(name, "KEY") || strings.Contains(name, "TOKEN") ||
				strings.Contains(name, "PASSWORD") || strings.Contains(name, "REDIS_URL") || strings.Contains(name, "DATABASE_URL")
			if secret {
				secrets++
			}
			if secret && (value == nil || !strings.HasPrefix(*value, "/run/secrets/") || !strings.HasSuffix(name, "_FILE")) {
				t.Errorf("%s: %s is not from a file", s.Name, name)
			}
			if secret && value != nil && project.Secrets[strings.TrimPrefix(*value, "/run/secrets/")].File == "" {
				t.Errorf("%s: %s is of no secret", s.Name, name)
			}
		}
	}
	if secrets < 6 {
		t.Errorf("%d secrets were looked at", secrets)
	}
}
