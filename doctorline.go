package main

import (
	"context"
	"errors"
	"strconv"

	"usagebot/doctor"
	"usagebot/feishu"
)

// longConnection looks at the running bot's connection, or asks whether one is offered. None is opened for that: it would
// be given events.
func (p *patient) longConnection(ctx context.Context) []doctor.Finding {
	if p.line != nil {
		return []doctor.Finding{standing(p.line())}
	}
	err := p.client.OffersConnection(ctx)
	e, refused := errors.AsType[*feishu.Error](err)
	switch {
	case err == nil:
		return []doctor.Finding{doctor.Well("longconn.offered")}
	case refused && e.Code != 0 && !e.Denied() && !e.Stopped() && !e.Throttled():
		return []doctor.Finding{notConnected(e.Code).With(e.Code, e.LogID)}
	}
	return p.refused(err)
}

func standing(s feishu.ConnectionState) doctor.Finding {
	switch {
	case s.Up:
		return doctor.Well("longconn.open")
	case s.Code != 0:
		return notConnected(s.Code).With(s.Code, "")
	}
	return doctor.Ill("longconn.closed")
}

func notConnected(code int) doctor.Finding {
	if feishu.TooManyConnections(code) {
		return doctor.Ill("longconn.crowded", "code", strconv.Itoa(code))
	}
	return doctor.Ill("longconn.refused", "code", strconv.Itoa(code))
}
