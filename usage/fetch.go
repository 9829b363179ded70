package usage

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// answer is what is stored for a question: figures, or that there are none.
type answer struct {
	Figures Figures `json:"figures,omitempty"`
	noDataAnswer
	// Listed marks an answer taken from a list of departments, which gives only active users. That is enough for a
	// ranking; a question about the department itself asks the platform again.
	Listed bool `json:"listed,omitempty"`

	// When the platform was asked, and when it had answered. Zero for an answer from the history.
	Asked    time.Time `json:"asked,omitzero"`
	Answered time.Time `json:"answered,omitzero"`
}

func (a answer) result() (Figures, error) {
	if a.NoData {
		return nil, a.failure()
	}
	return a.Figures, nil
}

// noDataAnswer records that the platform has no figures, and how it said so.
type noDataAnswer struct {
	NoData bool   `json:"no_data,omitempty"`
	Reason Reason `json:"reason,omitempty"` // NoData when empty
	LogID  string `json:"log_id,omitempty"`
	Code   int    `json:"code,omitempty"`
}

func (n noDataAnswer) failure() *Failure {
	return &Failure{Reason: cmp.Or(n.Reason, NoData), Code: n.Code, LogID: n.LogID, Err: errors.New("no data, as the platform said before")}
}

// noDataOf returns a noDataAnswer if the error says that there are no figures. For days before the figures begin the
// platform's page leaves open whether it answers "data not found" or "invalid date range"; both count.
func noDataOf(err error) (noDataAnswer, bool) {
	failure := new(Failure)
	if !errors.As(err, &failure) || !notOut(err) {
		return noDataAnswer{}, false
	}
	return noDataAnswer{NoData: true, Reason: failure.Reason, LogID: failure.LogID, Code: failure.Code}, true
}

// answerOf turns the platform's response into an answer, or returns the error if it says nothing that may be stored.
// Figures without any metric count as no data: missing is not zero, and does not show that the day is published.
func answerOf(figures Figures, err error) (answer, error) {
	if nothing, ok := noDataOf(err); ok {
		return answer{noDataAnswer: nothing}, nil
	}
	if err != nil {
		return answer{}, err
	}
	return answerWith(figures), nil
}

func answerWith(figures Figures) answer {
	return answer{Figures: figures, noDataAnswer: noDataAnswer{NoData: len(figures) == 0}}
}

// question is a Request plus the last day that its answer must cover. The same week asked for on Tuesday and on Thursday
// is one Request but two questions, so a cached answer from Tuesday is not used on Thursday. through is zero for a single
// day that is not known to be published, and for a week that is only looked at for use.
type question struct {
	Request
	through Date
}

func (q question) key() string {
	return fmt.Sprintf("figures:%s:%s:%s:%s:%s:%s", q.AppID, q.Ability, q.Cycle, q.Date, q.DepartmentID, q.through)
}

func (q question) span() span { return span{Period{q.Cycle, q.Date}, q.through} }

// publishedBy returns the question to store the answer under: if the answer shows use, its day is published.
func (q question) publishedBy(known answer) question {
	if q.through.IsZero() && q.Cycle == Daily && known.verdict() == inUse {
		q.through = q.Date
	}
	return q
}

// fetcher answers questions from the cache, the history or the platform. Everything else builds on it.
type fetcher struct {
	lifecycle *lifecycle
	source    Source
	overview  *quotaQueue // of the calls to source
	cache     Cache
	history   History // nil: final answers are kept in the cache only
	now       func() time.Time
	zone      *time.Location
	notOutTTL time.Duration
	workdays  *Workdays
	hit       func(hit bool)
}

func (f *fetcher) today() Date { return DateOf(f.now().In(f.zone)) }

func (f *fetcher) observe(hit bool) {
	if f.hit != nil {
		f.hit(hit)
	}
}

// fetch answers a question from the cache or history, from an equal question in flight, or from the platform.
func (f *fetcher) fetch(ctx context.Context, q question, share Share) (Figures, error) {
	known, err := f.answer(ctx, q, share)
	if err != nil {
		return nil, err
	}
	return known.result()
}

