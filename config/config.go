// Package config reads the settings from environment variables, files and YAML into one checked struct, and prints them
// without secrets. It validates settings, but does not know what they are used for.
package config

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"usagebot/locale"
)

// Config holds all settings. Names in capitals are those of the environment variables; the YAML file uses lower case.
type Config struct {
	// AppID is FEISHU_APP_ID, the bot's own app (cli_…). Required, except for the demo.
	AppID string
	// AppSecret is FEISHU_APP_SECRET. Required, except for the demo.
	AppSecret Secret
	// EncryptKey is FEISHU_ENCRYPT_KEY, with which events are signed and encrypted. Required to serve in webhook mode.
	EncryptKey Secret
	// VerificationToken is FEISHU_VERIFICATION_TOKEN, which every event carries. Required to serve in webhook mode.
	VerificationToken Secret
	// BaseURL is FEISHU_BASE_URL: https, or http to this machine itself; host and perhaps port, nothing after it, no slash
	// at the end.
	// Default https://open.feishu.cn; https://open.larksuite.com for Lark.
	BaseURL string
	// EventMode is EVENT_MODE. Default webhook.
	EventMode EventMode
	// ListenAddr is LISTEN_ADDR, host:port with the host optional; port 0 takes a free one. Default :8080.
	ListenAddr string
	// RedisURL is REDIS_URL: redis:// or rediss://, further addresses after commas, each as a URL of the same scheme or
	// as host:port. Default none: the process's own memory.
	RedisURL URL
	// DatabaseURL is DATABASE_URL: postgres:// or postgresql://. Default none: a SQLite file in DataDir.
	DatabaseURL URL
	// DataDir is DATA_DIR, the embedded database's folder. Default ./data.
	DataDir string
	// TimeZone is TIMEZONE, a name of the IANA database (built in): schedules follow it unless they name another zone, and
	// so do the clock times that are shown. Default Asia/Shanghai.
	TimeZone *time.Location
	// PlatformTimeZone is PLATFORM_TIMEZONE: the zone in which the platform's days begin and end, as far as that is known.
	// Everything about figures follows it: today, yesterday, which day can be published, which period a digest shows.
	// Default Asia/Shanghai.
	PlatformTimeZone *time.Location
	// Apps is APPS, the apps to report on (cli_…). The first one is the default app; names must differ. Default the bot's
	// own app; empty if that is not known.
	Apps []App
	// Admins is ADMINS, the open_ids (ou_…) of the first administrators. Default none.
	Admins []string
	// Access is ACCESS: who sees figures without a grant. Default everyone.
	Access Access
	// External is EXTERNAL: whether messages from other tenants and chats that are shared with them are answered.
	// Default refuse.
	External External
	// MaxSubscriptionsPerChat is MAX_SUBSCRIPTIONS_PER_CHAT. 1 to 1000, default 20.
	MaxSubscriptionsPerChat int
	// MaxSubscriptionsPerPerson is MAX_SUBSCRIPTIONS_PER_PERSON: how many subscriptions one person may own in all chats.
	// It does not apply to administrators. 1 to 10000, default 50.
	MaxSubscriptionsPerPerson int
	// MaxSubscriptions is MAX_SUBSCRIPTIONS, of all chats together. 1 to 1000000, default 20000.
	MaxSubscriptions int
	// RatePerson is RATE_PERSON, how many questions of one person are answered in a minute. A click that is answered from what
	// is known does not count; six times as many clicks are answered. 1 to 100000, default 20.
	RatePerson Rate
	// RateChat is RATE_CHAT, how many questions of all people in one chat are answered in a minute. 1 to 100000, default 60.
	RateChat Rate
	// RetentionDeliveries is RETENTION_DELIVERIES, how long the records of deliveries are kept. 31d to 3650d, or 0 for ever;
	// default 400d.
	RetentionDeliveries Days
	// RetentionAudit is RETENTION_AUDIT, how long the audit log is kept. As RetentionDeliveries, default 1000d.
	RetentionAudit Days
	// RetentionHistory is RETENTION_HISTORY, how long figures are kept. As RetentionDeliveries, default 0: for ever.
	RetentionHistory Days
	// Language is LANGUAGE, the default language of answers. Default zh.
	Language locale.Language
	// Calendar is CALENDAR, whose public holidays are no workdays. Default cn.
	Calendar Calendar
	// HolidaysFile is HOLIDAYS_FILE, a JSON file of days off and make-up workdays that replace those of the calendar. Default none.
	HolidaysFile string
	// DigestJitter is DIGEST_JITTER: a digest goes out at its minute plus a fixed share of this. 0 to 30m, default 90s.
	DigestJitter time.Duration
	// ReadinessPoll is READINESS_POLL, how often figures that are not published yet are requested again. 1s to 1h, default
	// 5m; under 1m it causes a warning, because each poll uses the platform's quota.
	ReadinessPoll time.Duration
	// ReadinessDeadline is READINESS_DEADLINE, the time of day at which a chat is informed that its figures are still not
	// published. It does not affect the figures. 00:00 to 23:59, default 14:00.
	ReadinessDeadline Clock
	// DeliveryLease is DELIVERY_LEASE, how long the lease of a claimed delivery may go without renewal before another
	// process takes the delivery over. 1s to 10m, default 2m; under 30s it causes a warning, because a slow answer of the
	// platform may take longer.
	DeliveryLease time.Duration
	// LogLevel is LOG_LEVEL. Default info.
	LogLevel slog.Level
	// LogFormat is LOG_FORMAT. Default AutoFormat.
	LogFormat LogFormat

	// UnlimitedCalls lifts the limit of 100 calls a minute to the usage overview. Users cannot set it: only test builds do.
	UnlimitedCalls bool
	// Tick is how often the program looks for due digests, so it bounds how late one may start. Users cannot set it: only
	// tests do. Default 1s.
	Tick time.Duration
	// GatherNotices is how long notices to the owner of digests are collected into one message. Users cannot set it: only
	// tests do. Default 30s.
	GatherNotices time.Duration
	// NoticeAfter is how long an answer may take before the bot sends a notice that it is still working. Users cannot set it:
	// only tests do. Zero means the default of package bot.
	NoticeAfter time.Duration

	// Warnings are sentences about settings that are allowed but probably a mistake. They contain no secrets.
	Warnings []string
}

