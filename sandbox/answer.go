package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
)

// answer is what an endpoint says.
type answer struct {
	status int
	code   int
	header map[string]string
	body   map[string]any // of JSON
	html   string         // instead of JSON
}

// success carries data the way that almost every endpoint does.
func success(data any) answer {
	return answer{status: http.StatusOK, body: map[string]any{"code": 0, "msg": "success", "data": data}}
}

// refuse answers with a code, its status and its text.
func refuse(code int) answer {
	status, msg := describe(code)
	return answer{status: status, code: code, body: map[string]any{"code": code, "msg": msg}}
}

// refuseParam answers that a parameter of the message API is wrong, and what about it.
func refuseParam(more string) answer {
	a := refuse(codeMessageParam)
	a.body["msg"] = strings.TrimSuffix(a.body["msg"].(string), ".") + ", " + more
	return a
}

// refuseUnknown answers that ids do not exist, as the gateway words it.
func refuseUnknown(code int, ids ...string) answer {
	a := refuse(code)
	a.body["msg"] = "these ids not existed: [" + strings.Join(ids, " ") + "]"
	return a
}

// refuseField answers that a field is missing or wrong.
func refuseField(field, why string) answer {
	a := refuse(codeFieldValidation)
	a.body["error"] = map[string]any{
		"field_violations": []map[string]string{{"field": field, "description": why}},
	}
	return a
}

// refuseScope answers that the app has none of the scopes, any one of which would do.
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

// write sends the answer. Every answer has a log id; one that is no success has it in its body too.
func (a answer) write(w http.ResponseWriter, logID string) {
	h := w.Header()
	h.Set("X-Tt-Logid", logID)
	for k, v := range a.header {
		h.Set(k, v)
	}
	if a.html != "" {
		h.Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(a.status)
		_, _ = w.Write([]byte(a.html)) // the reader is gone: nobody is left to be told
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
	_ = enc.Encode(body) // the reader is gone: nobody is left to be told
}