// answer is like fetch, but "no data" is an answer and not an error, and the result tells when the platform was asked.
func (f *fetcher) answer(ctx context.Context, q question, share Share) (answer, error) {
	return f.answerFrom(ctx, f.lookup, q, share, time.Time{})
}

// answerNotStored is answer for a question that is known not to be in the history.
func (f *fetcher) answerNotStored(ctx context.Context, q question, share Share) (answer, error) {
	return f.answerFrom(ctx, f.cached, q, share, time.Time{})
}

// answerSince is answer without the history and without cached answers from before since.
func (f *fetcher) answerSince(ctx context.Context, q question, share Share, since time.Time) (answer, error) {
	return f.answerFrom(ctx, f.cached, q, share, since)
}

func (f *fetcher) answerFrom(ctx context.Context, remembered func(context.Context, question) (answer, bool), q question, share Share, since time.Time) (answer, error) {
	known, ok := remembered(ctx, q)
	ok = ok && !known.Asked.Before(since)
	f.observe(ok)
	if ok {
		return known, nil
	}
	return f.ask(ctx, q, share, since)
}

// ask answers a question from an equal one in flight or from the platform. It uses no answer from before since.
func (f *fetcher) ask(ctx context.Context, q question, share Share, since time.Time) (answer, error) {
	// Calls are shared within a share only: otherwise a person's question could wait in a lane of lower priority.
	key := fmt.Sprintf("%s:%s", share, q.key())
	if !since.IsZero() {
		key += since.Format(":" + time.RFC3339Nano) // an earlier call in flight may bring an answer from before since
	}
	known := func() (answer, bool) {
		known, ok := f.cached(ctx, q)
		if !ok && q.through.IsZero() && q.Cycle == Daily { // an equal question may have found use; its answer is stored under the published day
			known, ok = f.cached(ctx, question{q.Request, q.Date})
		}
		return known, ok && !known.Asked.Before(since)
	}
	return shared(ctx, f.lifecycle, key, func(ctx context.Context) (answer, error) {
		return callWithRetry(ctx, f.overview, share, q.key(), known, func(ctx context.Context) (answer, error) {
			asked := f.now().In(f.zone)
			answered, err := answerOf(f.source.Overview(ctx, q.Request))
			if err == nil {
				answered.Asked, answered.Answered = asked, f.now().In(f.zone)
				f.storeAnswer(ctx, q, answered, asked)
			}
			return answered, err
		})
	})
}

// span is what an answer covers: the days of a period up to through, which is the period's last day once that is
// published.
type span struct {
	Period
	through Date
}

// complete reports whether all days of the period are covered.
func (s span) complete() bool { return !s.through.Before(s.End()) }

// lookup looks for an answer in the cache and then in the history.
func (f *fetcher) lookup(ctx context.Context, q question) (answer, bool) {
	if known, ok := f.cached(ctx, q); ok {
		return known, true
	}
	return f.lookupFinal(ctx, q)
}

func (f *fetcher) cached(ctx context.Context, q question) (known answer, ok bool) {
	ok = f.cacheGet(ctx, q.key(), &known)
	return known, ok && !known.Listed
}

// cacheGet reads a cached value. A value that cannot be decoded counts as missing.
func (f *fetcher) cacheGet(ctx context.Context, key string, value any) bool {
	b, ok := f.cache.Get(ctx, key)
	return ok && json.Unmarshal(b, value) == nil
}

func (f *fetcher) cachePut(ctx context.Context, key string, value any, ttl time.Duration) {
	if b, err := json.Marshal(value); err == nil {
		f.cache.Put(ctx, key, b, ttl)
	}
}

// storeAnswer caches an answer that was asked for at the given time, and adds it to the history if it is final.
func (f *fetcher) storeAnswer(ctx context.Context, q question, known answer, asked time.Time) {
	q = q.publishedBy(known)
	f.cachePut(ctx, q.key(), known, f.ttl(q.span(), known.NoData, known.Figures.idle(), asked))
	if !q.through.IsZero() && q.Cycle == Daily && known.verdict() == inUse {
		f.prove(ctx, q.AppID, q.Date)
	}
	if f.final(ctx, q.AppID, q.span(), known.NoData, asked) {
		f.storeFinal(ctx, q.Request, known)
	}
}

