package doctor

import (
	"context"
	"strconv"
	"time"

	"usagebot/config"
	"usagebot/store"
	"usagebot/store/redisstore"
	"usagebot/store/sqlstore"
	"usagebot/usage"
)

// What is too little or too much.
const (
	littleSpace  = 256 << 20       // bytes free for SQLite
	skewedServer = 5 * time.Second // between PostgreSQL's clock and ours
	megabyte     = 1 << 20
)

// checks are everything that the doctor looks at, from the inside out.
func (p *Checkup) checks() []Check {
	return append([]Check{
		{Name: "config", Run: p.config},
		{Name: "timezone", Run: p.timezone},
		{Name: "events", Run: p.events},
		{Name: "admins", Run: p.administrators},
		{Name: "redis", Run: p.checkRedis},
		{Name: "database", Run: p.database},
	}, p.platformChecks()...)
}

func (p *Checkup) config(context.Context) []Finding {
	findings := []Finding{Well("config.well", "count", strconv.Itoa(config.Count()))}
	for _, doubt := range p.cfg.Warnings {
		findings = append(findings, Doubt("config.doubt", "doubt", doubt))
	}
	return findings
}

func (p *Checkup) timezone(context.Context) []Finding {
	name := p.cfg.TimeZone.String()
	if _, err := time.LoadLocation(name); err != nil {
		return []Finding{Ill("timezone.missing", "zone", name)}
	}
	findings := []Finding{Well("timezone.well", "zone", name, "now", p.now().In(p.cfg.TimeZone).Format("2006-01-02 15:04"))}
	platform := p.cfg.PlatformTimeZone
	if yesterday := usage.DateOf(p.now().In(platform)).AddDays(-1); differ(p.cfg.TimeZone, platform, p.now()) {
		findings = append(findings, Doubt("timezone.differs", "zone", name, "platform", platform.String(),
			"midnight", yesterday.Over(platform).In(p.cfg.TimeZone).Format("15:04"),
			"out", yesterday.Published(platform).In(p.cfg.TimeZone).Format("15:04")))
	}
	return findings
}

// differ reports whether clocks in the two zones show different times on some day of a year.
func differ(one, other *time.Location, now time.Time) bool {
	for month := range 12 {
		at := now.AddDate(0, month, 0)
		_, first := at.In(one).Zone()
		if _, second := at.In(other).Zone(); first != second {
			return true
		}
	}
	return false
}

func (p *Checkup) events(context.Context) []Finding {
	switch {
	case p.cfg.EventMode == config.WebSocket:
		return []Finding{Well("events.websocket")}
	case p.cfg.EncryptKey.IsZero() || p.cfg.VerificationToken.IsZero():
		return []Finding{Ill("events.missing")}
	}
	return []Finding{Well("events.webhook")}
}

func (p *Checkup) checkRedis(ctx context.Context) []Finding {
	c, err := p.redis.Checkup(ctx)
	switch {
	case err != nil:
		return []Finding{shut("redis", c.Fault)}
	case c.Embedded:
		return []Finding{Well("redis.embedded")}
	case c.Version == "":
		return []Finding{Doubt("redis.unreadable")}
	}
	findings := []Finding{Well("redis.well", "version", c.Version)}
	switch c.Persistence {
	case "none":
		findings = append(findings, Doubt("redis.fleeting"))
	case "aof", "rdb":
		findings = append(findings, Well("redis.persistent", "how", c.Persistence))
	}
	if c.Eviction == "noeviction" {
		findings = append(findings, Well("redis.keeps"))
	} else {
		findings = append(findings, Doubt("redis.evicts", "policy", c.Eviction))
	}
	return append(findings, redisMemory(c))
}

// shut says why a store does not let us in.
func shut(check string, why store.Fault, pairs ...string) Finding {
	return Ill(check+"."+string(why), pairs...)
}

func redisMemory(c redisstore.RedisCheckup) Finding {
	limit := "-"
	if c.Limit > 0 {
		limit = megabytes(c.Limit) + " MB"
	}
	find, key := Well, "redis.memory"
	if c.Limit > 0 && c.Used > c.Limit/10*9 {
		find, key = Doubt, "redis.full"
	}
	return find(key, "used", megabytes(c.Used), "limit", limit)
}

func (p *Checkup) database(ctx context.Context) []Finding {
	c, err := sqlstore.ExamineSQL(ctx, p.cfg.DatabaseURL.Reveal(), p.cfg.DataDir)
	findings := folder(c.Folder)
	switch {
	case err != nil:
		return append([]Finding{shut("database", c.Fault, "kind", c.Kind)}, findings...)
	case c.New:
		return append([]Finding{Well("database.new", "kind", c.Kind)}, findings...)
	}
	findings = append([]Finding{Well("database.well", "kind", c.Kind, "version", c.Version), tables(c)}, findings...)
	if c.Folder != nil {
		return findings
	}
	if c.Full {
		findings = append(findings, Ill("database.full"))
	}
	find, key := Well, "database.clock"
	if c.Ahead.Abs() > skewedServer {
		find, key = Doubt, "database.skewed"
	}
	return append(findings, find(key, "span", Span(c.Ahead)))
}

func tables(c sqlstore.SQLCheckup) Finding {
	version, want := strconv.FormatInt(c.Tables, 10), strconv.FormatInt(c.Want, 10)
	switch {
	case c.Tables < c.Want:
		return Doubt("database.behind", "version", version, "want", want)
	case c.Tables > c.Want:
		return Ill("database.ahead", "version", version, "want", want)
	}
	return Well("database.current", "version", version)
}

func folder(f *sqlstore.Folder) []Finding {
	if f == nil {
		return nil
	}
	findings := []Finding{roomIn(f)}
	for _, exposed := range f.Exposed {
		findings = append(findings, Doubt("database.exposed", "path", exposed.Path, "mode", exposed.Mode.String()))
	}
	return findings
}

func roomIn(f *sqlstore.Folder) Finding {
	switch {
	case f.Full:
		return Ill("database.full")
	case !f.Writable:
		return Ill("database.locked")
	case f.Free > 0 && f.Free < littleSpace:
		return Doubt("database.narrow", "free", megabytes(f.Free))
	}
	return Well("database.folder", "free", megabytes(f.Free))
}

func megabytes(bytes uint64) string { return strconv.FormatUint(bytes/megabyte, 10) }
