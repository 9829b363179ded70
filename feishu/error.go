package feishu

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
)

// Error is a call to the platform that did not succeed. It carries nothing that was sent and nothing of the answer's
// text: an answer may quote a message, a name or a token.
type Error struct {
	Endpoint   string        // method and path, with ids replaced by their names
	Status     int           // HTTP status; 0 when there was no answer
	Code       int           // the platform's code; 0 when there was none
	Sub        int           // what is wrong with a card: the ErrCode inside of 230099; otherwise 0
	LogID      string        // the platform's log id, for its support; may be empty
	Class      Class         // what can be done about it
	RetryAfter time.Duration // how long the platform asks to wait; 0 when it says nothing
	Scopes     []string      // the scopes of which one is missing, for 99991672 and 230027
	Err        error         // the cause on our side; may be nil
}

// Error names the call and the platform's code, for a log.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "call %s: %s", e.Endpoint, e.Class)
	if e.Status != 0 {
		fmt.Fprintf(&b, ", status %d", e.Status)
	}
	if e.Code != 0 {
		fmt.Fprintf(&b, ", code %d", e.Code)
	}
	if e.Sub != 0 {
		fmt.Fprintf(&b, ", card error %d", e.Sub)
	}
	if e.LogID != "" {
		fmt.Fprintf(&b, ", log id %s", e.LogID)
	}
	if len(e.Scopes) > 0 {
		fmt.Fprintf(&b, ", one scope needed of %s", strings.Join(e.Scopes, " "))
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether err is an Error of the class.
func (c Class) Is(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Class == c
}

// IsChatRateLimited reports whether a message was refused because all bots together have sent too many messages to its chat.
func IsChatRateLimited(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == codeChatFrequency
}

// PersonGone reports whether a message to a person was refused because they have left the company, or because the bot is
// not available to them.
func (e *Error) PersonGone() bool {
	switch e.Code {
	case codeNotAvailable, codeResigned, codeNoOpenID:
		return true
	}
	return false
}

// MayConcernTargetOnly reports whether an error of the class Ours may concern only the receiver of the message: the platform returns
// the same code if the app may not write at all and if it may not write to this chat, such as one that is shared with
// another company.
func (e *Error) MayConcernTargetOnly() bool {
	switch e.Code {
	case codeBotOff, codeNoPermission, codeKeyDeleted:
		return true
	}
	return false
}

// NoPerson reports whether a call failed because there is no person with the id.
func (e *Error) NoPerson() bool {
	switch e.Code {
	case codeNoOpenID, codeOtherAppsID, codeNoUser:
		return true
	}
	return false
}

// PersonHidden reports whether a call failed because the person is outside the bot's contact range. It does not mean that
// the person exists.
func (e *Error) PersonHidden() bool { return e.Code == codeUserHidden }

// OtherTenant reports whether a call failed because the chat is shared with another organisation.
func (e *Error) OtherTenant() bool {
	return e.Code == codeOtherTenantsChat || e.Code == codeExternalChat
}

// asError converts an error of an SDK call to an *Error. Any other error is the SDK's, from reading an answer that was a
// success: the call had its effect, but its result is unknown.
func asError(e endpoint, err error) *Error {
	if already, ok := errors.AsType[*Error](err); ok {
		return already
	}
	if _, refused := errors.AsType[*larkcore.IllegalParamError](err); refused {
		return invalidCallError(e, "prepare the call: %w", err)
	}
	return unreadableError(e, http.StatusOK, "", err)
}

// unreadableError is an answer that is not in the platform's form.
func unreadableError(e endpoint, status int, logID string, err error) *Error {
	return &Error{Endpoint: string(e), Status: status, LogID: logID, Class: lostAnswerClass(e), Err: fmt.Errorf("read the answer: %w", err)}
}

// invalidCallError is a call that is wrong before it is made.
func invalidCallError(e endpoint, format string, args ...any) *Error {
	return &Error{Endpoint: string(e), Class: Invalid, Err: fmt.Errorf(format, args...)}
}
