package sandbox

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// getMessage answers GET /im/v1/messages/:message_id.
func (s *messageAPI) getMessage(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := c.request.PathValue("message_id")
	m := s.message(id)
	switch {
	case m == nil || m.VisibleTo != "":
		return refuseUnknown(codeNoMessage, id)
	case m.Deleted:
		return refuse(codeDeleted)
	case !s.chat(m.ChatID).BotInside:
		return refuse(codeBotNotInChat)
	}
	return success(map[string]any{"items": []any{s.shown(m, c.request.URL.Query())}})
}

// listMessages answers GET /im/v1/messages for a chat.
func (s *messageAPI) listMessages(c *call) answer {
	query := c.request.URL.Query()
	if query.Get("container_id_type") != "chat" {
		return refuseParam("ext=the sandbox lists by container_id_type=chat only")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	chat := s.chat(query.Get("container_id"))
	if chat == nil {
		return refuseParam("ext=invalid container_id")
	}
	if !chat.BotInside {
		return refuse(codeBotNotInChat)
	}
	if chat.Mode != "p2p" && !c.scopes[scopeGroupMessages] {
		return refuse(codeNoPermission)
	}
	from, until, ok := timeRange(query)
	if !ok {
		return refuseParam("ext=invalid start_time or end_time")
	}
	var found []map[string]any
	for _, m := range s.messages {
		if m.ChatID == chat.ID && !m.Deleted && m.VisibleTo == "" && !m.CreatedAt.Before(from) && !m.CreatedAt.After(until) {
			found = append(found, s.shown(m, query))
		}
	}
	if query.Get("sort_type") == "ByCreateTimeDesc" {
		slices.Reverse(found)
	}
	return paged(c, found, pageRule{standard: 20, most: 50, badSize: codeMessageParam, badToken: codeMessageParam})
}

// timeRange reads start_time and end_time, in seconds, both optional.
func timeRange(query url.Values) (from, until time.Time, ok bool) {
	start, err := seconds(query.Get("start_time"), 0)
	end, err2 := seconds(query.Get("end_time"), 1<<40)
	return time.Unix(start, 0), time.Unix(end+1, -1), err == nil && err2 == nil
}

func seconds(v string, otherwise int64) (int64, error) {
	if v == "" {
		return otherwise, nil
	}
	return strconv.ParseInt(v, 10, 64)
}

// shown returns a message as get and list show it: only the outline of a card, unless the call asks for its JSON.
func (s *messageAPI) shown(m *Message, query url.Values) map[string]any {
	content := m.Content
	switch {
	case m.Recalled:
		content = "This message was recalled"
	case m.Type == "interactive" && query.Get("card_msg_content_type") != "user_card_content":
		content = outline(m.Content)
	}
	return m.wire(s.opts.TenantKey, content)
}

// outline returns a card's title without its elements, which the platform gives in an undocumented form.
func outline(card string) string {
	var c struct {
		Header struct {
			Title struct {
				Content string `json:"content"`
			} `json:"title"`
		} `json:"header"`
	}
	if json.Unmarshal([]byte(card), &c) != nil {
		return "{}"
	}
	b, err := json.Marshal(map[string]any{"title": c.Header.Title.Content, "elements": []any{}})
	if err != nil {
		return "{}"
	}
	return string(b)
}
