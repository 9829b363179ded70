package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usagebot/config"
	"usagebot/locale"
)

const yamlName = "/etc/usagebot.yaml"

func TestAsk_SecretsFromFiles(t *testing.T) {
	t.Parallel()
	env := []string{"FEISHU_APP_ID=cli_a", "FEISHU_ENCRYPT_KEY=k", "FEISHU_VERIFICATION_TOKEN=t"}
	f := files{"/run/s": "from-file\n", "/run/crlf": "from-file\r\n", "/run/bare": "from-file", "/run/empty": "\n", "/run/two": "a\nb\n", "/run/blank": " from-file\n", yamlName: "feishu_app_secret_file: /run/s\n"}
	tests := []struct {
		name string
		env  []string
		want string // the secret, or the problem
	}{
		{"a line", []string{"FEISHU_APP_SECRET_FILE=/run/s"}, "from-file"},
		{"a line of Windows", []string{"FEISHU_APP_SECRET_FILE=/run/crlf"}, "from-file"},
		{"no line break", []string{"FEISHU_APP_SECRET_FILE=/run/bare"}, "from-file"},
		{"named in the YAML file", []string{"CONFIG_FILE=" + yamlName}, "from-file"},
		{"the variable wins over the YAML file", []string{"CONFIG_FILE=" + yamlName, "FEISHU_APP_SECRET=x"}, "x"},
		{"an empty variable beside the file", []string{"FEISHU_APP_SECRET_FILE=/run/s", "FEISHU_APP_SECRET="}, "from-file"},
		{"both", []string{"FEISHU_APP_SECRET_FILE=/run/s", "FEISHU_APP_SECRET=x"}, "FEISHU_APP_SECRET is set together with its _FILE variant; set only one"},
		{"no such file", []string{"FEISHU_APP_SECRET_FILE=the-secret-itself"}, "FEISHU_APP_SECRET_FILE names a file that does not exist"},
		{"not allowed", []string{"FEISHU_APP_SECRET_FILE=/denied"}, "FEISHU_APP_SECRET_FILE names a file without read permission"},
		{"nothing in it", []string{"FEISHU_APP_SECRET_FILE=/run/empty"}, "FEISHU_APP_SECRET_FILE names an empty file"},
		{"two lines", []string{"FEISHU_APP_SECRET_FILE=/run/two"}, "FEISHU_APP_SECRET_FILE contains a line break or control character"},
		{"white space", []string{"FEISHU_APP_SECRET_FILE=/run/blank"}, "FEISHU_APP_SECRET_FILE begins or ends with white space"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := config.Load(config.Serve, append(tt.env, env...), f.read)
			got := c.AppSecret.Reveal()
			if err != nil {
				_, got, _ = strings.Cut(err.Error(), "\n  ")
				got, _, _ = strings.Cut(got, "; expected")
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAddressesFromFiles(t *testing.T) {
	t.Parallel()
	f := files{"/run/redis": "redis://:pw@r\n", "/run/db": "postgres://u:pw@db/x\n"}
	c := load(t, environ("REDIS_URL_FILE=/run/redis", "DATABASE_URL_FILE=/run/db"), f)
	if c.RedisURL.Reveal() != "redis://:pw@r" || c.DatabaseURL.Reveal() != "postgres://u:pw@db/x" {
		t.Errorf("got %v and %v", c.RedisURL, c.DatabaseURL)
	}
}

func TestYAMLHoldsTheSameKeys(t *testing.T) {
	t.Parallel()
	yaml := `# what the environment would hold
feishu_app_id: cli_a1b2
feishu_app_secret: 0123        # stays as it is written
feishu_encrypt_key: "key: #1"
feishu_verification_token: |
  token-s3cret
readiness_deadline: 14:05
digest_jitter: 0
timezone:
redis_url: ""
apps:
  - cli_aaa=商城, 国际
  - cli_bbb
admins: [ou_a, ou_b]
language: en
log_level: debug
`
	c := load(t, []string{"CONFIG_FILE=" + yamlName, "LANGUAGE=zh", "LOG_LEVEL="}, files{yamlName: yaml})
	got := []any{
		c.AppSecret.Reveal(), c.EncryptKey.Reveal(), c.VerificationToken.Reveal(), c.ReadinessDeadline, c.DigestJitter.String(),
		c.TimeZone.String(), c.RedisURL.IsZero(), c.Apps, c.Admins, c.Language, c.LogLevel.String(),
	}
	want := []any{
		"0123", "key: #1", "token-s3cret",
		config.Clock{Hour: 14, Minute: 5},
		"0s",
		"Asia/Shanghai", true,
		[]config.App{{"cli_aaa", "商城, 国际"}, {"cli_bbb", ""}},
		[]string{"ou_a", "ou_b"},
		locale.Chinese, "DEBUG",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func TestWrongYAML(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, yaml, want string }{
		{"an unknown key", "event_mod: webhook", `"event_mod" in the YAML file is not a setting; did you mean event_mode?`},
		{"a key in capitals", "EVENT_MODE: webhook", `"EVENT_MODE" in the YAML file is not a setting; did you mean event_mode?`},
		{"a key like none of ours", "colour: red", `"colour" in the YAML file is not a setting`},
		{"a file for what is no secret", "language_file: x", `"language_file" in the YAML file is not a setting`},
		{"a key twice", "language: en\nlanguage: zh", "language is given twice in the YAML file"},
		{"a nested value", "language: {a: s3cret}", "language must be text or a list of text values in the YAML file"},
		{"a nested list", "apps: [[s3cret]]", "apps must be text or a list of text values in the YAML file"},
		{"an alias", "language: &a en\nlog_level: *a", "language must be text or a list of text values in the YAML file"},
		{"a list where one belongs", "language: [zh, en]", "language must be a single value, not a list"},
		{"a list of secrets", "redis_url: [redis://a, redis://b]", "redis_url must be a single value, not a list"},
		{"a list of files", "redis_url_file: [a, b]", "redis_url_file must be a single value, not a list"},
		{"a secret and its file", "redis_url: redis://a\nredis_url_file: b", "redis_url is set together with its _FILE variant; set only one"},
		{"a wrong item", "apps:\n- cli a", `apps contains "cli a", which is not an App ID`},
		{"no keys", "- s3cret", `CONFIG_FILE names a YAML file that has no key: value pairs: "/etc/usagebot.yaml"`},
		{"a text", "s3cret", `CONFIG_FILE names a YAML file that has no key: value pairs: "/etc/usagebot.yaml"`},
		{"two documents", "language: en\n---\nlanguage: zh", `CONFIG_FILE names a YAML file with more than one document: "/etc/usagebot.yaml"`},
		{"broken", "language: en\nfeishu_app_secret: \"s3cret", `CONFIG_FILE names a file that is not valid YAML at line 2, column 20: "/etc/usagebot.yaml"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := problems(t, config.Serve, environ("CONFIG_FILE="+yamlName), files{yamlName: tt.yaml})
			if len(got) == 0 {
				t.Fatal("nothing is wrong")
			}
			first, _, _ := strings.Cut(got[0], "; expected")
			if diff := cmp.Diff(tt.want, first); diff != "" {
				t.Errorf("problem (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEmptyYAMLChangesNothing(t *testing.T) {
	t.Parallel()
	for _, yaml := range []string{"", "# nothing\n", "---\n", "null", "{}"} {
		if got := problems(t, config.Serve, environ("CONFIG_FILE="+yamlName), files{yamlName: yaml}); got != nil {
			t.Errorf("%q: %q", yaml, got)
		}
	}
}

func TestConfigFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	got := problems(t, config.Serve, environ("CONFIG_FILE=/nowhere"), files{})
	want := []string{`CONFIG_FILE names a file that does not exist: "/nowhere"; expected a YAML file with the settings' names in lower case, such as /etc/usagebot.yaml`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
