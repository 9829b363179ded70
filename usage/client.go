package usage

import (
	"context"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// The platform's limit and how it is shared. The limit is per API, calling app and tenant, whatever app is asked about.
const (
	CallsPerMinute    = 100 // "调用频控为100次/分"
	machinesPerMinute = 80  // what digests and charts may use of it, so that a person's question always finds a place
)

const (
	questionTimeout = 30 * time.Minute // the longest that a question waits for its turn and its answer: 3,000 calls
	maxThrottled    = 5                // times that the platform may ask to wait although the quota is kept: others use it too
	maxAttempts     = 4                // tries at a platform that does not answer, about 2 s apart in all
)

// Share says for whom a question is asked: people, one of them, or machines.
type Share string

// People come before machines.
const (
	People   Share = "people"
	Machines Share = "machines"
	batch    Share = "charts" // what takes many questions at once: a single question goes first
)

// For returns the share of one person, who is served by turns with the others.
func (s Share) For(person string) Share {
	class, _ := s.split()
	if person == "" {
		return class
	}
	return class + "/" + Share(person)
}

// split returns the share without the person, and the person; none is "".
func (s Share) split() (class Share, person string) {
	of, person, _ := strings.Cut(string(s), "/")
	return Share(of), person
}

// batch returns the share of the same person for many questions at once.
func (s Share) batch() Share {
	_, person := s.split()
	return batch.For(person)
}

// Quota is the window of calls that all replicas share.
type Quota interface {
	// Take enters a call if fewer than limit are in the window; otherwise it says when to try again. left is how many of
	// limit are free then.
	Take(ctx context.Context, limit int) (id string, wait time.Duration, left int)
	// Settle tells that the call was answered: its minute begins.
	Settle(ctx context.Context, id string)
	// Cancel takes back a call that was not made.
	Cancel(ctx context.Context, id string)
	// Block keeps everybody from calling for a while, since the platform said so.
	Block(ctx context.Context, d time.Duration)
}

// Cache remembers for a while, for all replicas. It never fails: it forgets.
type Cache interface {
	Get(ctx context.Context, key string) ([]byte, bool)
	Put(ctx context.Context, key string, value []byte, ttl time.Duration)
}

// Asker asks the platform and makes reports of its answers.
type Asker struct {
	source    Source
	overview  *quotaQueue
	cache     Cache
	history   History // nil: nothing is kept for good
	now       func() time.Time
	zone      *time.Location
	notOutTTL time.Duration
	hit       func(hit bool)

	departments DepartmentSource // nil: departments are asked for one by one
	listings    *quotaQueue
	children    func(ctx context.Context, departmentID string) ([]Department, error)

	flights singleflight.Group

	ctx    context.Context // ends with Close; flights live in it
	cancel context.CancelFunc
	mu     sync.Mutex // guards closed against work
	closed bool
	work   sync.WaitGroup
}

// Settings are what an Asker is made of.
type Settings struct {
	Source Source
	Quota  Quota
	Cache  Cache
	// History keeps for good what does not change any more; nil: nothing is kept.
	History History
	Now     func() time.Time
	// Again is the longest that "not out yet" is repeated without asking again: a minute, or less.
	Again time.Duration
	Zone  *time.Location // in which the platform's days begin and end, and so today and yesterday
	OnHit func(hit bool) // told of every look into the cache; may be nil

	// Departments and Children are for rankings. Departments has a quota of its own; without it each department is asked
	// for by itself. Children gives the departments right below one, those at the top for an empty id.
	Departments     DepartmentSource
	DepartmentQuota Quota
	Children        func(ctx context.Context, departmentID string) ([]Department, error)
}

// NewAsker returns an Asker; Close ends it.
func NewAsker(s Settings) *Asker {
	a := &Asker{
		source: s.Source, overview: newQuotaQueue(s.Quota), cache: s.Cache, history: s.History,
		now: s.Now, zone: s.Zone, hit: s.OnHit,
		departments: s.Departments, listings: newQuotaQueue(s.DepartmentQuota), children: s.Children,
	}
	if a.notOutTTL = s.Again; a.notOutTTL <= 0 || a.notOutTTL > time.Minute {
		a.notOutTTL = time.Minute
	}
	a.ctx, a.cancel = context.WithCancel(context.Background())
	return a
}

// Close ends the questions in flight and waits for them.
func (a *Asker) Close() {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	a.cancel()
	a.work.Wait()
}

// startWork counts a piece of work in, unless the Asker is closed.
func (a *Asker) startWork() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return false
	}
	a.work.Add(1)
	return true
}

// Backlog is about how long a question that is asked now will wait for its turn.
func (a *Asker) Backlog(share Share) time.Duration { return a.overview.backlog(share) }

func (a *Asker) today() Date { return DateOf(a.now().In(a.zone)) }

func (a *Asker) observe(hit bool) {
	if a.hit != nil {
		a.hit(hit)
	}
}
