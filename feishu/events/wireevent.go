package events

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// envelope holds every form in which the platform calls: an event (schema 2.0), an event of the older schema, and the
// check of the address. All of it is decoded in one go.
type envelope struct {
	Schema    string `json:"schema"`
	Type      string `json:"type"`      // older schema and address check
	Token     string `json:"token"`     // older schema and address check
	UUID      string `json:"uuid"`      // older schema
	Challenge string `json:"challenge"` // address check
	Header    struct {
		EventID    string `json:"event_id"`
		EventType  string `json:"event_type"`
		CreateTime number `json:"create_time"`
		Token      string `json:"token"`
		AppID      string `json:"app_id"`
		TenantKey  string `json:"tenant_key"`
	} `json:"header"`
	Event payload `json:"event"`
}

type person struct {
	OpenID string `json:"open_id"`
}

// payload is the union of the events that are known: no field has two meanings among them.
type payload struct {
	Type  string `json:"type"`   // older schema
	AppID string `json:"app_id"` // older schema

	Sender struct {
		SenderID   person `json:"sender_id"`
		SenderType string `json:"sender_type"`
		TenantKey  string `json:"tenant_key"`
	} `json:"sender"`
	Message *wireMessage `json:"message"`

	Token    string `json:"token"`
	Operator struct {
		OpenID     string `json:"open_id"`     // a click
		TenantKey  string `json:"tenant_key"`  // a click
		OperatorID person `json:"operator_id"` // the menu
	} `json:"operator"`
	Action  *wireAction `json:"action"`
	Context struct {
		MessageID string `json:"open_message_id"`
		ChatID    string `json:"open_chat_id"`
	} `json:"context"`

	ChatID     string `json:"chat_id"`
	OperatorID person `json:"operator_id"`
	Name       string `json:"name"`
	External   *bool  `json:"external"`

	AfterChange  wireChat `json:"after_change"`
	BeforeChange wireChat `json:"before_change"`

	EventKey string `json:"event_key"`

	Object struct {
		OpenDepartmentID string `json:"open_department_id"`
	} `json:"object"`
}

type wireChat struct {
	Name    string `json:"name"`
	OwnerID person `json:"owner_id"`
}

type wireMessage struct {
	MessageID   string `json:"message_id"`
	ChatID      string `json:"chat_id"`
	ChatType    string `json:"chat_type"`
	MessageType string `json:"message_type"`
	Content     string `json:"content"`
	Mentions    []struct {
		Key           string `json:"key"`
		ID            person `json:"id"`
		MentionedType string `json:"mentioned_type"`
		Name          string `json:"name"`
	} `json:"mentions"`
}

type wireAction struct {
	Value      json.RawMessage `json:"value"`
	Tag        string          `json:"tag"`
	Name       string          `json:"name"`
	TimeZone   string          `json:"timezone"`
	FormValue  map[string]any  `json:"form_value"`
	InputValue string          `json:"input_value"`
	Option     string          `json:"option"`
	Options    []string        `json:"options"`
	Checked    bool            `json:"checked"`
}

// number reads an integer that the platform writes as a number in one place and as a string in another. What is not one
// is 0.
type number int64

// UnmarshalJSON never fails: no time stamp is worth an event.
func (n *number) UnmarshalJSON(b []byte) error {
	i, err := strconv.ParseInt(string(bytes.Trim(b, `"`)), 10, 64)
	if err != nil {
		i = 0
	}
	*n = number(i)
	return nil
}
