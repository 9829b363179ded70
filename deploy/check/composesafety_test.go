package check

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// TestComposeIsSafe holds the file to the rules of composeProblems, and each of their lines to be missed.
func TestComposeIsSafe(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text, settings := string(file), exampleSettings(t)
	problems := func(text string) []string {
		project, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
			WorkingDir: "..", Environment: settings,
			ConfigFiles: []types.ConfigFile{{Filename: "../compose.yaml", Content: []byte(text)}},
		}, func(o *loader.Options) { o.SetProjectName("usagebot", true) })
		if err != nil {
			return []string{err.Error()}
		}
		return composeProblems(project)
	}
	without(t, text, 30, regexp.MustCompile(`^ +(read_only|cap_drop|security_opt|user|mem_limit|pids_limit|networks|image|secrets|FEISHU_APP_SECRET_FILE|FEISHU_ENCRYPT_KEY_FILE|FEISHU_VERIFICATION_TOKEN_FILE|DATABASE_URL_FILE|REDIS_URL_FILE|POSTGRES_PASSWORD_FILE):|^  (behind_proxy|stores): {`), problems)
	for was, is := range map[string]string{
		"user: \"70:70\"":                       "user: root",
		"user: \"999:1000\"":                    "user: \"0:0\"",
		"caddy:2.10.0-alpine":                   "caddy:2",
		"image: postgres:17.6-alpine":           "image: postgres",
		"networks: [public, behind_proxy]":      "networks: [public, behind_proxy, stores]",
		"networks: [stores]":                    "networks: [stores, public]",
		"redis-server, /run/secrets/redis_conf": "redis-server, --requirepass, sesame",
		"stores: {internal: true}":              "stores: {}",
		"cap_add: [NET_BIND_SERVICE]":           "cap_add: [SYS_ADMIN]",
		"mem_limit: 256m #":                     "mem_limit: 128m #",
		"    networks: [stores]\n":              "    networks: [stores]\n    ports: [\"5432:5432\"]\n",
	} {
		instead(t, text, was, is, problems)
	}
}

var (
	exactVersion = regexp.MustCompile(`:[0-9]+\.[0-9]+[0-9.]*(-[a-z0-9]+)?(@sha256:[0-9a-f]{64})?$`)
	inCommand    = regexp.MustCompile(`(?i)requirepass|--pass|password|\$\$?\(cat`)
)

// composeProblems are what makes the project less safe than it could be.
func composeProblems(p *types.Project) (found []string) {
	add := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if len(p.Services) != 4 {
		add("%d services", len(p.Services))
	}
	for name, s := range p.Services {
		user, _, _ := strings.Cut(s.User, ":")
		switch {
		case !s.ReadOnly:
			add("%s may write its root", name)
		case !slices.Equal(s.CapDrop, []string{"ALL"}):
			add("%s has capabilities", name)
		case len(s.CapAdd) > 0 && (name != "proxy" || !slices.Equal(s.CapAdd, []string{"NET_BIND_SERVICE"})):
			add("%s is given capabilities", name)
		case !slices.Contains(s.SecurityOpt, "no-new-privileges:true"):
			add("%s may get privileges", name)
		case user == "" || user == "0" || user == "root":
			add("%s runs as root", name)
		case s.MemLimit == 0 || s.PidsLimit == 0:
			add("%s has no limit of memory or processes", name)
		case s.Privileged || s.NetworkMode != "" || s.Pid != "":
			add("%s is not apart from its host", name)
		case name != "bot" && !exactVersion.MatchString(s.Image):
			add("%s is of any version: %s", name, s.Image)
		case s.Image == "":
			add("%s has no image", name)
		case len(s.Ports) > 0 && name != "proxy":
			add("%s is public", name)
		}
		for _, word := range append(slices.Clone(s.Command), s.Entrypoint...) {
			if inCommand.MatchString(word) {
				add("%s has a secret in its command: %s", name, word)
			}
		}
	}
	for name, want := range map[string][]string{
		"proxy": {"behind_proxy", "public"}, "bot": {"behind_proxy", "platform", "stores"}, "postgres": {"stores"}, "redis": {"stores"},
	} {
		if got := slices.Sorted(keys(p.Services[name].Networks)); !slices.Equal(got, want) {
			add("%s is in the networks %v", name, got)
		}
	}
	for _, name := range []string{"behind_proxy", "stores"} {
		if !p.Networks[name].Internal {
			add("the network %s reaches outside", name)
		}
	}
	if bot := p.Services["bot"]; bot.MemLimit != testedMemory {
		add("the bot may use %d bytes, and was tested in %d", bot.MemLimit, testedMemory)
	}
	for service, settings := range map[string][]string{
		"bot":      {"FEISHU_APP_SECRET_FILE", "FEISHU_ENCRYPT_KEY_FILE", "FEISHU_VERIFICATION_TOKEN_FILE", "DATABASE_URL_FILE", "REDIS_URL_FILE"},
		"postgres": {"POSTGRES_PASSWORD_FILE"},
	} {
		for _, name := range settings {
			value := p.Services[service].Environment[name]
			if value == nil || !mounts(p.Services[service], strings.TrimPrefix(*value, "/run/secrets/")) {
				add("%s has no file for %s", service, name)
			}
		}
	}
	if redis := p.Services["redis"]; !slices.Contains(redis.Command, "/run/secrets/redis_conf") || !mounts(redis, "redis_conf") {
		add("Redis has no password from a file")
	}
	return found
}

// testedMemory is in what TestMemory_UnverifiedRequests_Bounded in e2e attacks the program.
const testedMemory = 256 << 20

func mounts(s types.ServiceConfig, secret string) bool {
	return slices.ContainsFunc(s.Secrets, func(m types.ServiceSecretConfig) bool { return m.Source == secret })
}

func keys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// TestProxyIsSafe holds the proxy to TLS, to the webhook alone, and to limits.
func TestProxyIsSafe(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../Caddyfile")
	if err != nil {
		t.Fatal(err)
	}
	problems := func(text string) (found []string) {
		for _, want := range []string{
			"\n{$PUBLIC_HOST} {\n", "handle /webhook/event {", "respond 404", "max_header_size 16KiB", "read_header ", "read_body ", "idle ",
			"max_size 1MiB", "request_buffers 1MiB",
		} {
			if !strings.Contains(text, want) {
				found = append(found, "without "+want)
			}
		}
		if strings.Contains(text, "http://") || strings.Contains(text, "auto_https off") || strings.Count(text, "handle") != 2 {
			found = append(found, "without TLS, or more than the webhook")
		}
		return found
	}
	without(t, string(file), 9, regexp.MustCompile(`PUBLIC_HOST|/webhook|404|max_|read_|idle|request_buffers`), problems)
}

// TestImageIsSafe holds the image to a user of its own, a base without a shell, and versions that can be fixed.
func TestImageIsSafe(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	problems := func(text string) (found []string) {
		for _, want := range []string{
			`(?m)^USER nonroot:nonroot$`, `(?m)^ARG BASE_IMAGE=gcr\.io/distroless/static-debian12:nonroot`, `(?m)^FROM \$BASE_IMAGE$`,
			`(?m)^ARG BUILD_IMAGE=golang:[0-9]+\.[0-9]+\.[0-9]+`, `(?m)^FROM .*\$BUILD_IMAGE AS build$`, `(?m)^HEALTHCHECK `,
		} {
			if !regexp.MustCompile(want).MatchString(text) {
				found = append(found, "without "+want)
			}
		}
		return found
	}
	without(t, string(file), 6, regexp.MustCompile(`^(USER|FROM|ARG B|HEALTHCHECK)`), problems)
}
