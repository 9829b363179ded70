package main

import (
	"context"
	"strconv"
	"time"

	"usagebot/config"
	"usagebot/doctor"
	"usagebot/store"
)

// What is too little or too much.
const (
	littleSpace  = 256 << 20       // bytes free for SQLite
	skewedServer = 5 * time.Second // between PostgreSQL's clock and ours
	megabyte     = 1 << 20
)

// checks are everything that the doctor looks at, from the inside out.
func (p *patient) checks() []doctor.Check {
	return append([]doctor.Check{
		{Name: "config", Run: p.config},
		{Name: "timezone", Run: p.timezone},
		{Name: "events", Run: p.events},
		{Name: "admins", Run: p.administrators},
		{Name: "redis", Run: p.checkRedis},
		{Name: "database", Run: p.database},
	}, p.platformChecks()...)
}

func (p *patient) config(context.Context) []doctor.Finding {
	findings := []doctor.Finding{doctor.Well("config.well", "count", strconv.Itoa(config.Count()))}
	for _, doubt := range p.cfg.Warnings {
		findings = append(findings, doctor.Doubt("config.doubt", "doubt", doubt))
	}
	return findings
}

func (p *patient) timezone(context.Context) []doctor.Finding {
	name := p.cfg.TimeZone.String()
	if _, err := time.LoadLocation(name); err != nil {
		return []doctor.Finding{doctor.Ill("timezone.missing", "zone", name)}
	}
	return []doctor.Finding{doctor.Well("timezone.well", "zone", name, "now", p.now().In(p.cfg.TimeZone).Format("2006-01-02 15:04"))}
}

func (p *patient) events(context.Context) []doctor.Finding {
	switch {
	case p.cfg.EventMode == config.WebSocket:
		return []doctor.Finding{doctor.Well("events.websocket")}
	case p.cfg.EncryptKey.IsZero() || p.cfg.VerificationToken.IsZero():
		return []doctor.Finding{doctor.Ill("events.missing")}
	}
	return []doctor.Finding{doctor.Well("events.webhook")}
}

func (p *patient) checkRedis(ctx context.Context) []doctor.Finding {
	c, err := p.redis.Checkup(ctx)
	switch {
	case err != nil:
		return []doctor.Finding{shut("redis", c.Fault)}
	case c.Embedded:
		return []doctor.Finding{doctor.Well("redis.embedded")}
	case c.Version == "":
		return []doctor.Finding{doctor.Doubt("redis.unreadable")}
	}
	findings := []doctor.Finding{doctor.Well("redis.well", "version", c.Version)}
	switch c.Persistence {
	case "none":
		findings = append(findings, doctor.Doubt("redis.fleeting"))
	case "aof", "rdb":
		findings = append(findings, doctor.Well("redis.persistent", "how", c.Persistence))
	}
	if c.Eviction == "noeviction" {
		findings = append(findings, doctor.Well("redis.keeps"))
	} else {
		findings = append(findings, doctor.Doubt("redis.evicts", "policy", c.Eviction))
	}
	return append(findings, redisMemory(c))
}

// shut says why a store does not let us in.
func shut(check string, why store.Fault, pairs ...string) doctor.Finding {
	return doctor.Ill(check+"."+string(why), pairs...)
}

func redisMemory(c store.RedisCheckup) doctor.Finding {
	limit := "-"
	if c.Limit > 0 {
		limit = megabytes(c.Limit) + " MB"
	}
	find, key := doctor.Well, "redis.memory"
	if c.Limit > 0 && c.Used > c.Limit/10*9 {
		find, key = doctor.Doubt, "redis.full"
	}
	return find(key, "used", megabytes(c.Used), "limit", limit)
}

func (p *patient) database(ctx context.Context) []doctor.Finding {
	c, err := store.ExamineSQL(ctx, p.cfg.DatabaseURL.Reveal(), p.cfg.DataDir)
	findings := folder(c.Folder)
	switch {
	case err != nil:
		return append([]doctor.Finding{shut("database", c.Fault, "kind", c.Kind)}, findings...)
	case c.New:
		return append([]doctor.Finding{doctor.Well("database.new", "kind", c.Kind)}, findings...)
	}
	findings = append([]doctor.Finding{doctor.Well("database.well", "kind", c.Kind, "version", c.Version), tables(c)}, findings...)
	if c.Folder != nil {
		return findings
	}
	if c.Full {
		findings = append(findings, doctor.Ill("database.full"))
	}
	find, key := doctor.Well, "database.clock"
	if c.Ahead.Abs() > skewedServer {
		find, key = doctor.Doubt, "database.skewed"
	}
	return append(findings, find(key, "seconds", strconv.Itoa(int(c.Ahead.Abs().Seconds()))))
}

func tables(c store.SQLCheckup) doctor.Finding {
	version, want := strconv.FormatInt(c.Tables, 10), strconv.FormatInt(c.Want, 10)
	switch {
	case c.Tables < c.Want:
		return doctor.Doubt("database.behind", "version", version, "want", want)
	case c.Tables > c.Want:
		return doctor.Ill("database.ahead", "version", version, "want", want)
	}
	return doctor.Well("database.current", "version", version)
}

func folder(f *store.Folder) []doctor.Finding {
	switch {
	case f == nil:
		return nil
	case f.Full:
		return []doctor.Finding{doctor.Ill("database.full")}
	case !f.Writable:
		return []doctor.Finding{doctor.Ill("database.locked")}
	case f.Free > 0 && f.Free < littleSpace:
		return []doctor.Finding{doctor.Doubt("database.narrow", "free", megabytes(f.Free))}
	}
	return []doctor.Finding{doctor.Well("database.folder", "free", megabytes(f.Free))}
}

func megabytes(bytes uint64) string { return strconv.FormatUint(bytes/megabyte, 10) }
