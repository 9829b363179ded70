package config

import (
	"log/slog"
	"strings"
	"time"
)

// setting describes one setting.
type setting struct {
	name   string
	want   string // what is expected, with an example
	secret bool   // may be read from the file NAME_FILE, and is never shown
	list   bool   // its error already names the wrong item
	read   func(*Config, rawValue) error
	shown  func(Config) any
}

// key is the setting's name in the YAML file.
func (s setting) key() string { return strings.ToLower(s.name) }

// settings returns all settings, in the order in which problems are listed.
func settings() []setting {
	all := platformSettings()
	all = append(all, serverSettings()...)
	all = append(all, reportSettings()...)
	all = append(all, accessSettings()...)
	return append(all, logSettings()...)
}

func platformSettings() []setting {
	return []setting{
		{
			name: "FEISHU_APP_ID", want: "the app id of the bot's own app, such as cli_a1b2c3d4e5f6a7b8",
			read:  func(c *Config, g rawValue) error { return assign(&c.AppID, g, parseAppID) },
			shown: func(c Config) any { return c.AppID },
		},
		{
			name: "FEISHU_APP_SECRET", want: "the app secret, from the developer console's page on credentials", secret: true,
			read:  func(c *Config, g rawValue) error { return assign(&c.AppSecret, g, parseSecret) },
			shown: func(c Config) any { return c.AppSecret },
		},
		{
			name: "FEISHU_ENCRYPT_KEY", want: "the encrypt key, from the developer console's page on events", secret: true,
			read:  func(c *Config, g rawValue) error { return assign(&c.EncryptKey, g, parseSecret) },
			shown: func(c Config) any { return c.EncryptKey },
		},
		{
			name: "FEISHU_VERIFICATION_TOKEN", want: "the verification token, from the developer console's page on events", secret: true,
			read:  func(c *Config, g rawValue) error { return assign(&c.VerificationToken, g, parseSecret) },
			shown: func(c Config) any { return c.VerificationToken },
		},
		{
			name: "FEISHU_BASE_URL", want: "https:// and a host and nothing else, such as https://open.feishu.cn or https://open.larksuite.com; http:// is for this machine only, such as http://127.0.0.1:8090",
			read:  func(c *Config, g rawValue) error { return assign(&c.BaseURL, g, parseBaseURL) },
			shown: func(c Config) any { return c.BaseURL },
		},
		{
			name: "EVENT_MODE", want: "webhook or websocket",
			read:  func(c *Config, g rawValue) error { return assign(&c.EventMode, g, oneOf(Webhook, WebSocket)) },
			shown: func(c Config) any { return c.EventMode },
		},
	}
}

func serverSettings() []setting {
	return []setting{
		{
			name: "LISTEN_ADDR", want: "host:port or :port, such as :8080",
			read:  func(c *Config, g rawValue) error { return assign(&c.ListenAddr, g, parseListenAddr) },
			shown: func(c Config) any { return c.ListenAddr },
		},
		{
			name: "REDIS_URL", want: "redis:// or rediss:// with a host, further addresses after commas, such as redis://:password@redis:6379/0", secret: true,
			read:  func(c *Config, g rawValue) error { return assign(&c.RedisURL, g, parseRedisURL) },
			shown: func(c Config) any { return c.RedisURL },
		},
		{
			name: "DATABASE_URL", want: "postgres:// with a host, such as postgres://user:password@db:5432/usagebot", secret: true,
			read:  func(c *Config, g rawValue) error { return assign(&c.DatabaseURL, g, parseDatabaseURL) },
			shown: func(c Config) any { return c.DatabaseURL },
		},
		{
			name: "DATA_DIR", want: "a folder, such as ./data",
			read:  func(c *Config, g rawValue) error { return assign(&c.DataDir, g, parsePath) },
			shown: func(c Config) any { return c.DataDir },
		},
	}
}

func reportSettings() []setting {
	return []setting{
		{
			name: "TIMEZONE", want: "a name of the time zone database, such as Asia/Shanghai",
			read:  func(c *Config, g rawValue) error { return assign(&c.TimeZone, g, parseTimeZone) },
			shown: func(c Config) any { return c.TimeZone },
		},
		{
			name: "PLATFORM_TIMEZONE", want: "the time zone in which the platform counts its days, such as Asia/Shanghai",
			read:  func(c *Config, g rawValue) error { return assign(&c.PlatformTimeZone, g, parseTimeZone) },
			shown: func(c Config) any { return c.PlatformTimeZone },
		},
		{
			name: "APPS", want: "app ids (cli_ and small letters or digits) with a name or without, such as cli_aaa=商城,cli_bbb=报销", list: true,
			read:  func(c *Config, g rawValue) (err error) { c.Apps, err = parseApps(g.items()); return err },
			shown: func(c Config) any { return appList(c.Apps) },
		},
		{
			name: "ADMINS", want: "open_ids, such as ou_aaa,ou_bbb", list: true,
			read:  func(c *Config, g rawValue) (err error) { c.Admins, err = parseAdmins(g.items()); return err },
			shown: func(c Config) any { return strings.Join(c.Admins, ",") },
		},
		{
			name: "LANGUAGE", want: "zh or en",
			read:  func(c *Config, g rawValue) error { return assign(&c.Language, g, parseLanguage) },
			shown: func(c Config) any { return c.Language },
		},
		durationSetting("DIGEST_JITTER", "90s", 0, 30*time.Minute, func(c *Config) *time.Duration { return &c.DigestJitter }),
		durationSetting("READINESS_POLL", "5m", time.Second, time.Hour, func(c *Config) *time.Duration { return &c.ReadinessPoll }),
		{
			name: "READINESS_DEADLINE", want: "a time of day from 00:00 to 23:59, such as 14:00",
			read:  func(c *Config, g rawValue) error { return assign(&c.ReadinessDeadline, g, parseClock) },
			shown: func(c Config) any { return c.ReadinessDeadline },
		},
		durationSetting("DELIVERY_LEASE", "2m", time.Second, 10*time.Minute, func(c *Config) *time.Duration { return &c.DeliveryLease }),
	}
}

func logSettings() []setting {
	return []setting{
		{
			name: "LOG_LEVEL", want: "debug, info, warn or error",
			read:  func(c *Config, g rawValue) error { return assign(&c.LogLevel, g, parseLevel) },
			shown: func(c Config) any { return levelName(c.LogLevel) },
		},
		{
			name: "LOG_FORMAT", want: "text or json, or nothing for text on a terminal and json elsewhere",
			read:  func(c *Config, g rawValue) error { return assign(&c.LogFormat, g, oneOf(TextFormat, JSONFormat)) },
			shown: func(c Config) any { return c.LogFormat },
		},
	}
}

func durationSetting(name, example string, low, high time.Duration, field func(*Config) *time.Duration) setting {
	return setting{
		name:  name,
		want:  "a duration with its unit from " + short(low) + " to " + short(high) + ", such as " + example,
		read:  func(c *Config, g rawValue) error { return assign(field(c), g, durationWithin(low, high)) },
		shown: func(c Config) any { return *field(&c) },
	}
}

// assign parses one value into its field. If the value is wrong the field keeps its default.
func assign[T any](field *T, g rawValue, parse func(string) (T, error)) error {
	if g.isList {
		return errList
	}
	v, err := parse(g.text)
	if err != nil {
		return err
	}
	*field = v
	return nil
}

func levelName(l slog.Level) string { return strings.ToLower(l.String()) }

// Count returns how many settings there are.
func Count() int { return len(settings()) }
