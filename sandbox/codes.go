package sandbox

import "net/http"

// The platform's codes that the sandbox answers with. Their meaning depends on the endpoint: see describe.
const (
	codeInternal        = 2200
	codeBadRequest      = 9499
	codeBadCredentials  = 10003
	codeWrongSecret     = 10015
	codeDeptForbidden   = 40004
	codePageSize        = 40011
	codePageToken       = 40012
	codeNoDepartment    = 40015
	codeNoApp           = 210506
	codeAppForbidden    = 210508
	codeUsageTokenGone  = 210500
	codeUsageToken      = 210501
	codePlan            = 211004
	codeAppID           = 211005
	codeDepartmentID    = 211006
	codeDateFormat      = 211007
	codeAbility         = 211008
	codeCycle           = 211009
	codeRange           = 211010
	codeNoData          = 211011
	codeMessageParam    = 230001
	codeBotNotInChat    = 230002
	codeRecalled        = 230011
	codeNotAvailable    = 230013
	codeChatRate        = 230020
	codeTooLong         = 230025
	codeNoPermission    = 230027
	codeTooOld          = 230031
	codeReceiveID       = 230034
	codeBeingSent       = 230049
	codeCard            = 230099
	codeDeleted         = 230110
	codeChatParam       = 232001
	codeChatID          = 232006
	codeDissolved       = 232009
	codeOutsideChat     = 232011
	codeNoPath          = 99991201
	codeMethod          = 99991301
	codeRate            = 99991400
	codeNeedToken       = 99991661
	codeAppStopped      = 99991662
	codeInvalidToken    = 99991663
	codeTokenForm       = 99991671
	codeScope           = 99991672
	codeNoOpenID        = 99992351
	codeNoMessage       = 99992354
	codeNoOpenDept      = 99992357
	codeNoCustomDept    = 99992380
	codeFieldValidation = 99992402

	codeTooManyConnections = "1000040350" // of a handshake, where it is a header
)

// describe gives the HTTP status and the text that go with a code, as the platform's pages list them. A code that it
// does not know is 400 with a text that says so.
func describe(code int) (status int, msg string) {
	for _, list := range []func(int) (int, string){describeUsage, describeMessage, describeChat, describeContact, describeGateway} {
		if status, msg := list(code); msg != "" {
			return status, msg
		}
	}
	return http.StatusBadRequest, "an error that was asked for"
}

func describeUsage(code int) (int, string) {
	switch code {
	case codePlan:
		return http.StatusForbidden, "no authority for quota limit"
	case codeAppID:
		return http.StatusBadRequest, "invalid app id"
	case codeDepartmentID:
		return http.StatusBadRequest, "invalid department id"
	case codeDateFormat:
		return http.StatusBadRequest, "invalid date format"
	case codeAbility:
		return http.StatusBadRequest, "invalid ability"
	case codeCycle:
		return http.StatusBadRequest, "invalid cycle type"
	case codeRange:
		return http.StatusBadRequest, "invalid date range"
	case codeNoData:
		return http.StatusOK, "data not found"
	case codeUsageTokenGone:
		return http.StatusBadRequest, "page_token does not exist or has expired"
	case codeUsageToken:
		return http.StatusBadRequest, "invalid page_token"
	case codeNoApp:
		return http.StatusBadRequest, "no such app"
	case codeAppForbidden:
		return http.StatusBadRequest, "insufficient permission level"
	}
	return 0, ""
}

func describeMessage(code int) (int, string) {
	switch code {
	case codeMessageParam:
		return http.StatusBadRequest, "Your request contains an invalid request parameter."
	case codeBotNotInChat:
		return http.StatusBadRequest, "The bot can not be outside the group."
	case 230006:
		return http.StatusBadRequest, "Bot ability is not activated."
	case codeRecalled:
		return http.StatusBadRequest, "The message is recalled."
	case codeNotAvailable:
		return http.StatusBadRequest, "Bot has NO availability to this user."
	case 230018:
		return http.StatusBadRequest, "These operations are NOT allowed at current group settings."
	case codeChatRate:
		return http.StatusBadRequest, "This operation triggers the frequency limit."
	case 230022:
		return http.StatusBadRequest, "The content of the message contains sensitive information."
	case codeTooLong:
		return http.StatusBadRequest, "The length of the message content reaches its limit."
	case codeNoPermission:
		return http.StatusBadRequest, "Lack of necessary permissions."
	case 230029:
		return http.StatusBadRequest, "User has resigned."
	case codeTooOld:
		return http.StatusBadRequest, "Message can only be modified within 14 days after sending."
	case codeReceiveID:
		return http.StatusBadRequest, "The receive_id is invalid."
	case 230035:
		return http.StatusBadRequest, "Send Message Permission deny."
	case codeBeingSent:
		return http.StatusBadRequest, "The message is being sent."
	case 230053:
		return http.StatusBadRequest, "The user has stopped the bot from sending messages."
	case codeCard:
		return http.StatusBadRequest, "Failed to create card content."
	case codeDeleted:
		return http.StatusBadRequest, "Action unavailable as the message has been deleted."
	}
	return 0, ""
}

func describeChat(code int) (int, string) {
	switch code {
	case codeChatParam:
		return http.StatusBadRequest, "Your request contains an invalid request parameter."
	case codeChatID:
		return http.StatusBadRequest, "Your request specifies a chat_id which is invalid."
	case codeDissolved:
		return http.StatusBadRequest, "Your request specifies a chat which has already been dissolved."
	case codeOutsideChat:
		return http.StatusBadRequest, "Operator can NOT be out of the chat."
	}
	return 0, ""
}

func describeContact(code int) (int, string) {
	switch code {
	case codeDeptForbidden:
		return http.StatusForbidden, "no dept authority error"
	case codePageSize:
		return http.StatusBadRequest, "page size is invalid"
	case codePageToken:
		return http.StatusBadRequest, "page token is invalid error"
	case codeNoDepartment:
		return http.StatusBadRequest, "department not exist"
	}
	return 0, ""
}

func describeGateway(code int) (int, string) {
	switch code {
	case codeInternal:
		return http.StatusInternalServerError, "internal error"
	case codeBadRequest:
		return http.StatusBadRequest, "bad request"
	case codeBadCredentials:
		return http.StatusBadRequest, "invalid parameter"
	case 10014:
		return http.StatusOK, "app secret invalid"
	case codeWrongSecret:
		return http.StatusOK, "wrong app secret"
	case codeNoPath:
		return http.StatusNotFound, "resource not find"
	case codeMethod:
		return http.StatusBadRequest, "request method doesn't match"
	case codeRate:
		return http.StatusTooManyRequests, "request trigger frequency limit"
	case 99991401:
		return http.StatusBadRequest, "ip is denied by app setting"
	case 99991403:
		return http.StatusBadRequest, "This month's API call quota has been exceeded"
	case codeNeedToken:
		return http.StatusBadRequest, "Need a token"
	case codeAppStopped:
		return http.StatusBadRequest, "app not in use"
	case codeInvalidToken:
		return http.StatusBadRequest, "Invalid access token for authorization. Please make a request with token attached."
	case codeTokenForm:
		return http.StatusBadRequest, "Invalid token: must start with t-/u-"
	case codeFieldValidation:
		return http.StatusBadRequest, "field validation failed"
	}
	return 0, ""
}
