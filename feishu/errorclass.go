package feishu

import "net/http"

// Class says what can be done about a refused or failed call.
type Class string

// The classes.
const (
	// Retry: certainly not done, and the same call may succeed a little later.
	Retry Class = "retry"
	// Ambiguous: a message call whose answer was lost. It may only be repeated under the same uuid, within the hour in
	// which the platform remembers it.
	Ambiguous Class = "ambiguous"
	// TargetGone: the chat or the person cannot be reached any more.
	TargetGone Class = "target_gone"
	// TargetForbidden: the chat or the person does not let the bot write; somebody there can change that.
	TargetForbidden Class = "target_forbids"
	// MessageGone: the message that was to be answered or updated is recalled, deleted or too old; a new one can be sent.
	MessageGone Class = "message_gone"
	// InvalidContent: this content will never be taken; a simpler one may be.
	InvalidContent Class = "content"
	// AppRejected: the bot's own token, scopes, plan, quota or state; the operator of the bot must act.
	AppRejected Class = "ours"
	// Invalid: the call itself is wrong, which is a defect of this program.
	Invalid Class = "invalid"
)

// Codes that the program uses by name. They are from the platform's page of common error codes and from the pages of the
// endpoints that return them.
const (
	codeRateLimit        = 99991400
	codeIPDenied         = 99991401
	codeMonthQuota       = 99991403
	codeAppStopped       = 99991662
	codeMissingScope     = 99991672
	codeAppNotInstalled  = 99991673
	codeBadParameter     = 10003 // at the token: an app id in the wrong form
	codeAppUnauthorized  = 10014
	codeWrongSecret      = 10015
	codeBotOff           = 230006
	codeNotAvailable     = 230013
	codeChatFrequency    = 230020
	codeTooLong          = 230025
	codeNoPermission     = 230027
	codeResigned         = 230029
	codeKeyDeleted       = 230036 // of a company's encryption
	codeBeingSent        = 230049
	codeCardRefused      = 230099
	codeNoOpenID         = 99992351
	codeOtherAppsID      = 99992361
	codeNoUser           = 41012
	codeOtherTenantsChat = 232010
	codeExternalChat     = 232033
	codeUserHidden       = 41050 // out of the bot's contact range
	codeSystemRateCreate = 11232
	codeSystemRateChat   = 11233
	codeNoDepartment     = 40004
	codeNoParent         = 40014
	codeBigDepartment    = 43010
)

// classOf classifies an answer that was read and is not a success.
func classOf(e endpoint, status, code int) Class {
	if status == http.StatusTooManyRequests || code == codeRateLimit {
		return Retry
	}
	if status >= http.StatusInternalServerError {
		return lostAnswerClass(e)
	}
	if e.sendsMessage() {
		if c, ok := messageClass(e, code); ok {
			return c
		}
	}
	if isAppError(e, code) {
		return AppRejected
	}
	return Invalid
}

// lostAnswerClass is the class of a call without a readable answer.
func lostAnswerClass(e endpoint) Class {
	if e.sendsMessage() {
		return Ambiguous
	}
	return Retry
}

// isAppError holds the codes that every endpoint may give, and those about the app itself.
func isAppError(e endpoint, code int) bool {
	switch code {
	case 99991661, 99991677, 99991679, codeIPDenied, codeMonthQuota, codeAppStopped, codeMissingScope, codeAppNotInstalled,
		10005, 10012, codeAppUnauthorized, codeWrongSecret:
		return true
	case codeBadParameter:
		return e == epToken
	case codeNoDepartment, codeNoParent:
		return e == epDepartments
	case 211004:
		return e.givesUsage()
	}
	return tokenRefused(code)
}

// tokenRefused reports whether a call with this code may succeed with a new token.
func tokenRefused(code int) bool {
	switch code {
	case 99991663, 99991664, 99991665, 99991668, 99991671:
		return true
	}
	return false
}

// messageClass classifies the codes of the message endpoints (im/v1 create, reply, patch).
func messageClass(e endpoint, code int) (Class, bool) {
	switch code {
	case codeChatFrequency, codeSystemRateCreate, codeSystemRateChat, codeBeingSent:
		return Retry, true
	case 232009, 230002, codeResigned, 230034, 230053, 230019, codeNoOpenID, 99992355, 99992356, codeOtherAppsID:
		return TargetGone, true
	case 230018, 230035, codeNotAvailable, 230038, 230075:
		return TargetForbidden, true
	case 230054:
		// For a new message: a group shared with other tenants does not accept cards. For a reply: messages of this kind
		// cannot be answered.
		if e == epReply {
			return MessageGone, true
		}
		return TargetForbidden, true
	case 230011, 230031, 230050, 230110, 230111, 99992354:
		return MessageGone, true
	case codeTooLong, codeCardRefused, 230001, 230022, 230028:
		return InvalidContent, true
	case codeBotOff, codeNoPermission, codeKeyDeleted:
		return AppRejected, true
	}
	return "", false
}
