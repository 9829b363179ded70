package usage

import (
	"context"
	"time"
)

// Backfill is a job that fills the history: it asks for an app's figures of each day, week and month, from Until back
// to From.
type Backfill struct {
	AppID string
	From  Date // the oldest day
	Next  Date // the day to ask for next; before From when all is done
	Until Date // the newest day, with which the job began
	By    string
}

// Done returns how many days have been asked for, and how many there are in all.
func (b Backfill) Done() (days, all int) {
	all = daysBetween(b.From, b.Until) + 1
	return min(daysBetween(b.Next, b.Until), all), all
}

// Finished reports whether nothing is left to ask for.
func (b Backfill) Finished() bool { return b.Next.Before(b.From) }

func daysBetween(from, to Date) int {
	return int(to.utc().Sub(from.utc()) / (24 * time.Hour))
}

// backfillDays is the number of days per step: few enough that a step takes seconds, not minutes.
const backfillDays = 7

// backfills runs the steps of backfills.
type backfills struct {
	*fetcher
	calendar *calendar
}

// Fill runs one step of a backfill within the machines' share of the quota, and returns the new state. Stored answers
// cost no call, so an interrupted step is simply repeated.
func (bs *backfills) Fill(ctx context.Context, b Backfill) (Backfill, error) {
	if b.Finished() {
		return b, nil
	}
	n := min(backfillDays, daysBetween(b.From, b.Next)+1)
	first := b.Next.AddDays(1 - n)
	spans := map[Cycle][]Period{}
	for i := range n {
		for _, cycle := range Cycles() {
			p := PeriodOf(cycle, first.AddDays(i))
			if list := spans[cycle]; len(list) == 0 || list[len(list)-1] != p {
				spans[cycle] = append(list, p)
			}
		}
	}
	published := bs.proved(ctx, b.AppID)
	if b.Next.After(published) {
		var err error
		if published, err = bs.calendar.Newest(ctx, b.AppID, Machines); err != nil {
			return b, err
		}
	}
	for _, cycle := range Cycles() {
		for _, p := range spans[cycle] {
			if err := bs.fillPeriod(ctx, b.AppID, p, published); err != nil {
				return b, err
			}
		}
	}
	b.Next = first.AddDays(-1)
	return b, nil
}

// fillPeriod asks for all abilities of one period, unless its figures may still change. Only final answers are stored
// for good: a week asked for before its Sunday is published would otherwise be taken for the whole week. "No data" is
// an answer as well.
func (bs *backfills) fillPeriod(ctx context.Context, appID string, p Period, published Date) error {
	if !p.CompleteOn(published) || p.End().After(FinalDay(bs.now().In(bs.zone))) {
		return nil
	}
	q := Query{App: App{ID: appID}, Ability: All, Cycle: p.Cycle}
	for _, ability := range Abilities() {
		if _, err := bs.fetch(ctx, q.question(ability, p, p.End()), Machines); err != nil && !notOut(err) && !absent(err) {
			return err
		}
	}
	return nil
}
