package feishu

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"

	"usagebot/usage"
)

func TestEveryCodeHasItsClass(t *testing.T) {
	t.Parallel()
	type row struct {
		on     []endpoint
		status int
		codes  []int
		want   Class
	}
	messages := []endpoint{epSend, epReply, epUpdate}
	all := append([]endpoint{epOverview, epDepartments, epToken, epBot, epApplication}, messages...)
	for _, r := range []row{
		{all, 429, []int{99991400, 0, 1}, Retry},
		{all, 400, []int{99991400}, Retry},
		{messages, 400, []int{230020, 11232, 11233, 230049}, Retry},
		{messages, 500, []int{0, 1, 230001}, Ambiguous},
		{[]endpoint{epOverview, epDepartments, epToken}, 503, []int{0, 1, 211005}, Retry},
		{messages, 400, []int{232009, 230002, 230029, 230053, 230034, 230019, 99992351, 99992361}, TargetGone},
		{messages, 400, []int{230018, 230035, 230013, 230038, 230075}, TargetForbidden},
		{[]endpoint{epSend}, 400, []int{230054}, TargetForbidden},
		{[]endpoint{epReply}, 400, []int{230054}, MessageGone},
		{messages, 400, []int{230011, 230031, 230050, 230110, 230111}, MessageGone},
		{messages, 400, []int{230025, 230099, 230001, 230022, 230028}, InvalidContent},
		{messages, 400, []int{230006, 230027, 230036}, AppRejected},
		{messages, 400, []int{230015, 230017, 230055, 230071, 230072, 99992402, 99991201, 99991301, 9499, 123456}, Invalid},
		{all, 400, []int{99991661, 99991663, 99991664, 99991665, 99991668, 99991671, 99991677, 99991679}, AppRejected},
		{all, 400, []int{99991672, 99991662, 99991673, 99991401, 99991403, 10012, 10014, 10015}, AppRejected},
		{[]endpoint{epToken}, 200, []int{10003}, AppRejected},
		{[]endpoint{epSend}, 400, []int{10003}, Invalid},
		{[]endpoint{epDepartments}, 403, []int{40004, 40014}, AppRejected},
		{[]endpoint{epOverview, epDepartmentUsage}, 403, []int{211004}, AppRejected},
		{[]endpoint{epApplication}, 400, []int{211004}, Invalid}, // the same number means a page size elsewhere
		{[]endpoint{epOverview}, 400, []int{211005, 230002}, Invalid},
	} {
		for _, e := range r.on {
			for _, code := range r.codes {
				if got := classOf(e, r.status, code); got != r.want {
					t.Errorf("classOf(%s, %d, %d) = %s, want %s", e, r.status, code, got, r.want)
				}
			}
		}
	}
}

func TestEndpointsCarryNoIDs(t *testing.T) {
	t.Parallel()
	for request, want := range map[string]endpoint{
		"POST /open-apis/auth/v3/tenant_access_token/internal":                        epToken,
		"POST /prefix/open-apis/application/v6/applications/cli_a/app_usage/overview": epOverview,
		"GET /open-apis/application/v6/applications/cli_a":                            epApplication,
		"GET /open-apis/contact/v3/departments/0/children":                            epDepartments,
		"POST /open-apis/im/v1/messages":                                              epSend,
		"POST /open-apis/im/v1/messages/om_1/reply":                                   epReply,
		"PATCH /open-apis/im/v1/messages/om_1":                                        epUpdate,
		"GET /open-apis/im/v1/messages/om_1":                                          epOther,
		"GET /":                                                                       epOther,
	} {
		method, path, _ := strings.Cut(request, " ")
		if got := endpointOf(method, path); got != want {
			t.Errorf("endpointOf(%s) = %s, want %s", request, got, want)
		}
	}
}

