package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// answer is the response of an endpoint.
type answer struct {
	status int
	code   int
	header map[string]string
	body   map[string]any // of JSON
	html   string         // instead of JSON
}

// success returns data in the form that almost every endpoint uses.
func success(data any) answer {
	return answer{status: http.StatusOK, body: map[string]any{"code": 0, "msg": "success", "data": data}}
}

// refuse returns the answer for a code, with its status and text.
func refuse(code int) answer {
	status, msg := describe(code)
	return answer{status: status, code: code, body: map[string]any{"code": code, "msg": msg}}
}

// refuseParam returns the answer for a wrong parameter of the message API.
func refuseParam(more string) answer {
	a := refuse(codeMessageParam)
	a.body["msg"] = strings.TrimSuffix(a.body["msg"].(string), ".") + ", " + more
	return a
}

// refuseUnknown returns the gateway's answer for ids that do not exist.
func refuseUnknown(code int, ids ...string) answer {
	a := refuse(code)
	a.body["msg"] = "these ids not existed: [" + strings.Join(ids, " ") + "]"
	return a
}

// refuseField returns the answer for a missing or wrong field.
func refuseField(field, why string) answer {
	a := refuse(codeFieldValidation)
	a.body["error"] = map[string]any{
		"field_violations": []map[string]string{{"field": field, "description": why}},
	}
	return a
}

// refuseScope returns the answer for an app that has none of the scopes, one of which it needs.
func refuseScope(appID string, scopes []string) answer {
	link := "https://open.feishu.cn/app/" + appID + "/auth?q=" + strings.Join(scopes, ",") + "&op_from=openapi&token_type=tenant"
	var violations []map[string]string
	for _, scope := range scopes {
		violations = append(violations, map[string]string{"type": "action_scope_required", "subject": scope})
	}
	return answer{status: http.StatusBadRequest, code: codeScope, body: map[string]any{
		"code": codeScope,
		"msg":  "Access denied. One of the following scopes is required: [" + strings.Join(scopes, ", ") + "]. " + link,
		"error": map[string]any{
			"permission_violations": violations,
			"helps":                 []map[string]string{{"url": link, "description": "Learn more about scopes"}},
		},
	}}
}

// write sends the answer. Every answer has a log id in its header; errors also have it in the body.
func (a answer) write(w http.ResponseWriter, logID string) {
	h := w.Header()
	h.Set("X-Tt-Logid", logID)
	for k, v := range a.header {
		h.Set(k, v)
	}
	if a.html != "" {
		h.Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(a.status)
		_, _ = w.Write([]byte(a.html)) // an error means that the client has gone
		return
	}
	if a.code != 0 {
		details, ok := a.body["error"].(map[string]any)
		if !ok {
			details = map[string]any{}
			a.body["error"] = details
		}
		details["log_id"] = logID
	}
	writeJSON(w, a.status, a.body)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body) // an error means that the client has gone
}

// The platform's codes that the sandbox returns. Their meaning depends on the endpoint: see describe.
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

// describe returns the HTTP status and the text of a code, as the platform's pages list them. An unknown code, such as one
// of a Fault, is 400 with a general text.
func describe(code int) (status int, msg string) {
	if d, ok := descriptions()[code]; ok {
		return d.status, d.msg
	}
	return http.StatusBadRequest, "an error that was asked for"
}

type description struct {
	status int
	msg    string
}

