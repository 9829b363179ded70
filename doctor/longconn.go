package doctor

import (
	"context"
	"errors"
	"strconv"

	"usagebot/feishu"
	"usagebot/feishu/events"
)

// longConnection looks at the running bot's connection, or asks whether one is offered. None is opened for that: it would
// be given events.
func (p *Checkup) longConnection(ctx context.Context) []Finding {
	if p.line != nil {
		return []Finding{standing(p.line())}
	}
	err := p.client.OffersConnection(ctx)
	e, refused := errors.AsType[*feishu.Error](err)
	switch {
	case err == nil:
		return []Finding{Well("longconn.offered")}
	case refused && e.Code != 0 && !e.Denied() && !e.Stopped() && !e.Throttled():
		return []Finding{notConnected(e.Code).With(e.Code, e.LogID)}
	}
	return p.refused(err)
}

func standing(s events.ConnectionState) Finding {
	switch {
	case s.Up:
		return Well("longconn.open")
	case s.Code != 0:
		return notConnected(s.Code).With(s.Code, "")
	}
	return Ill("longconn.closed")
}

func notConnected(code int) Finding {
	if feishu.TooManyConnections(code) {
		return Ill("longconn.crowded", "code", strconv.Itoa(code))
	}
	return Ill("longconn.refused", "code", strconv.Itoa(code))
}
