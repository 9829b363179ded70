package app

import (
	"context"
	"time"

	"usagebot/store/redisstore"
	"usagebot/usage"
)

// quotaFor returns the limit that calls to an endpoint of the platform keep.
func (a *App) quotaFor(endpoint string, q *redisstore.Quota) usage.Quota {
	if a.Config.UnlimitedCalls {
		return unlimited{}
	}
	return a.metrics.counted(endpoint, q)
}

// unlimited is a usage.Quota that lets every call pass.
type unlimited struct{}

func (unlimited) Take(_ context.Context, limit int) (string, time.Duration, int) {
	return "", 0, limit
}
func (unlimited) Settle(context.Context, string)       {}
func (unlimited) Cancel(context.Context, string)       {}
func (unlimited) Block(context.Context, time.Duration) {}
