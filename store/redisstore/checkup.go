package redisstore

import (
	"context"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"usagebot/store"
)

// RedisCheckup is what Redis tells about itself, as far as it matters to what
// is kept in it.
type RedisCheckup struct {
	Embedded bool   // inside this process; the rest is empty then
	Version  string // empty when it answers and does not tell about itself
	// Persistence is "aof", "rdb" or "none"; empty when it is not known
	// whether snapshots are made.
	Persistence string
	Eviction    string      // the maxmemory-policy
	Used, Limit uint64      // bytes; no limit: 0
	Fault       store.Fault // with an error: why it could not be looked at
}

// Checkup asks Redis about itself. An error is ErrAway.
func (r *Redis) Checkup(ctx context.Context) (RedisCheckup, error) {
	if r.Embedded() {
		return RedisCheckup{Embedded: true}, nil
	}
	if err := r.Ping(ctx); err != nil {
		return RedisCheckup{Fault: r.fault(ctx, err)}, err
	}
	// A server in the cloud may forbid what follows, which does not make it
	// one that is away: so this goes past ask.
	text, err := r.client.Info(ctx).Result()
	if err != nil {
		return RedisCheckup{}, nil //nolint:nilerr // an empty Version says so
	}
	info := infoOf(text)
	c := RedisCheckup{
		Version: info["redis_version"], Eviction: info["maxmemory_policy"],
		Used: number(info["used_memory"]), Limit: number(info["maxmemory"]),
	}
	c.Persistence = r.persistence(ctx, info["aof_enabled"] == "1")
	return c, nil
}

// fault is why Redis does not answer. One that does not speak TLS waits for
// the end of what it takes for a command: so it is away to a client that does.
func (r *Redis) fault(ctx context.Context, err error) store.Fault {
	f := redisFault(err)
	if f != store.NoAnswer || !r.secure {
		return f
	}
	for _, addr := range r.addrs {
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", addr)
		if err == nil {
			_ = conn.Close() // it was made to see whether it could be
			return store.Insecure
		}
	}
	return f
}

// persistence tells by what Redis outlives a restart.
func (r *Redis) persistence(ctx context.Context, aof bool) string {
	if aof {
		return "aof"
	}
	save, err := r.client.ConfigGet(ctx, "save").Result()
	switch {
	case err != nil:
		return ""
	case save["save"] == "":
		return "none"
	}
	return "rdb"
}

// infoOf reads the lines name:value of INFO.
func infoOf(text string) map[string]string {
	info := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			info[name] = value
		}
	}
	return info
}

func number(s string) uint64 {
	n, _ := strconv.ParseUint(s, 10, 64) // 0 stands for what is not told
	return n
}

// redisFault names what is wrong by the words of Redis: its errors have nothing else.
func redisFault(err error) store.Fault {
	if err == nil {
		return ""
	}
	text := err.Error()
	for _, told := range []struct {
		words string
		fault store.Fault
	}{
		{"WRONGPASS", store.Refused},
		{"NOAUTH", store.Refused},
		{"NOPERM", store.Refused},
		{"invalid password", store.Refused}, // before Redis 6
		{"without any password configured", store.Refused},
		{"no password is set", store.Refused},
		{"DB index is out of range", store.Missing},
		{"SELECT is not allowed in cluster mode", store.Missing},
		{"max number of clients reached", store.Crowded},
	} {
		if strings.Contains(text, told.words) {
			return told.fault
		}
	}
	if store.SpeaksOfTLS(text) {
		return store.Insecure
	}
	return store.NoAnswer
}

// Collector reports the state of the connection pool to Prometheus.
func (r *Redis) Collector() prometheus.Collector {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("usagebot_redis_"+name, help, nil, nil)
	}
	return &collector{
		redis:    r,
		up:       desc("up", "1 while Redis answers, 0 while the process stands in for it."),
		hits:     desc("pool_hits_total", "Calls that found an idle connection."),
		misses:   desc("pool_misses_total", "Calls that needed a new connection."),
		timeouts: desc("pool_timeouts_total", "Calls that waited for a connection in vain."),
		open:     desc("pool_connections", "Open connections."),
		idle:     desc("pool_idle_connections", "Open connections that no call uses."),
	}
}

// collector reads the figures when it is asked, so nothing runs in between.
type collector struct {
	redis *Redis

	up, hits, misses, timeouts, open, idle *prometheus.Desc
}

// Describe names the metrics.
func (c *collector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect reads them.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	up := 0.0
	if c.redis.retryAt.Load() == 0 {
		up = 1
	}
	stats := c.redis.client.PoolStats()
	gauge, counter := prometheus.GaugeValue, prometheus.CounterValue
	ch <- prometheus.MustNewConstMetric(c.up, gauge, up)
	ch <- prometheus.MustNewConstMetric(c.hits, counter, float64(stats.Hits))
	ch <- prometheus.MustNewConstMetric(c.misses, counter, float64(stats.Misses))
	ch <- prometheus.MustNewConstMetric(c.timeouts, counter, float64(stats.Timeouts))
	ch <- prometheus.MustNewConstMetric(c.open, gauge, float64(stats.TotalConns))
	ch <- prometheus.MustNewConstMetric(c.idle, gauge, float64(stats.IdleConns))
}