func TestAnswersThatAreNoneAreErrorsWithoutTheirText(t *testing.T) {
	t.Parallel()
	leak := "t-leaked-token-in-the-body"
	for name, a := range map[string]answered{
		"HTML from a proxy":      {status: 502, body: "<html>" + leak, header: map[string]string{"Content-Type": "text/html", "Set-Cookie": leak}},
		"gateway timeout":        {status: 504, body: leak},
		"a server's error":       {status: 500, body: `{"code":5000,"msg":"` + leak + `"}`},
		"truncated":              {status: 200, body: `{"code":0,"data":{"` + leak},
		"no code":                {status: 200, body: `{"msg":"` + leak + `"}`},
		"code is a string":       {status: 200, body: `{"code":"0"}`},
		"a list":                 {status: 200, body: `[]`},
		"empty":                  {status: 200},
		"code 0 with status 400": {status: 400, body: `{"code":0}`},
		"a redirect":             {status: 302, header: map[string]string{"Location": "http://127.0.0.1:1/"}},
		"too large":              {status: 200, body: `{"code":0}` + strings.Repeat(" ", maxAnswer)},
		"a closed connection":    {drop: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t, map[endpoint][]answered{epBot: {a}, epUpdate: {a}})
			_, err := p.client.Bot(t.Context())
			if !Retry.Is(err) {
				t.Errorf("reading: %v, want a temporary error", err)
			}
			sendErr := p.client.Update(t.Context(), "om_1", card())
			if !Ambiguous.Is(sendErr) {
				t.Errorf("sending: %v, want an ambiguous error", sendErr)
			}
			for _, secret := range []string{leak, testSecret, "t-1"} {
				if s := fmt.Sprint(err, sendErr) + p.log.String(); strings.Contains(s, secret) {
					t.Errorf("%q leaks: %s", secret, s)
				}
			}
		})
	}
}

func TestARefusalTellsWhatThePlatformSaid(t *testing.T) {
	t.Parallel()
	scopes := []string{"application:application.app_usage_stats.overview:readonly", "b:c"}
	tests := map[string]struct {
		a    answered
		want Error
	}{
		"violations": {
			answered{status: 400, body: `{"code":99991672,"msg":"x","error":{"log_id":"other","permission_violations":[` +
				`{"type":"t","subject":"` + scopes[0] + `"},{"subject":"b:c"},{"subject":"b:c"},{"subject":"<at id=all>"}]}}`},
			Error{Status: 400, Code: 99991672, Class: AppRejected, Scopes: scopes, LogID: "log-1"},
		},
		"the message alone": {
			answered{status: 400, body: `{"code":99991672,"msg":"Access denied. One of the following scopes is required: [` + scopes[0] + `, b:c].应用尚未开通权限：[b:c]"}`},
			Error{Status: 400, Code: 99991672, Class: AppRejected, Scopes: scopes, LogID: "log-1"},
		},
		"an error of another form": {
			answered{status: 400, body: `{"code":99991672,"msg":"x","error":"y"}`},
			Error{Status: 400, Code: 99991672, Class: AppRejected, LogID: "log-1"},
		},
		"a log id in the body": {
			answered{status: 400, body: `{"code":1,"msg":"x","error":{"log_id":"20240913"}}`, header: map[string]string{"X-Tt-Logid": ""}},
			Error{Status: 400, Code: 1, Class: Invalid, LogID: "20240913"},
		},
		"a log id that is none": {
			answered{status: 400, body: `{"code":1}`, header: map[string]string{"X-Tt-Logid": "<at id=all></at>"}},
			Error{Status: 400, Code: 1, Class: Invalid},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t, map[endpoint][]answered{epBot: {tt.a}})
			_, err := p.client.Bot(t.Context())
			e, _ := errors.AsType[*Error](err)
			if e == nil {
				t.Fatalf("error %v", err)
			}
			tt.want.Endpoint = string(epBot)
			if diff := cmp.Diff(tt.want, *e); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAsError_SDKRefusesTheCall(t *testing.T) {
	t.Parallel()
	if e := asError(epChat, &larkcore.IllegalParamError{}); e.Class != Invalid || e.Status != 0 {
		t.Errorf("got %+v, want an invalid call", e)
	}
	if e := asError(epChat, errors.New("it has no chat")); e.Class == Invalid || e.Status != 200 {
		t.Errorf("an unreadable answer: %+v", e)
	}
}

func TestHowLongToWait(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		header map[string]string
		status int
		code   int
		want   time.Duration
	}{
		"the platform's header": {map[string]string{"x-ogw-ratelimit-reset": "52"}, 429, 99991400, 52 * time.Second},
		"the usual header":      {map[string]string{"Retry-After": "2"}, 429, 0, 2 * time.Second},
		"no header":             {nil, 429, 99991400, defaultWait},
		"no header, older API":  {nil, 400, 99991400, defaultWait},
		"nonsense":              {map[string]string{"x-ogw-ratelimit-reset": "soon"}, 429, 99991400, defaultWait},
		"negative":              {map[string]string{"x-ogw-ratelimit-reset": "-5"}, 429, 99991400, defaultWait},
		"too long":              {map[string]string{"x-ogw-ratelimit-reset": "99999999999"}, 429, 99991400, maxWait},
		"a chat's frequency":    {nil, 400, 230020, chatWait},
		"a message on its way":  {nil, 400, 230049, beingSentWait},
		"nothing said":          {nil, 400, 11232, 0},
	}
	for name, tt := range tests {
		h := http.Header{}
		for k, v := range tt.header {
			h.Set(k, v)
		}
		if got := parseRetryAfter(h, tt.status, tt.code); got != tt.want {
			t.Errorf("%s: wait %v, want %v", name, got, tt.want)
		}
	}
}

func TestNoConnectionIsNotAmbiguous(t *testing.T) {
	t.Parallel()
	c := New(Settings{AppID: "a", AppSecret: "s", BaseURL: "http://127.0.0.1:1"})
	c.firstRetryWait = time.Millisecond
	c.tokens.setCurrent(token{Value: "t", Until: time.Now().Add(time.Hour)})
	err := c.Update(t.Context(), "om_1", card())
	if !Retry.Is(err) {
		t.Errorf("error %v, want a temporary one", err)
	}
	if strings.Contains(err.Error(), "om_1") {
		t.Errorf("the error holds an id: %v", err)
	}
}

func TestATimeoutOfAMessageIsAmbiguous(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{}, func(s *Settings) { s.Timeout = 5 * time.Second })
	p.client.tokens.setCurrent(token{Value: "t", Until: time.Unix(1<<40, 0)})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := p.client.Update(ctx, "om_1", card())
	if !Ambiguous.Is(err) || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want an ambiguous one that is canceled", err)
	}
}

