package config_test

import (
	"fmt"
	"strings"
	"testing"

	"usagebot/config"
)

// TestValues gives each setting good and bad values in the environment. A good one must show up in the dump as want (or
// as it is, where want is empty); a bad one must be the only problem.
func TestValues(t *testing.T) {
	t.Parallel()
	type good map[string]string
	tests := []struct {
		name string
		good good
		bad  []string
	}{
		{"FEISHU_APP_ID", good{"cli_9f5343c580712544": "", " cli_a ": "cli_a"}, []string{
			"a b", "cli_a,cli_b", "应用", "cli_" + strings.Repeat("a", 65), "foo", "cli_", "CLI_a", "cli_A", "cli_a-b", "ou_a",
		}},
		{"FEISHU_APP_SECRET", good{"x": "<secret>", "with space": "<secret>"}, []string{" x", "x\n", "a\nb", "\t"}},
		{"FEISHU_ENCRYPT_KEY", good{"密钥": "<secret>"}, []string{"x ", "a\x00b"}},
		{"FEISHU_VERIFICATION_TOKEN", good{"x": "<secret>"}, []string{"\u00a0x"}},
		{"FEISHU_BASE_URL", good{
			"https://open.larksuite.com":  "",
			"https://open.larksuite.com/": "https://open.larksuite.com",
			"http://127.0.0.1:8080":       "",
			"http://[::1]:8080":           "",
			"http://LocalHost:8080":       "",
			"http://127.8.8.8":            "",
		}, []string{
			"http://open.feishu.cn", "http://10.0.0.1:80", "http://0.0.0.0:80", "http://localhost.example.com", "http://[2001:db8::1]",
			"open.feishu.cn", "ftp://open.feishu.cn", "https://", "https://:443", "https://h:99999", "https://u:p@h", "https://h/open-apis",
			"https://h?x=1", "https://h?", "https://h#x", "https://h#", "https://%zz",
		}},
		{"EVENT_MODE", good{"webhook": "", "WebSocket": "websocket"}, []string{"ws", "both"}},
		{"LISTEN_ADDR", good{":0": "", "localhost:80": "", "[::1]:8080": "", "0.0.0.0:65535": ""}, []string{
			"8080", ":", ":http", ":65536", ":-1", "host", "http://host:80", "a b:80", "::1:80", "256.1.1.1:80", "10.0.0:80",
		}},
		{"REDIS_URL", good{
			"redis://redis":                        "",
			"redis://redis:6379/0":                 "",
			"redis://:p%2Cw@redis:6379":            "redis://<secret>@redis:6379",
			"rediss://u:p@[::1]:6380/1?db=2":       "rediss://<secret>@[::1]:6380/1?…",
			"redis://:p@a:1,b:2,c?master_name=m":   "redis://<secret>@a:1,b:2,c?…",
			"redis://a:1,redis://b:2":              "",
			"redis://:p@a:26379,redis://:q@b:6379": "redis://<secret>@b:6379",
		}, []string{
			"redis", "redis:6379", "http://redis", "redis://", "redis:///0", "redis://redis:port", "redis://redis/x", "redis://a,rediss://b", "redis://a,http://b",
			"redis://:p,w@redis", "redis://:p/w@redis", "redis://:p?w@redis", "redis://:p#w@redis", "redis://:p@w@redis", "redis://:%zz@redis", "redis://a,", "redis://a b", "redis://a\n", "redis://::1",
		}},
		{"DATABASE_URL", good{
			"postgres://db/usagebot":                  "",
			"postgresql://u:p@db:5432/x?sslmode=a":    "postgresql://<secret>@db:5432/x?…",
			"postgres://u:p@a:5432,b:5432/x":          "postgres://<secret>@a:5432,b:5432/x",
			"postgres:///x?host=/run/postgresql":      "postgres:///x?…",
			"postgres://db/x?user=u&password=hunter2": "postgres://db/x?…",
		}, []string{"db", "mysql://db", "sqlite:x.db", "postgres://", "postgres:///x", "postgres://db:x/y", "postgres://u:p/w@db", "postgres://u:%@db", "host=db user=x"}},
		{"DATA_DIR", good{"/data": "", "./a b": "", "资料": ""}, []string{"a\x00b"}},
		{"TIMEZONE", good{"UTC": "", "America/Sao_Paulo": "", "Etc/GMT+11": ""}, []string{
			"Local", "localtime", "Asia/Beijing", "+08:00", "../etc/passwd", "asia/shanghai", "posixrules",
		}},
		{"PLATFORM_TIMEZONE", good{"Asia/Singapore": "", "America/New_York": ""}, []string{"Local", "localtime", "UTC+8", "Beijing"}},
		{"APPS", good{
			"cli_aaa=商城,cli_bbb=报销":    "",
			"cli_aaa , cli_bbb = 报销 ,": "cli_aaa,cli_bbb=报销",
			"cli_aaa=商城，cli_bbb":       "cli_aaa=商城,cli_bbb",
			"cli_aaa=a=b":              "",
		}, []string{
			"商城", "=商城", "cli_a=x,cli_a=y", "cli a", "cli_a=x\ny", "foo", "foo=商城", "cli_", "cli_=商城", "CLI_A", "cli_A1", "cli_a,ou_b", "cli_a=商城,cli_b=商城",
			"cli_a=Shop,cli_b=shop",
		}},
		{"ADMINS", good{"ou_a": "", "ou_a, ou_b,": "ou_a,ou_b"}, []string{"a", "on_a", "ou_a,ou_a", "ou_a ou_b", "ou_", "cli_a", "OU_a"}},
		{"LANGUAGE", good{"zh": "", "EN": "en", "zh_CN": "zh", "en-GB": "en", "de_DE:en_GB:en": "en", "fr_FR:fr": "zh"}, []string{"fr", "chinese", "中文"}},
		{"DIGEST_JITTER", good{"0": "0s", "0s": "", "90s": "1m30s", "30m": "30m0s"}, []string{"90", "-1s", "31m", "soon", "NaN", "-0.1s"}},
		{"READINESS_POLL", good{"1s": "", "1h": "1h0m0s"}, []string{"999ms", "61m", "5", "0", "0s", "-5m"}},
		{"READINESS_DEADLINE", good{"00:00": "", "23:59": "", "9:05": "09:05"}, []string{"24:00", "14", "14:60", "2pm", "14:00:00"}},
		{"DELIVERY_LEASE", good{"1s": "", "10m": "10m0s"}, []string{"0", "11m", "x", "0s", "-2m"}},
		{"ACCESS", good{"everyone": "", "LISTED": "listed"}, []string{"nobody", "list"}},
		{"EXTERNAL", good{"refuse": "", "Allow": "allow"}, []string{"yes", "true"}},
		{"MAX_SUBSCRIPTIONS_PER_CHAT", good{"1": "", "1000": ""}, []string{"0", "100001", "-1", "many", "2.5"}},
		{"MAX_SUBSCRIPTIONS_PER_PERSON", good{"1": "", "10000": ""}, []string{"0", "10001", "-1", "fifty"}},
		{"MAX_SUBSCRIPTIONS", good{"1": "", "1000000": ""}, []string{"0", "1000001", "all"}},
		{"RATE_PERSON", good{"1": "1/min", "20/min": "", "1000": "1000/min"}, []string{"0", "100001", "20/s", "20 a minute"}},
		{"RATE_CHAT", good{"60": "60/min"}, []string{"0/min", "x"}},
		{"RETENTION_DELIVERIES", good{"0": "", "31d": "", "3650d": ""}, []string{"30d", "3651d", "400", "400h", "-1d"}},
		{"RETENTION_AUDIT", good{"0d": "0", "1000d": ""}, []string{"1d", "d", "for ever"}},
		{"RETENTION_HISTORY", good{"90d": ""}, []string{"1y"}},
		{"LOG_LEVEL", good{"debug": "", "INFO": "info", "warn": "", "error": ""}, []string{"loud", "debug+1", "0"}},
		{"LOG_FORMAT", good{"text": "", "JSON": "json"}, []string{"logfmt"}},
	}
	for _, tt := range tests {
		for value, want := range tt.good {
			if want == "" {
				want = value
			}
			t.Run(fmt.Sprintf("%s takes %q", tt.name, value), func(t *testing.T) {
				t.Parallel()
				dump := load(t, environ(tt.name+"="+value), nil).String()
				if line := tt.name + "=" + want + "\n"; !strings.Contains("\n"+dump, "\n"+line) {
					t.Errorf("dump lacks %q:\n%s", line, dump)
				}
			})
		}
		for _, value := range tt.bad {
			t.Run(fmt.Sprintf("%s refuses %q", tt.name, value), func(t *testing.T) {
				t.Parallel()
				got := problems(t, config.Serve, environ(tt.name+"="+value), nil)
				if len(got) != 1 || !strings.HasPrefix(got[0], tt.name+" ") || !strings.Contains(got[0], "; expected ") {
					t.Errorf("problems %q, want one of %s that says what is expected", got, tt.name)
				}
			})
		}
	}
}

func TestWrongValuesAreShownShort(t *testing.T) {
	t.Parallel()
	got := problems(t, config.Serve, environ("EVENT_MODE="+strings.Repeat("错", 100)), nil)
	if len(got) != 1 || strings.Count(got[0], "错") != 64 {
		t.Errorf("problems %q, want one that shows 64 characters", got)
	}
}