// defaults returns the default settings.
func defaults() (Config, error) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return Config{}, fmt.Errorf("load the default time zone: %w", err)
	}
	return Config{
		BaseURL:           "https://open.feishu.cn",
		EventMode:         Webhook,
		ListenAddr:        ":8080",
		DataDir:           "./data",
		TimeZone:          shanghai,
		PlatformTimeZone:  shanghai,
		Access:            Everyone,
		External:          Refuse,
		RatePerson:        20,
		RateChat:          60,
		MaxSubscriptions:  20000,
		Language:          locale.Chinese,
		Calendar:          ChinaCalendar,
		DigestJitter:      90 * time.Second,
		ReadinessPoll:     5 * time.Minute,
		ReadinessDeadline: Clock{Hour: 14},
		DeliveryLease:     2 * time.Minute,

		MaxSubscriptionsPerChat:   20,
		MaxSubscriptionsPerPerson: 50,
		RetentionDeliveries:       400,
		RetentionAudit:            1000,

		LogLevel: slog.LevelInfo,

		Tick:          time.Second,
		GatherNotices: 30 * time.Second,
	}, nil
}

// String lists all settings as NAME=value, one per line, with secrets as <secret>.
func (c Config) String() string {
	var b strings.Builder
	for _, s := range settings() {
		fmt.Fprintf(&b, "%s=%v\n", s.name, s.shown(c))
	}
	return b.String()
}

// GoString returns what String returns.
func (c Config) GoString() string { return c.String() }

// LogValue groups all settings under their names in lower case, with secrets as <secret> and apps by their ids.
func (c Config) LogValue() slog.Value {
	var attrs []slog.Attr
	for _, s := range settings() {
		shown := s.shown(c)
		if own, ok := shown.(slog.LogValuer); ok {
			shown = own.LogValue()
		}
		attrs = append(attrs, slog.String(strings.ToLower(s.name), fmt.Sprint(shown)))
	}
	return slog.GroupValue(attrs...)
}