func TestCallsAreObserved(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epReply: {refused(400, 230002)}})
	_, _ = p.client.Reply(t.Context(), "om_1", card(), "u")
	want := []string{string(epToken) + " 200 0", string(epReply) + " 400 230002"}
	if diff := cmp.Diff(want, p.observed); diff != "" {
		t.Errorf("observed (-want +got):\n%s", diff)
	}
}

// TestReason_MissingPermission holds that a message's code says nothing of a call that is no message.
func TestReason_MissingPermission(t *testing.T) {
	t.Parallel()
	for e, want := range map[endpoint]usage.Reason{
		epSend: usage.MissingScope, epReply: usage.MissingScope, epUpdate: usage.MissingScope,
		epOverview: usage.Rejected, epDepartmentUsage: usage.Rejected, epBot: usage.Rejected, epDepartments: usage.Rejected,
	} {
		if got := (&Error{Endpoint: string(e), Status: 400, Code: codeNoPermission, Class: AppRejected}).Reason(); got != want {
			t.Errorf("%s: %v, want %v", e, got, want)
		}
	}
}

// TestUnanswered_OnlyADialIsCertain holds that a connection which broke after it was made may have carried the message.
func TestUnanswered_OnlyADialIsCertain(t *testing.T) {
	t.Parallel()
	for op, want := range map[string]Class{"dial": Retry, "read": Ambiguous, "write": Ambiguous} {
		err := &url.Error{Op: "Post", URL: "https://open.feishu.cn/x", Err: &net.OpError{Op: op, Net: "tcp", Err: errors.New("reset")}}
		if got := noAnswerError(epReply, err).Class; got != want {
			t.Errorf("%s: %s, want %s", op, got, want)
		}
		if got := noAnswerError(epOverview, err).Class; got != Retry {
			t.Errorf("%s of a call that sends nothing: %s", op, got)
		}
	}
}

// TestError_PersonGone holds which codes mean that a person has left or is out of reach, which that there is none, and which
// that the bot may not look at them.
func TestError_PersonGone(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]struct{ gone, none, hidden bool }{
		codeNotAvailable: {gone: true}, codeResigned: {gone: true}, codeNoOpenID: {gone: true, none: true},
		codeOtherAppsID: {none: true}, codeNoUser: {none: true}, codeUserHidden: {hidden: true},
		codeNoPermission: {}, codeChatFrequency: {}, 0: {},
	} {
		e := &Error{Endpoint: string(epSend), Code: code}
		if e.PersonGone() != want.gone || e.NoPerson() != want.none || e.PersonHidden() != want.hidden {
			t.Errorf("%d: gone %v, none %v, hidden %v; want %+v", code, e.PersonGone(), e.NoPerson(), e.PersonHidden(), want)
		}
	}
}
