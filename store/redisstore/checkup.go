package redisstore

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"usagebot/store"
)

// RedisCheckup is what Redis tells about itself and what became of the calls that the program makes.
type RedisCheckup struct {
	Version string // empty when it answers and does not tell about itself
	// Persistence is "aof", "rdb" or "none"; empty when it is not known
	// whether snapshots are made.
	Persistence string
	Eviction    string // the maxmemory-policy
	Used, Limit uint64 // bytes; no limit: 0

	Replica     bool   // it is a copy of another server, and writes are lost or refused
	ClusterNode bool   // it is one node of a cluster, and the address does not name the others
	Forbidden   string // the first command that its user may not run
	Unwritable  string // why it refuses writes, in its own words

	Fault store.Fault // with an error: why it could not be looked at
}

// Checkup asks Redis about itself and tries what the program does. An error is ErrUnavailable.
func (r *Redis) Checkup(ctx context.Context) (RedisCheckup, error) {
	if err := r.Ping(ctx); err != nil {
		return RedisCheckup{Fault: r.fault(ctx, err)}, err
	}
	var c RedisCheckup
	// A server in the cloud may forbid what follows, which does not make it
	// one that is away: so this goes past do.
	if text, err := r.client.Info(ctx).Result(); err == nil {
		info := infoOf(text)
		c.Version, c.Eviction = info["redis_version"], info["maxmemory_policy"]
		c.Used, c.Limit = number(info["used_memory"]), number(info["maxmemory"])
		c.Replica = info["role"] == "slave"
		c.ClusterNode = info["cluster_enabled"] == "1" && !r.isCluster()
		c.Persistence = r.persistence(ctx, info["aof_enabled"] == "1")
	}
	r.tryCommands(ctx, &c)
	return c, nil
}

// tryCommands tries the commands that the program uses, with keys of their own that are soon gone, and notes the first
// refusal.
func (r *Redis) tryCommands(ctx context.Context, c *RedisCheckup) {
	key := r.key("checkup")
	for _, try := range []struct {
		command string
		call    func() error
	}{
		{"SET", func() error { return r.client.Set(ctx, key, 1, time.Minute).Err() }},
		{"GET", func() error { return r.client.Get(ctx, key).Err() }},
		{"EXISTS", func() error { return r.client.Exists(ctx, key).Err() }},
		{"DEL", func() error { return r.client.Del(ctx, key).Err() }},
		{"SCAN", func() error { return r.client.Scan(ctx, 0, escapeGlob(key), 1).Err() }},
		{"EVAL", func() error { return NewLimiter(r).try(ctx) }},
	} {
		err := try.call()
		switch {
		case err == nil, errors.Is(err, redis.Nil):
			continue
		case isDenial(err):
			c.Forbidden = try.command
		case strings.HasPrefix(err.Error(), "MOVED"):
			c.ClusterNode = true
		case strings.HasPrefix(err.Error(), "READONLY"):
			c.Replica = true
		default:
			c.Unwritable = r.redact(err.Error())
		}
		return
	}
}

// isCluster reports whether the address names a cluster, whose nodes the client finds by itself.
func (r *Redis) isCluster() bool {
	_, ok := r.client.(*redis.ClusterClient)
	return ok
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
	if !c.redis.breaker.isOpen() {
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
