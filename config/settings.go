package config

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"usagebot/locale"
)

// setting describes one setting.
type setting struct {
	name   string
	about  string // what it is for, with `code` as in Markdown
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
		newSetting("FEISHU_APP_ID",
			"the bot's own app",
			"the app id of the bot's own app, such as cli_a1b2c3d4e5f6a7b8",
			func(c *Config) *string { return &c.AppID }, parseAppID),
		newSetting("FEISHU_APP_SECRET",
			"the secret of that app",
			"the App Secret, from Credentials & Basic Info in the developer console",
			func(c *Config) *Secret { return &c.AppSecret }, parseSecret).asSecret(),
		newSetting("FEISHU_ENCRYPT_KEY",
			"signs and encrypts events. Not needed with `EVENT_MODE=websocket`",
			"the encrypt key, from the developer console's page on events",
			func(c *Config) *Secret { return &c.EncryptKey }, parseSecret).asSecret(),
		newSetting("FEISHU_VERIFICATION_TOKEN",
			"stands in every event. Not needed with `EVENT_MODE=websocket`",
			"the verification token, from the developer console's page on events",
			func(c *Config) *Secret { return &c.VerificationToken }, parseSecret).asSecret(),
		newSetting("FEISHU_BASE_URL",
			"the platform's address. For Lark `https://open.larksuite.com`",
			"https:// and a host and nothing else, such as https://open.feishu.cn or https://open.larksuite.com; http:// is for this machine only, such as http://127.0.0.1:8090",
			func(c *Config) *string { return &c.BaseURL }, parseBaseURL),
		newSetting("EVENT_MODE",
			"`webhook`: the platform sends events to the bot's address. `websocket`: the bot keeps a long connection (长连接) to the platform, and needs no public address",
			"webhook or websocket",
			func(c *Config) *EventMode { return &c.EventMode }, oneOf(Webhook, WebSocket)),
	}
}

func serverSettings() []setting {
	return []setting{
		newSetting("LISTEN_ADDR",
			"where the bot serves HTTP. Port 0 takes a free port",
			"host:port or :port, such as :8080",
			func(c *Config) *string { return &c.ListenAddr }, parseListenAddr),
		newSetting("REDIS_URL",
			"what replicas share. None: the process's own memory, for one process. `rediss://` for TLS; several addresses are a Cluster, or a Sentinel with `?master_name=NAME`",
			"redis:// or rediss:// with a host, further addresses after commas, such as redis://:password@redis:6379/0",
			func(c *Config) *URL { return &c.RedisURL }, parseRedisURL).asSecret(),
		newSetting("DATABASE_URL",
			"a PostgreSQL database. None: SQLite, in the file `usagebot.db` in `DATA_DIR`",
			"postgres:// with a host, such as postgres://user:password@db:5432/usagebot",
			func(c *Config) *URL { return &c.DatabaseURL }, parseDatabaseURL).asSecret(),
		newSetting("DATA_DIR",
			"the folder of the SQLite file (in the container image `/data`). It is created if it is missing, for its user only; if others may write there, the log and the doctor warn",
			"a folder, such as ./data",
			func(c *Config) *string { return &c.DataDir }, parsePath),
	}
}