// descriptions lists status and text by code, for usage, messages, chats, contacts, and for all endpoints.
func descriptions() map[int]description {
	return map[int]description{
		codePlan:           {http.StatusForbidden, "no authority for quota limit"},
		codeAppID:          {http.StatusBadRequest, "invalid app id"},
		codeDepartmentID:   {http.StatusBadRequest, "invalid department id"},
		codeDateFormat:     {http.StatusBadRequest, "invalid date format"},
		codeAbility:        {http.StatusBadRequest, "invalid ability"},
		codeCycle:          {http.StatusBadRequest, "invalid cycle type"},
		codeRange:          {http.StatusBadRequest, "invalid date range"},
		codeNoData:         {http.StatusOK, "data not found"},
		codeUsageTokenGone: {http.StatusBadRequest, "page_token does not exist or has expired"},
		codeUsageToken:     {http.StatusBadRequest, "invalid page_token"},
		codeNoApp:          {http.StatusBadRequest, "no such app"},
		codeAppForbidden:   {http.StatusBadRequest, "insufficient permission level"},

		codeMessageParam: {http.StatusBadRequest, "Your request contains an invalid request parameter."},
		codeBotNotInChat: {http.StatusBadRequest, "The bot can not be outside the group."},
		230006:           {http.StatusBadRequest, "Bot ability is not activated."},
		codeRecalled:     {http.StatusBadRequest, "The message is recalled."},
		codeNotAvailable: {http.StatusBadRequest, "Bot has NO availability to this user."},
		230018:           {http.StatusBadRequest, "These operations are NOT allowed at current group settings."},
		codeChatRate:     {http.StatusBadRequest, "This operation triggers the frequency limit."},
		230022:           {http.StatusBadRequest, "The content of the message contains sensitive information."},
		codeTooLong:      {http.StatusBadRequest, "The length of the message content reaches its limit."},
		codeNoPermission: {http.StatusBadRequest, "Lack of necessary permissions."},
		230029:           {http.StatusBadRequest, "User has resigned."},
		codeTooOld:       {http.StatusBadRequest, "Message can only be modified within 14 days after sending."},
		codeReceiveID:    {http.StatusBadRequest, "The receive_id is invalid."},
		230035:           {http.StatusBadRequest, "Send Message Permission deny."},
		codeBeingSent:    {http.StatusBadRequest, "The message is being sent."},
		230053:           {http.StatusBadRequest, "The user has stopped the bot from sending messages."},
		codeCard:         {http.StatusBadRequest, "Failed to create card content."},
		codeDeleted:      {http.StatusBadRequest, "Action unavailable as the message has been deleted."},

		codeChatParam:   {http.StatusBadRequest, "Your request contains an invalid request parameter."},
		codeChatID:      {http.StatusBadRequest, "Your request specifies a chat_id which is invalid."},
		codeDissolved:   {http.StatusBadRequest, "Your request specifies a chat which has already been dissolved."},
		codeOutsideChat: {http.StatusBadRequest, "Operator can NOT be out of the chat."},

		codeDeptForbidden: {http.StatusForbidden, "no dept authority error"},
		codePageSize:      {http.StatusBadRequest, "page size is invalid"},
		codePageToken:     {http.StatusBadRequest, "page token is invalid error"},
		codeNoDepartment:  {http.StatusBadRequest, "department not exist"},

		codeInternal:        {http.StatusInternalServerError, "internal error"},
		codeBadRequest:      {http.StatusBadRequest, "bad request"},
		codeBadCredentials:  {http.StatusBadRequest, "invalid parameter"},
		10014:               {http.StatusOK, "app secret invalid"},
		codeWrongSecret:     {http.StatusOK, "wrong app secret"},
		codeNoPath:          {http.StatusNotFound, "resource not find"},
		codeMethod:          {http.StatusBadRequest, "request method doesn't match"},
		codeRate:            {http.StatusTooManyRequests, "request trigger frequency limit"},
		99991401:            {http.StatusBadRequest, "ip is denied by app setting"},
		99991403:            {http.StatusBadRequest, "This month's API call quota has been exceeded"},
		codeNeedToken:       {http.StatusBadRequest, "Need a token"},
		codeAppStopped:      {http.StatusBadRequest, "app not in use"},
		codeInvalidToken:    {http.StatusBadRequest, "Invalid access token for authorization. Please make a request with token attached."},
		codeTokenForm:       {http.StatusBadRequest, "Invalid token: must start with t-/u-"},
		codeFieldValidation: {http.StatusBadRequest, "field validation failed"},
	}
}

// pageRule describes the paging of an endpoint.
type pageRule struct {
	standard, most    int // page sizes
	badSize, badToken int // codes
}

// tokenMark is part of every page token. The platform's tokens are opaque, so the sandbox refuses tokens that a caller
// invents.
const tokenMark = "sandbox page from "

// paged returns the page of the list that the call asks for.
func paged[T any](c *call, list []T, rule pageRule) answer {
	query := c.request.URL.Query()
	size := rule.standard
	if v := query.Get("page_size"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > rule.most {
			return refuse(rule.badSize)
		}
		size = n
	}
	from, ok := readPageToken(query.Get("page_token"), len(list))
	if !ok {
		return refuse(rule.badToken)
	}
	until := min(from+size, len(list))
	data := map[string]any{"has_more": until < len(list), "items": append([]T{}, list[from:until]...)}
	if until < len(list) {
		data["page_token"] = base64.StdEncoding.EncodeToString([]byte(tokenMark + strconv.Itoa(until)))
	}
	return success(data)
}

func readPageToken(t string, length int) (from int, ok bool) {
	if t == "" {
		return 0, true
	}
	raw, err := base64.StdEncoding.DecodeString(t)
	if err != nil {
		return 0, false
	}
	number, marked := strings.CutPrefix(string(raw), tokenMark)
	from, err = strconv.Atoi(number)
	return from, marked && err == nil && from >= 0 && from <= length
}
