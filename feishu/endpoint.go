package feishu

import "strings"

// endpoint is one call of the platform's API: its method and its path, with ids replaced by their names. Error codes
// are per endpoint: the same number means different things in different places.
type endpoint string

const (
	epToken           endpoint = "POST /open-apis/auth/v3/tenant_access_token/internal"
	epOverview        endpoint = "POST /open-apis/application/v6/applications/:app_id/app_usage/overview"
	epDepartmentUsage endpoint = "POST /open-apis/application/v6/applications/:app_id/app_usage/department_overview"
	epApplication     endpoint = "GET /open-apis/application/v6/applications/:app_id"
	epVersion         endpoint = "GET /open-apis/application/v6/applications/:app_id/app_versions/:version_id"
	epScopes          endpoint = "GET /open-apis/application/v6/scopes"
	epDepartments     endpoint = "GET /open-apis/contact/v3/departments/:department_id/children"
	epBot             endpoint = "GET /open-apis/bot/v3/info"
	epSend            endpoint = "POST /open-apis/im/v1/messages"
	epReply           endpoint = "POST /open-apis/im/v1/messages/:message_id/reply"
	epUpdate          endpoint = "PATCH /open-apis/im/v1/messages/:message_id"
	epMessages        endpoint = "GET /open-apis/im/v1/messages"
	epPerson          endpoint = "GET /open-apis/contact/v3/users/:user_id"
	epChat            endpoint = "GET /open-apis/im/v1/chats/:chat_id"
	epSlashList       endpoint = "GET /open-apis/application/v7/app_slash_commands"
	epSlashPut        endpoint = "POST /open-apis/application/v7/app_slash_commands"
	epSlashPatch      endpoint = "PATCH /open-apis/application/v7/app_slash_commands/:command_id"
	epSlashDelete     endpoint = "DELETE /open-apis/application/v7/app_slash_commands/:command_id"
	epConnection      endpoint = "POST /callback/ws/endpoint"
	epOther           endpoint = "other"
)

func endpoints() []endpoint {
	return []endpoint{
		epToken, epOverview, epDepartmentUsage, epApplication, epVersion, epScopes, epDepartments, epPerson, epBot,
		epSend, epReply, epUpdate, epMessages, epChat, epConnection, epSlashList, epSlashPut, epSlashPatch, epSlashDelete,
	}
}

// endpointOf finds the endpoint of a request, so that neither an error nor a metric carries an id.
func endpointOf(method, path string) endpoint {
	if at := strings.Index(path, "/open-apis/"); at > 0 {
		path = path[at:] // a base URL may have a path of its own
	}
	for _, e := range endpoints() {
		m, pattern, _ := strings.Cut(string(e), " ")
		if m == method && matches(pattern, path) {
			return e
		}
	}
	return epOther
}

func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i, segment := range want {
		if segment != got[i] && !strings.HasPrefix(segment, ":") {
			return false
		}
	}
	return true
}

// counts reports whether the endpoint gives usage figures.
func (e endpoint) counts() bool { return e == epOverview || e == epDepartmentUsage }

// sends reports whether a call may already have had its effect when its answer is lost.
func (e endpoint) sends() bool { return e == epSend || e == epReply || e == epUpdate }

// validID reports whether an id can stand in a path without changing which path it is.
func validID(id string) bool {
	if id == "" || len(id) > 128 || strings.Trim(id, ".") == "" {
		return false
	}
	for _, r := range id {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && !strings.ContainsRune("_-.@=", r) {
			return false
		}
	}
	return true
}