func reportSettings() []setting {
	return []setting{
		newSetting("TIMEZONE",
			"the time zone of digests that name none, and of all clock times that are shown. `Local` is refused",
			"a name of the time zone database, such as Asia/Shanghai",
			func(c *Config) **time.Location { return &c.TimeZone }, parseTimeZone),
		newSetting("PLATFORM_TIMEZONE",
			"the time zone of the platform's days: \"today\" and \"yesterday\", 10:00 as the usual hour of publication, and which day a digest contains. If it differs from `TIMEZONE`, the doctor says what follows",
			"the time zone in which the platform counts its days, such as Asia/Shanghai",
			func(c *Config) **time.Location { return &c.PlatformTimeZone }, parseTimeZone),
		{
			name: "APPS", about: "the apps to report on. None: the bot's own app. The first is the default; no two may have the same name; a name that is left out is asked of the platform. In YAML also a list",
			want: "App IDs (cli_ and small letters or digits), optionally with names, e.g. cli_aaa=商城,cli_bbb=报销", list: true,
			read:  func(c *Config, g rawValue) (err error) { c.Apps, err = parseApps(g.items()); return err },
			shown: func(c Config) any { return appList(c.Apps) },
		},
		{
			name: "ADMINS", about: "the first administrators. They may use `/admin` and are told when something is wrong; they can appoint others with `/admin grant`. Without any, the doctor warns",
			want: "open_ids, such as ou_aaa,ou_bbb", list: true,
			read:  func(c *Config, g rawValue) (err error) { c.Admins, err = parseAdmins(g.items()); return err },
			shown: func(c Config) any { return strings.Join(c.Admins, ",") },
		},
		newSetting("LANGUAGE",
			"the language of answers. A system's value such as `en_GB:en` is understood",
			"zh or en",
			func(c *Config) *locale.Language { return &c.Language }, parseLanguage),
		newSetting("CALENDAR",
			"whose public holidays and make-up workdays count for digests on workdays. `none`: Monday to Friday are workdays. The doctor says when a year is not known",
			"cn or none",
			func(c *Config) *Calendar { return &c.Calendar }, oneOf(ChinaCalendar, NoCalendar)),
		newSetting("HOLIDAYS_FILE",
			"a JSON file of days off and make-up workdays, which replace or add to those of `CALENDAR`: `{\"days\":[{\"name\":\"元旦\",\"date\":\"2028-01-03\",\"isOffDay\":true}]}`",
			"the name of a file, such as /etc/usagebot/holidays.json",
			func(c *Config) *string { return &c.HolidaysFile }, parsePath),
		durationSetting("DIGEST_JITTER", "over how long digests of the same time are spread", "90s", 0, 30*time.Minute, func(c *Config) *time.Duration { return &c.DigestJitter }),
		durationSetting("READINESS_POLL", "how often a digest that waits for figures looks again. Under 1m it may use up the platform's quota", "5m", time.Second, time.Hour, func(c *Config) *time.Duration { return &c.ReadinessPoll }),
		newSetting("READINESS_DEADLINE",
			"when a digest whose last day has only zeros is sent, and when a chat is told that its figures are late",
			"a time of day from 00:00 to 23:59, such as 14:00",
			func(c *Config) *Clock { return &c.ReadinessDeadline }, parseClock),
		durationSetting("DELIVERY_LEASE", "how long a digest belongs to one replica; it is renewed while the replica works. After a crash others wait for its end", "2m", time.Second, 10*time.Minute, func(c *Config) *time.Duration { return &c.DeliveryLease }),
	}
}

func logSettings() []setting {
	return []setting{
		{
			name: "LOG_LEVEL", about: "the least severe lines that are logged",
			want:  "debug, info, warn or error",
			read:  func(c *Config, g rawValue) error { return assign(&c.LogLevel, g, parseLevel) },
			shown: func(c Config) any { return levelName(c.LogLevel) },
		},
		newSetting("LOG_FORMAT",
			"the form of log lines, which go to standard error",
			"text or json, or nothing for text on a terminal and json elsewhere",
			func(c *Config) *LogFormat { return &c.LogFormat }, oneOf(TextFormat, JSONFormat)),
	}
}

func durationSetting(name, about, example string, low, high time.Duration, field func(*Config) *time.Duration) setting {
	want := "a duration with its unit from " + short(low) + " to " + short(high) + ", such as " + example
	return newSetting(name, about, want, field, durationWithin(low, high))
}

// newSetting returns a setting with one value: field is where the value is kept, and parse reads it.
func newSetting[T any](name, about, want string, field func(*Config) *T, parse func(string) (T, error)) setting {
	return setting{
		name: name, about: about, want: want,
		read:  func(c *Config, g rawValue) error { return assign(field(c), g, parse) },
		shown: func(c Config) any { return *field(&c) },
	}
}

func (s setting) asSecret() setting {
	s.secret = true
	return s
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

// Description says what a setting is for.
type Description struct {
	Name     string
	About    string // what it is for, with `code` as in Markdown
	Takes    string // what is expected, with an example
	Default  string // empty if there is none
	Required bool   // to serve in webhook mode
	Secret   bool   // may be read from the file NAME_FILE
}

// Describe describes all settings in their order.
func Describe() ([]Description, error) {
	c, err := defaults()
	if err != nil {
		return nil, err
	}
	var all []Description
	for _, s := range settings() {
		d := Description{
			Name: s.name, About: s.about, Takes: s.want, Default: fmt.Sprint(s.shown(c)),
			Required: slices.Contains(Serve.requires(Webhook), s.name), Secret: s.secret,
		}
		if length, ok := s.shown(c).(time.Duration); ok {
			d.Default = short(length)
		}
		all = append(all, d)
	}
	return all, nil
}

// Count returns how many settings there are.
func Count() int { return len(settings()) }
