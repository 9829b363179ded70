package feishu

import (
	"context"
	"log/slog"
)

// sdkLog is the SDK's logger. It keeps only the fact that the SDK reported an error: the SDK's own texts hold requests
// and answers, tokens among them.
type sdkLog struct{ log *slog.Logger }

func (sdkLog) Debug(context.Context, ...any) {}
func (sdkLog) Info(context.Context, ...any)  {}
func (sdkLog) Warn(context.Context, ...any)  {}

func (l sdkLog) Error(ctx context.Context, _ ...any) {
	l.log.ErrorContext(ctx, "the platform's SDK reported an error")
}
