package app

import (
	"context"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"usagebot/feishu/events"
	"usagebot/store/redisstore"
	"usagebot/store/sqlstore"
)

// metrics are what /metrics tells.
type metrics struct {
	registry  *prometheus.Registry
	events    *prometheus.CounterVec
	commands  *prometheus.HistogramVec
	platform  *prometheus.HistogramVec
	cache     *prometheus.CounterVec
	redisAway *prometheus.CounterVec
	digests   *prometheus.CounterVec
	waits     *prometheus.CounterVec
	dropped   prometheus.Counter
	ticks     *prometheus.CounterVec
}

func newMetrics() *metrics {
	seconds := []float64{.05, .1, .25, .5, 1, 2, 3, 5, 10, 30, 60, 120, 300, 600}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usagebot_events_total", Help: "Deliveries of events by type and outcome.",
		}, []string{"type", "outcome"}),
		commands: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "usagebot_command_seconds", Help: "Time to an answer by command and outcome.", Buckets: seconds,
		}, []string{"command", "outcome"}),
		platform: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "usagebot_platform_call_seconds", Help: "Calls to the platform by endpoint, HTTP status (0: no answer) and code.", Buckets: seconds,
		}, []string{"endpoint", "status", "code"}),
		cache: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usagebot_figures_lookups_total", Help: "Figures looked for in the cache, by whether they were there.",
		}, []string{"hit"}),
		redisAway: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usagebot_redis_failures_total", Help: "Operations that Redis failed and that this process stood in for.",
		}, []string{"operation"}),
	}
	m.digests = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "usagebot_deliveries_total", Help: "Digests by what became of them; waiting counts each look at figures that are not out.",
	}, []string{"outcome"})
	m.waits = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "usagebot_quota_waits_total", Help: "How often a call was told to wait for its turn, by quota: overview, messages-second, messages-minute, chat.",
	}, []string{"quota"})
	m.dropped = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "usagebot_connections_dropped_total", Help: "Connections that sent no whole request and were closed to make room for newer ones.",
	})
	m.ticks = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "usagebot_ticks_total", Help: "How often it was looked for digests that are due, by outcome: done or failed. While all is well that is once a second.",
	}, []string{"outcome"})
	m.registry.MustRegister(m.dropped, m.digests, m.waits, m.ticks, m.events, m.commands, m.platform, m.cache, m.redisAway,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// watch adds what is read when it is asked for.
func (m *metrics) watch(redis *redisstore.Redis, quota *redisstore.Quota, sql *sqlstore.Store, now func() time.Time) {
	m.registry.MustRegister(redis.Collector(), prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "usagebot_quota_left", Help: "Calls to the usage API that may still be made now, of the shared 100 a minute.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		return float64(quota.Left(ctx))
	}), prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "usagebot_overdue_seconds", Help: "Age of the oldest digest that is due and has not gone out; 0 when there is none, -1 when the database does not answer or takes nothing.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		count, oldest, err := sql.Deliveries.Overdue(ctx, now())
		switch {
		case err != nil, sql.Ping(ctx) != nil:
			return -1
		case count == 0:
			return 0
		}
		return now().Sub(oldest).Seconds()
	}))
}

// counted is a quota whose waits are counted.
type counted struct {
	*redisstore.Quota
	waits prometheus.Counter
}

func (m *metrics) counted(name string, q *redisstore.Quota) counted {
	return counted{q, m.waits.WithLabelValues(name)}
}

// Take takes a place, or says how long to wait for one.
func (c counted) Take(ctx context.Context, limit int) (id string, wait time.Duration, left int) {
	id, wait, left = c.Quota.Take(ctx, limit)
	if wait > 0 {
		c.waits.Inc()
	}
	return id, wait, left
}

// watchConnection adds how the long connection stands.
func (m *metrics) watchConnection(state func() events.ConnectionState) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "usagebot_longconn_up", Help: "Whether the long connection is open: 1 or 0.",
	}, func() float64 {
		if state().Up {
			return 1
		}
		return 0
	}), prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "usagebot_longconn_reconnects_total", Help: "How often the long connection was opened after the first time.",
	}, func() float64 { return float64(max(0, state().Connections-1)) }))
}

func (m *metrics) event(kind string, o events.Outcome) {
	m.events.WithLabelValues(kind, string(o)).Inc()
}

func (m *metrics) command(name, outcome string, d time.Duration) {
	m.commands.WithLabelValues(name, outcome).Observe(d.Seconds())
}

func (m *metrics) call(endpoint string, status, code int, d time.Duration) {
	m.platform.WithLabelValues(endpoint, strconv.Itoa(status), strconv.Itoa(code)).Observe(d.Seconds())
}

func (m *metrics) delivery(outcome string) { m.digests.WithLabelValues(outcome).Inc() }

// tick counts a look at what is due that is over.
func (m *metrics) tick(err error) {
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	m.ticks.WithLabelValues(outcome).Inc()
}

// watchInHand adds how much of what ticks began is not over.
func (m *metrics) watchInHand(inHand func() int) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "usagebot_deliveries_in_flight", Help: "Digests, notices to owners and alerts that this process is working on.",
	}, func() float64 { return float64(inHand()) }))
}

func (m *metrics) lookup(hit bool) { m.cache.WithLabelValues(strconv.FormatBool(hit)).Inc() }
