package redisstore

import "github.com/prometheus/client_golang/prometheus"

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
