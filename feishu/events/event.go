package events

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"usagebot/feishu"
)

// The types of the events that are decoded. Events of other types are acknowledged and counted, but not passed on.
const (
	MessageReceived   = "im.message.receive_v1"
	CardClicked       = "card.action.trigger"
	BotAdded          = "im.chat.member.bot.added_v1"
	BotRemoved        = "im.chat.member.bot.deleted_v1"
	ChatDisbanded     = "im.chat.disbanded_v1"
	ChatUpdated       = "im.chat.updated_v1"
	SingleChatEntered = "im.chat.access_event.bot_p2p_chat_entered_v1"
	MenuClicked       = "application.bot.menu_v6"
	DepartmentCreated = "contact.department.created_v3"
	DepartmentUpdated = "contact.department.updated_v3"
	DepartmentDeleted = "contact.department.deleted_v3"
)

// Event is something that happened on the platform. Of Message, Click, Chat, Menu and Department only the field for its
// type is set.
type Event struct {
	ID         string      // event_id, the same in every delivery; but messages must be identified by their message id
	Type       string      // one of the types above
	CreatedAt  time.Time   // zero when the platform did not say
	TenantKey  string      // of the organisation that the app is installed in
	Message    *Message    // MessageReceived
	Click      *Click      // CardClicked
	Chat       *ChatChange // BotAdded, BotRemoved, ChatDisbanded, ChatUpdated, SingleChatEntered
	Menu       *MenuClick  // MenuClicked
	Department string      // DepartmentCreated, DepartmentUpdated, DepartmentDeleted: the open_department_id
}

// Message is a message to the bot.
type Message struct {
	ID         string
	ChatID     string
	ThreadID   string // of the topic that it belongs to; empty outside of topics
	ChatType   string // SingleChat or GroupChat
	SenderID   string // open_id
	SenderType string // "user", or "bot"
	TenantKey  string // the sender's
	Type       string // "text", "post", "image", …
	Title      string // of a post message
	Text       string // the text of a text or post message, with mentions as their keys; empty for other types
	Mentions   []Mention
}

// Mention is a person or bot that a message mentions.
type Mention struct {
	Key    string // what stands for the mention in the text: "@_user_1", or "@" and the open_id
	OpenID string // empty if the message does not tell
	Kind   string // "user" or "bot"; empty if the message does not tell
	Name   string
}

// Click is a person's use of a card's button or field.
type Click struct {
	Token      string // for a delayed update of the card: 30 minutes, twice
	OperatorID string // open_id
	TenantKey  string // the operator's
	MessageID  string
	ChatID     string
	Tag        string          // the component: "button", "select_static", …
	Name       string          // the component's name
	Value      map[string]any  // what the component carries; nil when that is not an object
	RawValue   json.RawMessage // the same as it came
	Option     string
	Options    []string
	Form       map[string]any
	Input      string
	Checked    bool
	TimeZone   string // the person's, such as "Asia/Shanghai"
}

// ChatChange is what happened to a chat.
type ChatChange struct {
	ID         string
	Name       string // for ChatUpdated the new name; empty if not given
	OperatorID string // open_id of who did it
	External   bool   // the chat is shared with another tenant

	ExternalKnown bool // the event said whether it is

	// Only for ChatUpdated: the open_ids of the owner and the former owner; empty if not given, or if the owner is a bot.
	OwnerID, FormerOwnerID string
}

// MenuClick is a person's use of the bot's menu, which exists in single chats only; the answer goes to the person.
type MenuClick struct {
	Key        string
	OperatorID string // open_id
}

//go:embed eventtypes.txt
var eventTypeList string // filled in by the compiler and never changed

// eventTypes are the types of all events that the SDK knows of. Over the long connection the SDK refuses an event whose
// type nobody has registered, and the platform pushes it again and again: so all of them are registered.
func eventTypes() []string { return strings.Fields(eventTypeList) }

// Response is the answer to a click; to any other event it is empty.
type Response struct {
	Toast *Toast // short notice to the person who clicked
	Card  []byte // card JSON that replaces the card; nil keeps the card
}

// The types of a toast.
const (
	ToastInfo    = "info"
	ToastSuccess = "success"
	ToastError   = "error"
	ToastWarning = "warning"
)

// Toast is a notice that disappears by itself.
type Toast struct {
	Type    string `json:"type"`
	Content string `json:"content"`
}

type callbackCard struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// body returns the answer as JSON. It is never null, because the client shows null as an error.
func (r Response) body() ([]byte, error) {
	out := struct {
		Toast *Toast        `json:"toast,omitempty"`
		Card  *callbackCard `json:"card,omitempty"`
	}{Toast: r.Toast}
	if r.Card != nil {
		if !json.Valid(r.Card) {
			return nil, fmt.Errorf("answer a click: %w", errors.New("the card is not JSON"))
		}
		out.Card = &callbackCard{Type: "raw", Data: r.Card}
	}
	return feishu.ToJSON(out), nil
}
