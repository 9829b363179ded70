package sandbox

import (
	"io"
	"net/http"
	"time"
)

// endpoint is one of the platform's.
type endpoint struct {
	name   string // for faults and calls
	method string
	path   string
	scopes []string // any one is enough; none: no scope is needed
	open   bool     // no token is needed
	handle func(*call) answer
}

// call is one request to the platform while it is answered.
type call struct {
	request *http.Request
	body    []byte
	now     time.Time
	logID   string
	scopes  map[string]bool // what the app has
}

func (s *Sandbox) endpoints() []endpoint {
	send := []string{"im:message", "im:message:send_as_bot", "im:message:send"}
	update := []string{"im:message", "im:message:update"}
	read := []string{"im:message", "im:message:readonly"}
	chat := []string{"im:chat", "im:chat:read", "im:chat:readonly"}
	members := []string{"im:chat", "im:chat:readonly", "im:chat.members:read", "im:chat.group_info:readonly"}
	contact := []string{"contact:contact.base:readonly", scopeDepartmentTree, "contact:contact:access_as_app", "contact:contact:readonly", "contact:contact:readonly_as_app"}
	app := []string{"application:application:self_manage", scopeOtherApps}
	return append(s.slashEndpoints(), []endpoint{
		{"scope.list", "GET", "/open-apis/application/v6/scopes", nil, false, s.listScopes},
		{"version.get", "GET", "/open-apis/application/v6/applications/{app_id}/app_versions/{version_id}", append(app, "application:application.app_version:readonly"), false, s.appVersion},
		{"token", "POST", "/open-apis/auth/v3/tenant_access_token/internal", nil, true, s.tenantToken},
		{"ws.endpoint", "POST", pathEndpoint, nil, true, s.connectionEndpoint},
		{"overview", "POST", "/open-apis/application/v6/applications/{app_id}/app_usage/overview", []string{scopeOverview}, false, s.overview},
		{"department_overview", "POST", "/open-apis/application/v6/applications/{app_id}/app_usage/department_overview", []string{scopeOverview}, false, s.departmentOverview},
		{"application.get", "GET", "/open-apis/application/v6/applications/{app_id}", app, false, s.application},
		{"bot.info", "GET", "/open-apis/bot/v3/info", nil, false, s.botInfo},
		{"message.create", "POST", "/open-apis/im/v1/messages", send, false, s.createMessage},
		{"message.list", "GET", "/open-apis/im/v1/messages", read, false, s.listMessages},
		{"message.get", "GET", "/open-apis/im/v1/messages/{message_id}", read, false, s.getMessage},
		{"message.patch", "PATCH", "/open-apis/im/v1/messages/{message_id}", update, false, s.patchMessage},
		{"message.reply", "POST", "/open-apis/im/v1/messages/{message_id}/reply", send, false, s.replyMessage},
		{"ephemeral.send", "POST", "/open-apis/ephemeral/v1/send", []string{"im:message", "im:message:send_as_bot", "im:message:update"}, false, s.sendEphemeral},
		{"chat.list", "GET", "/open-apis/im/v1/chats", chat, false, s.listChats},
		{"chat.get", "GET", "/open-apis/im/v1/chats/{chat_id}", chat, false, s.getChat},
		{"chat.members", "GET", "/open-apis/im/v1/chats/{chat_id}/members", members, false, s.chatMembers},
		{"chat.is_in_chat", "GET", "/open-apis/im/v1/chats/{chat_id}/members/is_in_chat", members, false, s.isInChat},
		{"user.get", "GET", "/open-apis/contact/v3/users/{user_id}", contact[:1], false, s.getUser},
		{"department.children", "GET", "/open-apis/contact/v3/departments/{department_id}/children", contact, false, s.aboutDepartments(s.childDepartments)},
		{"department.batch", "GET", "/open-apis/contact/v3/departments/batch", contact[:1], false, s.batchDepartments},
		{"department.get", "GET", "/open-apis/contact/v3/departments/{department_id}", contact, false, s.aboutDepartments(s.getDepartment)},
	}...)
}

func (s *Sandbox) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, ep := range s.endpoints() {
		mux.HandleFunc(ep.method+" "+ep.path, func(w http.ResponseWriter, r *http.Request) { s.platform(w, r, ep) })
	}
	mux.HandleFunc("/open-apis/", func(w http.ResponseWriter, r *http.Request) {
		s.platform(w, r, endpoint{name: "unknown", open: true, handle: func(*call) answer { return refuse(s.misdirected(mux, r)) }})
	})
	mux.HandleFunc("GET "+pathConnection, s.connect)
	controlAPI{s}.routes(mux)
	(&chatPage{state: s.state, toggles: s.toggles}).routes(mux)
	return mux
}

// gateway checks, records and answers all calls to the platform.
type gateway struct {
	*state
	messageAPI *messageAPI
}

// misdirected returns the code for a request without a route: the path exists for another method, or not at all.
func (s *Sandbox) misdirected(mux *http.ServeMux, r *http.Request) int {
	for _, method := range []string{"GET", "POST", "PATCH", "DELETE"} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); pattern != "/open-apis/" {
			return codeMethod
		}
	}
	return codeNoPath
}

// platform answers one call to an endpoint, and applies a fault if one matches.
func (s *gateway) platform(w http.ResponseWriter, r *http.Request, ep endpoint) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	s.mu.Lock()
	now := s.clock.Now()
	c := &call{request: r, body: body, now: now, logID: s.logID(now), scopes: s.scopes}
	fault := s.takeFault(ep.name, r.URL.Path)
	index := s.recordCall(Call{At: now, Endpoint: ep.name, Method: r.Method, Path: r.URL.Path, LogID: c.logID, UUID: uuidIn(body)})
	s.mu.Unlock()

	a, dropped := s.applyFault(c, fault, func() answer {
		if err != nil {
			return refuse(codeBadRequest)
		}
		return s.checkedAnswer(c, ep)
	})
	s.finishCall(index, c, a, dropped)
	if dropped {
		hangUp(w)
		return
	}
	s.setDateHeader(w)
	a.write(w, c.logID)
}

// checkedAnswer makes the checks that the platform's gateway makes before an endpoint sees a call.
func (s *gateway) checkedAnswer(c *call, ep endpoint) answer {
	if !ep.open {
		if a, ok := s.checkAccess(c, ep); !ok {
			return a
		}
	}
	return ep.handle(c)
}

func (s *gateway) checkAccess(c *call, ep endpoint) (answer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if code := s.checkToken(c); code != 0 {
		return refuse(code), false
	}
	if s.stopped {
		return refuse(codeAppStopped), false
	}
	if !s.mayUse(ep.scopes) {
		return refuseScope(s.opts.AppID, ep.scopes), false
	}
	rates := []Rate{s.limits.PerMinute, s.limits.PerSecond}
	if ep.name == "overview" || ep.name == "department_overview" { // each by itself
		rates = []Rate{s.limits.Overview}
	}
	if over, wait := s.admit(ep.name, c.now, rates...); over.Calls > 0 {
		return throttled(over.Calls, wait), false
	}
	return answer{}, true
}

func (s *gateway) mayUse(scopes []string) bool {
	for _, scope := range scopes {
		if s.scopes[scope] {
			return true
		}
	}
	return len(scopes) == 0
}
