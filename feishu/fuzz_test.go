package feishu

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"usagebot/usage"
)

// For any answer of the platform, Overview and DepartmentUsage return only figures that the answer contains, or an error.
func FuzzAPIAnswers(f *testing.F) {
	for _, body := range []string{
		`{"code":0,"msg":"success","data":{"items":[{"metric_name":"uv","metric_value":12}]}}`,
		`{"code":0,"data":{"items":[{"metric_name":"uv","metric_value":"12"}]}}`, `{"code":0,"data":{"items":[{"metric_name":"uv"`,
		`{"code":"0"}`, `{"code":0,"data":[]}`, `{"code":0,"data":{"items":{}}}`, `<html><body>502</body></html>`, ``, `null`,
		`{"code":211011,"msg":"data not found"}`, `{"code":99991672,"msg":"[a,b","error":{"permission_violations":[null]}}`,
		`{"code":0,"data":{"has_more":true,"page_token":"p","items":[{"department_id":"od-1","app":[{"metric_name":"uv","metric_value":3}],"bot":null}]}}`,
		`{"code":0,"data":{"items":[{"metric_name":"pv","metric_value":1e2}]}}`, `{"code":0,"error":7,"data":{"items":[]}}`,
	} {
		f.Add(200, []byte(body))
		f.Add(500, []byte(body))
	}
	a := &scripted{}
	server := httptest.NewServer(a)
	f.Cleanup(server.Close)
	c := New(Settings{AppID: "a", AppSecret: "s", BaseURL: server.URL})
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 599 || status == 204 || status == 304 {
			return
		}
		c.tokens.setCurrent(token{Value: "t", Until: time.Now().Add(time.Hour)})
		a.status, a.body = status, body
		figures, err := c.Overview(t.Context(), usage.Request{AppID: "cli_a", Ability: usage.Web, Cycle: usage.Daily, Date: usage.NewDate(2026, 1, 1)})
		if (err == nil) == (figures == nil) {
			t.Fatalf("figures %v, error %v", figures, err)
		}
		if err == nil && status != 200 {
			t.Errorf("figures %v under status %d", figures, status)
		}
		standIn(t, body, figures)
		page, err := c.DepartmentUsage(t.Context(), usage.DepartmentRequest{AppID: "cli_a", Cycle: usage.Daily, Date: usage.NewDate(2026, 1, 1), DepartmentID: "od-1"}, "")
		if err != nil && (page.Departments != nil || page.Next != "") || err == nil && status != 200 {
			t.Errorf("a page %v under status %d, error %v", page, status, err)
		}
		for _, d := range page.Departments {
			for _, figures := range d.Figures {
				standIn(t, body, figures)
			}
		}
	})
}

func standIn(t *testing.T, body []byte, figures usage.Figures) {
	t.Helper()
	for name, v := range figures {
		if !bytes.Contains(body, strconv.AppendInt(nil, v, 10)) {
			t.Errorf("figure %s = %d does not stand in %q", name, v, body)
		}
	}
}

type scripted struct {
	status int
	body   []byte
}

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if endpointOf(r.Method, r.URL.Path) == epToken {
		_, _ = w.Write([]byte(tokenOf("t").body))
		return
	}
	w.WriteHeader(s.status)
	_, _ = w.Write(s.body)
}
