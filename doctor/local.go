package doctor

import (
	"context"
	"strconv"
	"strings"
	"time"

	"usagebot/config"
	"usagebot/store"
	"usagebot/store/redisstore"
	"usagebot/store/sqlstore"
	"usagebot/usage"
)

// The thresholds of the checks.
const (
	minFreeSpace  = 256 << 20       // bytes free for SQLite
	maxServerSkew = 5 * time.Second // between PostgreSQL's clock and that of this machine
	megabyte      = 1 << 20
)

// checks returns all checks, from the settings outwards.
func (p *Checkup) checks() []Check {
	return append([]Check{
		{Name: "config", Run: p.config},
		{Name: "timezone", Run: p.timezone},
		{Name: "calendar", Run: p.calendar},
		{Name: "events", Run: p.events},
		{Name: "admins", Run: p.administrators},
		{Name: "redis", Run: p.checkRedis},
		{Name: "database", Run: p.database},
	}, p.platformChecks()...)
}

func (p *Checkup) config(context.Context) []Finding {
	findings := []Finding{OK("config.well", "count", strconv.Itoa(config.Count()))}
	for _, doubt := range p.cfg.Warnings {
		findings = append(findings, Warn("config.doubt", "doubt", doubt))
	}
	return findings
}

func (p *Checkup) timezone(context.Context) []Finding {
	name := p.cfg.TimeZone.String()
	if _, err := time.LoadLocation(name); err != nil {
		return []Finding{Fail("timezone.missing", "zone", name)}
	}
	findings := []Finding{OK("timezone.well", "zone", name, "now", p.now().In(p.cfg.TimeZone).Format("2006-01-02 15:04"))}
	platform := p.cfg.PlatformTimeZone
	if yesterday := usage.DateOf(p.now().In(platform)).AddDays(-1); zonesDiffer(p.cfg.TimeZone, platform, p.now()) {
		findings = append(findings, Warn("timezone.differs", "zone", name, "platform", platform.String(),
			"midnight", yesterday.Over(platform).In(p.cfg.TimeZone).Format("15:04"),
			"out", yesterday.Published(platform).In(p.cfg.TimeZone).Format("15:04")))
	}
	return findings
}

// calendar looks whether the public holidays of this year are known, and in December those of the next, which are announced in November.
func (p *Checkup) calendar(context.Context) []Finding {
	workdays, err := usage.LoadWorkdays(usage.Country(p.cfg.Calendar), p.cfg.HolidaysFile)
	if err != nil {
		return []Finding{Fail("calendar.file", "problem", err.Error())}
	}
	if p.cfg.Calendar == config.NoCalendar && p.cfg.HolidaysFile == "" {
		return []Finding{OK("calendar.none")}
	}
	today := usage.DateOf(p.now().In(p.cfg.PlatformTimeZone))
	years := []int{today.Year}
	if today.Month == time.December {
		years = append(years, today.Year+1)
	}
	for _, year := range years {
		if !workdays.Knows(year) {
			return []Finding{Warn("calendar.unknown", "year", strconv.Itoa(year))}
		}
	}
	return []Finding{OK("calendar.well", "year", strconv.Itoa(workdays.KnownThrough()))}
}

// zonesDiffer reports whether clocks in the two zones show different times on some day of a year.
func zonesDiffer(one, other *time.Location, now time.Time) bool {
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
		return []Finding{OK("events.websocket")}
	case p.cfg.EncryptKey.IsZero() || p.cfg.VerificationToken.IsZero():
		return []Finding{Fail("events.missing")}
	}
	return []Finding{OK("events.webhook")}
}

func (p *Checkup) checkRedis(ctx context.Context) []Finding {
	if p.redis == nil {
		return []Finding{OK("redis.embedded")}
	}
	c, err := p.redis.Checkup(ctx)
	if err != nil {
		return []Finding{storeFault("redis", c.Fault)}
	}
	findings := redisRefusals(c)
	if c.Version == "" {
		return append(findings, Warn("redis.unreadable"))
	}
	findings = append(findings, OK("redis.well", "version", c.Version))
	switch c.Persistence {
	case "none":
		findings = append(findings, Warn("redis.fleeting"))
	case "aof", "rdb":
		findings = append(findings, OK("redis.persistent", "how", c.Persistence))
	}
	if c.Eviction == "noeviction" {
		findings = append(findings, OK("redis.keeps"))
	} else {
		findings = append(findings, Warn("redis.evicts", "policy", c.Eviction))
	}
	return append(findings, redisMemory(c))
}

