package doctor

import (
	"context"
	"errors"
	"strconv"

	"usagebot/feishu"
	"usagebot/feishu/events"
)

// longConnection reports the state of the running bot's connection. Without a running bot it asks the platform whether it
// would grant one, but opens none, because the platform would send events to it.
func (p *Checkup) longConnection(ctx context.Context) []Finding {
	if p.connection != nil {
		return []Finding{connectionFinding(p.connection())}
	}
	err := p.client.Diagnostics().OffersConnection(ctx)
	e, refused := errors.AsType[*feishu.Error](err)
	switch {
	case err == nil:
		return []Finding{OK("longconn.offered")}
	case refused && e.Code != 0 && !e.IPDenied() && !e.AppDisabled() && !e.Throttled():
		return []Finding{refusedConnection(e.Code).WithCode(e.Code, e.LogID)}
	}
	return p.platformError(err)
}

func connectionFinding(s events.ConnectionState) Finding {
	switch {
	case s.Up:
		return OK("longconn.open")
	case s.Code != 0:
		return refusedConnection(s.Code).WithCode(s.Code, "")
	}
	return Fail("longconn.closed")
}

func refusedConnection(code int) Finding {
	if feishu.TooManyConnections(code) {
		return Fail("longconn.crowded", "code", strconv.Itoa(code))
	}
	return Fail("longconn.refused", "code", strconv.Itoa(code))
}
