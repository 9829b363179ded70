package events

import (
	"errors"
	"time"

	larkws "github.com/larksuite/oapi-sdk-go/v3/ws"
)

// ConnectionState is how a long connection stands.
type ConnectionState struct {
	Up          bool
	LostAt      time.Time // when it was up last; zero while it is, and before it was for the first time
	Code        int       // with which the newest try to open it was refused; 0 when there was another reason, or none
	Connections int       // how often it was opened
}

// State returns how the connection stands.
func (l *LongConnection) State() ConnectionState {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

func (l *LongConnection) connections() int { return l.State().Connections }

func (l *LongConnection) up() {
	l.mu.Lock()
	l.state = ConnectionState{Up: true, Connections: l.state.Connections + 1}
	first := l.tell("up")
	l.mu.Unlock()
	if first {
		l.set.Log.Info("the long connection is open")
	}
}

func (l *LongConnection) down() {
	now := l.set.Now()
	l.mu.Lock()
	l.state.Up, l.state.LostAt = false, now
	first := l.tell("down") && !l.stopping
	l.mu.Unlock()
	if first {
		l.set.Log.Warn("the long connection is closed")
	}
}

// failed takes down why the connection could not be opened. The log says so when it is news.
func (l *LongConnection) failed(err error) {
	code := codeOf(err)
	l.mu.Lock()
	l.state.Code = code
	reason := "unreachable"
	if code != 0 {
		reason = "refused " + err.Error()
	}
	first := l.tell(reason) && l.ctx.Err() == nil
	l.mu.Unlock()
	switch {
	case first && code != 0:
		l.set.Log.Error("the long connection is refused", "code", code)
	case first:
		l.set.Log.Warn("the long connection cannot be opened", "error", loggable(err))
	}
}

// tell reports whether what is to be told is not what was told last. The caller holds l.mu.
func (l *LongConnection) tell(what string) bool {
	news := l.told != what
	l.told = what
	return news
}

// codeOf is the code of a refusal, which the SDK does not try to overcome; 0 for everything else. The code of a
// handshake that is refused for want of the platform's room comes as that of its status.
func codeOf(err error) int {
	refusal, ok := errors.AsType[*larkws.ClientError](err)
	switch {
	case !ok:
		return 0
	case refusal.Code == larkws.AuthFailed:
		return larkws.ExceedConnLimit
	}
	return refusal.Code
}