// redisRefusals are the findings about what Redis does not let the program do.
func redisRefusals(c redisstore.RedisCheckup) (findings []Finding) {
	if c.Replica {
		findings = append(findings, Fail("redis.replica"))
	}
	if c.ClusterNode {
		findings = append(findings, Fail("redis.node"))
	}
	if c.Forbidden != "" {
		findings = append(findings, Fail("redis.forbidden", "command", c.Forbidden))
	}
	if c.Unwritable != "" && !c.ClusterNode { // one node alone refuses what other nodes have
		findings = append(findings, Fail("redis.unwritable", "why", c.Unwritable))
	}
	return findings
}

// storeFault is the finding that a store cannot be used, and why.
func storeFault(check string, why store.Fault, pairs ...string) Finding {
	return Fail(check+"."+string(why), pairs...)
}

func redisMemory(c redisstore.RedisCheckup) Finding {
	limit := "-"
	if c.Limit > 0 {
		limit = megabytes(c.Limit) + " MB"
	}
	find, key := OK, "redis.memory"
	if c.Limit > 0 && c.Used > c.Limit/10*9 {
		find, key = Warn, "redis.full"
	}
	return find(key, "used", megabytes(c.Used), "limit", limit)
}

func (p *Checkup) database(ctx context.Context) []Finding {
	c, err := sqlstore.Examine(ctx, p.cfg.DatabaseURL.Reveal(), p.cfg.DataDir)
	findings := folderFindings(c.Folder)
	switch {
	case err != nil:
		return append([]Finding{storeFault("database", c.Fault, "kind", c.Kind)}, findings...)
	case c.New:
		return append([]Finding{OK("database.new", "kind", c.Kind)}, findings...)
	}
	well := OK("database.well", "kind", c.Kind, "version", c.Version)
	if c.Server == nil {
		return append([]Finding{well, schemaFinding(c)}, findings...)
	}
	findings = append([]Finding{well}, serverFindings(c)...)
	if c.Server.Replicas > 1 && p.redis == nil {
		findings = append(findings, Warn("database.unshared", "count", strconv.Itoa(c.Server.Replicas)))
	}
	find, key := OK, "database.clock"
	if c.Ahead.Abs() > maxServerSkew {
		find, key = Warn, "database.skewed"
	}
	return append(findings, find(key, "span", Span(c.Ahead)))
}

// serverFindings are the findings about what a PostgreSQL server, or the pooler before it, does not let the program do.
func serverFindings(c sqlstore.Checkup) (findings []Finding) {
	s := c.Server
	switch {
	case len(s.Forbidden) > 0: // perhaps the one that tells the version
		findings = append(findings, Fail("database.forbidden", "tables", strings.Join(s.Forbidden, ", ")))
	case c.Tables < c.Want && !s.MayMigrate:
		findings = append(findings, Fail("database.fixed", "version", strconv.FormatInt(c.Tables, 10), "want", strconv.FormatInt(c.Want, 10)))
	default:
		findings = append(findings, schemaFinding(c))
	}
	switch {
	case s.Standby:
		findings = append(findings, Fail("database.standby"))
	case s.ReadOnly:
		findings = append(findings, Fail("database.readonly"))
	}
	switch {
	case s.NoTransactions != "":
		findings = append(findings, Fail("database.untransacted", "why", s.NoTransactions))
	case s.NoStatements:
		findings = append(findings, Fail("database.mixed"))
	case s.Pooled:
		findings = append(findings, OK("database.pooled"))
	}
	if s.Full {
		findings = append(findings, Fail("database.full"))
	}
	return findings
}

func schemaFinding(c sqlstore.Checkup) Finding {
	version, want := strconv.FormatInt(c.Tables, 10), strconv.FormatInt(c.Want, 10)
	switch {
	case c.Tables < c.Want:
		return Warn("database.behind", "version", version, "want", want)
	case c.Tables > c.Want:
		return Fail("database.ahead", "version", version, "want", want)
	}
	return OK("database.current", "version", version)
}

func folderFindings(f *sqlstore.Folder) []Finding {
	if f == nil {
		return nil
	}
	findings := []Finding{folderFinding(f)}
	for _, exposed := range f.Exposed {
		findings = append(findings, Warn("database.exposed", "path", exposed.Path, "mode", exposed.Mode.String()))
	}
	return findings
}

func folderFinding(f *sqlstore.Folder) Finding {
	switch {
	case f.Full:
		return Fail("database.full")
	case !f.Writable:
		return Fail("database.locked")
	case f.Free > 0 && f.Free < minFreeSpace:
		return Warn("database.narrow", "free", megabytes(f.Free))
	}
	return OK("database.folder", "free", megabytes(f.Free))
}

func megabytes(bytes uint64) string { return strconv.FormatUint(bytes/megabyte, 10) }
