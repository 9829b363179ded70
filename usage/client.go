package usage

import (
	"context"
	"errors"
	"strings"
	"time"
)

// The platform's rate limit and how it is shared. The platform counts per API, calling app and tenant, regardless of
// which app the call asks about.
const (
	CallsPerMinute    = 100 // "调用频控为100次/分"
	machinesPerMinute = 80  // what digests and charts may use of it, so that a person's question always finds free capacity
)

const (
	questionTimeout = 30 * time.Minute // the longest that a question waits for the quota and the answer: 3,000 calls
	maxThrottled    = 5                // retries after "too many calls": other programs of the tenant may use the same quota
	maxAttempts     = 4                // tries while the platform does not answer, about 2 s apart in all
)

// Share is the class of caller that a question is asked for, and which person it is: it decides the priority in the
// quota queue.
type Share string

// The classes. Calls for People have priority over those for Machines (digests, background work).
const (
	People   Share = "people"
	Machines Share = "machines"
	Stored   Share = "stored" // no calls: only what the cache and the history have
	batch    Share = "charts" // many questions at once, such as a chart: single questions go first
)

// For returns the share of one person. Persons of a class take turns, so that nobody's many questions delay another
// person's few.
func (s Share) For(person string) Share {
	class, _ := s.split()
	if person == "" {
		return class
	}
	return class + "/" + Share(person)
}

// split returns the class and the person; person is "" when the share names none.
func (s Share) split() (class Share, person string) {
	of, person, _ := strings.Cut(string(s), "/")
	return Share(of), person
}

// batch returns the share of the same person for many questions at once.
func (s Share) batch() Share {
	class, person := s.split()
	if class == Stored {
		return s
	}
	return batch.For(person)
}

// asker returns the person for whom a call is wanted. The share Stored is an asker of its own, since another question of the same person may
// make calls at the same time.
func (s Share) asker() string {
	class, person := s.split()
	if class == Stored {
		return string(s)
	}
	return person
}

// ErrNotStored says that a question of the share Stored has no stored answer.
var ErrNotStored = errors.New("the answer is not stored, and no call is to be made")

// Quota is the sliding window of calls that all replicas share.
type Quota interface {
	// Take reserves a call if fewer than limit calls are in the window; otherwise wait says when to try again. left is
	// how many of limit are free after that.
	Take(ctx context.Context, limit int) (id string, wait time.Duration, left int)
	// Settle says that the platform has answered the call: from now on the call occupies the window for a minute.
	Settle(ctx context.Context, id string)
	// Cancel returns the reservation of a call that was not made.
	Cancel(ctx context.Context, id string)
	// Block stops all calls of all replicas for a while, because the platform asked for it.
	Block(ctx context.Context, d time.Duration)
}

// Cache keeps values for a limited time and shares them between replicas. It has no errors: a failing cache forgets.
type Cache interface {
	Get(ctx context.Context, key string) ([]byte, bool)
	Put(ctx context.Context, key string, value []byte, ttl time.Duration)
}

// Client asks the platform and makes reports of its answers. All methods may be called concurrently. Each part is one
// theme with methods of its own; a part uses only those before it.
type Client struct {
	*fetcher     // answers single questions
	*calendar    // Newest, DayState and Used
	*reports     // Report
	*trends      // Trend, TrendTo and Resume
	*departments // answers questions about many departments at once
	*rankings    // Ranking
	*comparisons // Compare, ComparePeriods, AddTrends, ToDate and ResumeToDate
	*breakdowns  // Breakdown
	*digests     // DigestData
	*backfills   // Fill
	*refreshes   // Refresh
}

// Settings are the dependencies and options of a Client.
type Settings struct {
	Source Source
	Quota  Quota
	Cache  Cache
	// History keeps final answers for good; nil: they are kept in the cache only.
	History History
	Now     func() time.Time
	// NotPublishedTTL is how long "not published yet" is cached: a minute at most, which is also the default.
	NotPublishedTTL time.Duration
	Zone            *time.Location // the zone of the platform's days; it decides what today and yesterday are
	Workdays        *Workdays      // decide which day is the previous workday; nil: those without holidays
	OnHit           func(hit bool) // called with the result of every cache lookup; may be nil

	// Departments and Children serve rankings. Departments has a quota of its own; without it each department is asked
	// for separately. Children returns the direct sub-departments, or the top departments for an empty id.
	Departments     DepartmentSource
	DepartmentQuota Quota
	Children        func(ctx context.Context, departmentID string) ([]Department, error)
}

// NewClient returns a Client. The caller must Close it.
func NewClient(s Settings) *Client {
	f := &fetcher{
		lifecycle: newLifecycle(), source: s.Source, overview: newQuotaQueue(s.Quota), cache: s.Cache, history: s.History,
		now: s.Now, zone: s.Zone, workdays: s.Workdays, notOutTTL: s.NotPublishedTTL, hit: s.OnHit,
	}
	if f.notOutTTL <= 0 || f.notOutTTL > time.Minute {
		f.notOutTTL = time.Minute
	}
	if f.workdays == nil {
		f.workdays = NewWorkdays(NoCountry)
	}
	calendar := &calendar{f}
	reports := &reports{f, calendar}
	trends := &trends{f, calendar}
	departments := &departments{fetcher: f, departmentSource: s.Departments, listings: newQuotaQueue(s.DepartmentQuota), children: s.Children}
	rankings := &rankings{f, calendar, departments}
	return &Client{
		fetcher: f, calendar: calendar, reports: reports, trends: trends, departments: departments, rankings: rankings,
		comparisons: &comparisons{f, reports, trends}, breakdowns: &breakdowns{f, reports, rankings},
		digests: &digests{f, reports, trends, rankings}, backfills: &backfills{f, calendar},
		refreshes: &refreshes{f, calendar, departments},
	}
}

// Close cancels the calls in flight and waits for them.
func (c *Client) Close() { c.lifecycle.close() }

// Backlog estimates how long a question that is asked now waits for the quota.
func (c *Client) Backlog(share Share) time.Duration { return c.overview.backlog(share) }

// CalledSince reports whether a question of a person's share has needed a call to the platform since a time, within the last hour. Calls for
// People and for the charts of their answers count together.
func (c *Client) CalledSince(share Share, since time.Time) bool {
	return c.overview.calledSince(share.asker(), since) || c.listings.calledSince(share.asker(), since)
}
