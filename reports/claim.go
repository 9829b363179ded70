package reports

import (
	"context"
	"errors"
	"sync"
	"time"
)

// claim is a delivery that this process holds.
type claim struct {
	engine *Engine
	room   *room
	mu     sync.Mutex // guards d against keep
	d      Delivery
	over   bool // given up: nothing more is written
	empty  bool // what is sent says that there are no figures
}

// keep renews the lease while the delivery is carried, which is not for ever; when somebody else has it, the carrying ends.
func (c *claim) keep(ctx context.Context, drop context.CancelCauseFunc) {
	tick := time.NewTicker(max(c.engine.Lease/3, 50*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := c.save(ctx, true); errors.Is(err, ErrFenced) {
				drop(ErrFenced)
				return
			}
		}
	}
}

// save writes the delivery as it is, and what its owner is to be told.
func (c *claim) save(ctx context.Context, keeping bool, tell ...Notice) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return nil
	}
	c.over = !keeping
	d := c.d
	d.Lease = c.engine.Now().Add(c.engine.Lease)
	if !keeping {
		// What was found out is written even if the process is stopping.
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
	}
	err := c.engine.Store.Save(ctx, d, keeping, tell...)
	if err != nil && ctx.Err() == nil {
		c.engine.Log.Warn("a delivery could not be written", "subscription", d.SubscriptionID, "error", err)
	}
	return err
}

// change rewrites the delivery in memory.
func (c *claim) change(change func(*Delivery)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.d)
}

// end closes the delivery.
func (c *claim) end(ctx context.Context, state DeliveryState, reason Reason, detail string, tell ...Notice) {
	c.change(func(d *Delivery) {
		d.State, d.Reason, d.Detail, d.DoneAt = state, reason, detail, c.engine.Now()
	})
	if c.save(ctx, false, tell...) == nil {
		c.engine.Observe(string(state))
	}
}

// endAndTell closes the delivery and has its owner told.
func (c *claim) endAndTell(ctx context.Context, state DeliveryState, reason Reason, detail string) {
	c.end(ctx, state, reason, detail, Notice{Reason: reason, Period: c.d.Period, At: c.engine.Now()})
}

// later leaves the delivery open until another try, and says why. What became of one that is delivered stays.
func (c *claim) later(ctx context.Context, reason Reason, wait time.Duration, detail string) {
	c.change(func(d *Delivery) {
		if d.State == Waiting {
			d.Reason, d.Detail = reason, detail
		}
	})
	c.wait(ctx, c.engine.Now().Add(wait))
}

// wait gives the claim back until a time, or at once; whoever has it then goes on.
func (c *claim) wait(ctx context.Context, until time.Time) {
	c.change(func(d *Delivery) { d.TryAt = until })
	_ = c.save(ctx, false) // logged; if it is lost the lease ends, and it is tried again
}