// ttl returns how long an answer that was asked for at the given time is cached. Complete figures rarely change, but
// the platform may correct them for some days after the period ends. Missing figures and those of unpublished days may
// come at any minute.
func (f *fetcher) ttl(s span, missing, idle bool, asked time.Time) time.Duration {
	recent := s.End().After(FinalDay(asked))
	switch {
	case (missing || idle) && (recent || !s.complete()):
		return f.notOutTTL
	case missing:
		return time.Hour
	case !s.complete():
		return 10 * time.Minute
	case recent:
		return time.Hour
	}
	return 7 * 24 * time.Hour
}

// History keeps final answers for good. Figures without any metric mean that the platform has none. No question depends
// on it: on an error the platform is asked.
type History interface {
	// Recall returns the figures kept for a Request.
	Recall(ctx context.Context, ask Request) (Figures, bool, error)
	// RecallFrom returns the figures kept for an app and a department, of all abilities, for the periods of a cycle
	// from the Request's date to last.
	RecallFrom(ctx context.Context, from Request, last Date) (map[Request]Figures, error)
	// Remember keeps figures and replaces earlier ones.
	Remember(ctx context.Context, ask Request, figures Figures) error
	// RecallDepartments and RememberDepartments do the same for a list of departments, which is kept as one value.
	RecallDepartments(ctx context.Context, ask DepartmentRequest) ([]byte, bool, error)
	RememberDepartments(ctx context.Context, ask DepartmentRequest, answer []byte) error
}

// historyTimeout is the longest that a question waits for the history.
const historyTimeout = 2 * time.Second

// final reports whether an answer will not change any more: its period is complete, and it was asked for after the
// platform's time for corrections. A published day alone is not enough, because the figures of a week or a department
// may come later and the platform may still correct them. No data takes longer to become final than figures, because
// they may still come.
//
// The app must have use on the period's last day or later: without it nothing shows that all days were published.
func (f *fetcher) final(ctx context.Context, appID string, s span, missing bool, asked time.Time) bool {
	switch {
	case !s.complete(), s.End().After(FinalDay(asked)):
		return false
	case missing && !s.End().Before(DateOf(asked).AddDays(-missingDays)):
		return false
	}
	return !s.End().After(f.proved(ctx, appID))
}

// missingDays is after how many days "no data" is final for a published day.
const missingDays = 7

// provedTTL is how long a day with use is remembered. If it is forgotten, nothing is kept for good until it is seen again.
const provedTTL = 30 * 24 * time.Hour

func provedKey(appID string) string { return "proved:" + appID }

// proved returns the newest day on which the app is known to have use, which proves that it and all days before it are
// published; zero if there is none.
func (f *fetcher) proved(ctx context.Context, appID string) (d Date) {
	f.cacheGet(ctx, provedKey(appID), &d)
	return d
}

// prove remembers that the app has use on a day.
func (f *fetcher) prove(ctx context.Context, appID string, d Date) {
	if d.After(f.proved(ctx, appID)) {
		f.cachePut(ctx, provedKey(appID), d, provedTTL)
	}
}

func (f *fetcher) storeFinal(ctx context.Context, ask Request, known answer) {
	if f.history == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	_ = f.history.Remember(ctx, ask, known.Figures) // what is not kept is asked for again
}

// lookupFinal looks for an answer in the history and caches it.
func (f *fetcher) lookupFinal(ctx context.Context, q question) (answer, bool) {
	if f.history == nil || !q.span().complete() {
		return answer{}, false
	}
	within, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	figures, ok, err := f.history.Recall(within, q.Request)
	if err != nil || !ok {
		return answer{}, false
	}
	kept := answerWith(figures)
	f.cachePut(ctx, q.key(), kept, f.ttl(q.span(), kept.NoData, figures.idle(), f.now().In(f.zone)))
	return kept, true
}

// storedSince returns what the history has for an app and a department, from the Request's period to the one that begins on
// last.
func (f *fetcher) storedSince(ctx context.Context, from Request, last Date) map[Request]Figures {
	if f.history == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	kept, err := f.history.RecallFrom(ctx, from, last)
	if err != nil {
		return nil
	}
	return kept
}
