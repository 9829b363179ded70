package feishu

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Whatever the platform answers to a call other than for figures, it comes to something that stands in the answer, or to
// an error.
func FuzzOtherAnswers(f *testing.F) {
	for _, body := range []string{
		``, `null`, `[]`, `{`, `<html><body>502</body></html>`, `{"code":0}`, `{"code":"0","msg":7}`, `{"code":0,"data":null}`, `{"code":0,"data":[]}`,
		`{"code":0,"data":{"message_id":"om_1"}}`, `{"code":0,"data":{"message_id":7}}`, `{"code":0,"data":{"items":{}}}`,
		`{"code":0,"data":{"has_more":true,"page_token":"","items":[null]}}`,
		`{"code":0,"data":{"has_more":false,"items":[{"message_id":"om_1","create_time":"x","body":{"content":"{"}}]}}`,
		`{"code":0,"data":{"items":[{"name":"研发部","open_department_id":"od-1","parent_department_id":"0"}]}}`,
		`{"code":0,"data":{"name":"群","owner_id":"ou_1","chat_mode":"group","user_manager_id_list":[1]}}`,
		`{"code":0,"bot":{"open_id":"ou_bot","app_name":"bot"}}`, `{"code":0,"bot":[]}`,
		`{"code":230020,"msg":"rate","error":{"log_id":[]}}`, strings.Repeat(`{"data":`, 1000), `{"code":0,"msg":"` + strings.Repeat("长", 20_000) + `"}`,
	} {
		f.Add(200, []byte(body))
		f.Add(429, []byte(body))
		f.Add(500, []byte(body))
	}
	a := &scripted{}
	server := httptest.NewServer(a)
	f.Cleanup(server.Close)
	c := New(Settings{AppID: "a", AppSecret: "s", BaseURL: server.URL}).withMaxTries(1)
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 599 || status == 204 || status == 304 {
			return
		}
		c.tokens.setCurrent(token{Value: "t", Until: time.Now().Add(time.Hour)})
		a.status, a.body = status, body
		sent, err := c.Reply(t.Context(), "om_1", card(), "u")
		if err == nil && (sent.ID == "" || status != http.StatusOK) {
			t.Errorf("a reply under status %d is %+v", status, sent)
		}
		if err := c.Update(t.Context(), "om_1", card()); err == nil && status != http.StatusOK {
			t.Errorf("an update under status %d succeeded", status)
		}
		if chat, err := c.Chat(t.Context(), "oc_1"); err != nil && chat.OwnerID != "" {
			t.Errorf("a chat %+v and an error %v", chat, err)
		}
		if id, err := c.FindCard(t.Context(), "oc_1", "mark", time.Now().Add(-time.Hour), time.Now()); err == nil && id != "" && !bytes.Contains(body, []byte("mark")) {
			t.Errorf("found %q, which is not there", id)
		}
		if list, err := c.Departments(t.Context()); err != nil && list != nil {
			t.Errorf("departments %v and an error %v", list, err)
		}
		if self, err := c.Bot(t.Context()); err == nil && self.OpenID == "" {
			t.Error("a bot without an id")
		}
	})
}
