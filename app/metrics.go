package app

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"usagebot/feishu/events"
	"usagebot/store"
	"usagebot/store/redisstore"
	"usagebot/store/sqlstore"
)

// metrics holds the metrics that /metrics shows.
type metrics struct {
	registry      *prometheus.Registry
	events        *prometheus.CounterVec
	commands      *prometheus.HistogramVec
	platform      *prometheus.HistogramVec
	lookups       *prometheus.CounterVec
	redisFailures *prometheus.CounterVec
	deliveries    *prometheus.CounterVec
	waits         *prometheus.CounterVec
	dropped       prometheus.Counter
	ticks         *prometheus.CounterVec
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
		lookups: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usagebot_figures_lookups_total", Help: "Figures looked for in the cache, by whether they were there.",
		}, []string{"hit"}),
		redisFailures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usagebot_redis_failures_total", Help: "Operations that Redis failed and that this process stood in for.",
		}, []string{"operation"}),
	}
	m.deliveries = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "usagebot_deliveries_total", Help: "Digests by what became of them; waiting counts each look at figures that are not out.",
	}, []string{"outcome"})
	m.waits = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "usagebot_quota_waits_total", Help: "How often a call or a request found no place, by limit: overview, department_overview, messages-second, messages-minute, chat, person, clicks, requests.",
	}, []string{"quota"})
	m.dropped = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "usagebot_connections_dropped_total", Help: "Connections that sent no whole request and were closed to make room for newer ones.",
	})
	m.ticks = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "usagebot_ticks_total", Help: "How often it was looked for digests that are due, by outcome: done or failed. While all is well that is once a second.",
	}, []string{"outcome"})
	m.registry.MustRegister(m.dropped, m.deliveries, m.waits, m.ticks, m.events, m.commands, m.platform, m.lookups, m.redisFailures,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// registerGauges registers the metrics whose values are read on each scrape.
func (m *metrics) registerGauges(redis *redisstore.Redis, quota store.Quota, sql *sqlstore.Store, now func() time.Time) {
	if redis != nil {
		m.registry.MustRegister(redis.Collector())
	}
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
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
	}), prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "usagebot_housekeeping_age_seconds", Help: "Time since all expired records were last deleted; -1 when they never were, or the database does not answer.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		last, err := sql.Tasks.TaskUntil(ctx, deleteDoneTask)
		if err != nil || last.IsZero() {
			return -1
		}
		return now().Sub(last).Seconds()
	}), prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "usagebot_oldest_event_seconds", Help: "Age of the oldest event that was accepted and is not finished; 0 when there is none, -1 when the database does not answer.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		open, oldest, err := sql.Events.Backlog(ctx)
		switch {
		case err != nil:
			return -1
		case open == 0:
			return 0
		}
		return now().Sub(oldest).Seconds()
	}))
}

// countedLimiter is a limiter that counts how often callers had to wait.
type countedLimiter struct {
	store.Limiter
	waits *prometheus.CounterVec
}

func (m *metrics) countWaits(l store.Limiter) countedLimiter {
	for _, kind := range limitKinds() {
		m.waits.WithLabelValues(kind) // shown from the start, as 0
	}
	return countedLimiter{l, m.waits}
}

// limitKinds returns the limits that usagebot_quota_waits_total tells apart.
func limitKinds() []string {
	return []string{"overview", "department_overview", "messages-second", "messages-minute", "chat", "person", "clicks", "requests"}
}

// Take takes places, or returns how long to wait for them.
func (c countedLimiter) Take(ctx context.Context, windows []store.Window) store.Slot {
	slot := c.Limiter.Take(ctx, windows)
	if slot.Full != "" {
		kind, _, _ := strings.Cut(slot.Full, ":") // of a chat or a person, without which
		c.waits.WithLabelValues(kind).Inc()
	}
	return slot
}

// registerConnection registers the metrics of the long connection.
func (m *metrics) registerConnection(state func() events.ConnectionState) {
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

func (m *metrics) delivery(outcome string) { m.deliveries.WithLabelValues(outcome).Inc() }

// tick counts a finished tick by its outcome.
func (m *metrics) tick(err error) {
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	m.ticks.WithLabelValues(outcome).Inc()
}

// registerInFlight registers how many of the deliveries that ticks began are still in progress.
func (m *metrics) registerInFlight(inHand func() int) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "usagebot_deliveries_in_flight", Help: "Digests, notices to owners and alerts that this process is working on.",
	}, func() float64 { return float64(inHand()) }))
}

func (m *metrics) lookup(hit bool) { m.lookups.WithLabelValues(strconv.FormatBool(hit)).Inc() }
