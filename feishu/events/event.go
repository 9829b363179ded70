package events

import (
	"encoding/json"
	"time"
)

// The types of the events that are decoded. Any other event is answered and counted, and goes no further.
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

// Event is something that happened on the platform. Of the pointers the one that its type needs is set.
type Event struct {
	ID         string      // event_id: the same in every delivery, except that a message has to be told by its own id
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
	ChatType   string // SingleChat or GroupChat
	SenderID   string // open_id
	SenderType string // "user", or "bot"
	TenantKey  string // the sender's
	Type       string // "text", "post", "image", …
	Text       string // what a text or a post says, with mentions as their keys; empty for any other type
	Mentions   []Mention
}

// Mention is somebody who is named in a message.
type Mention struct {
	Key    string // what stands for the mention in the text: "@_user_1"
	OpenID string
	Kind   string // "user" or "bot"
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
	Name       string // of ChatUpdated: the new one; empty when that is not told
	OperatorID string // open_id of who did it
	External   bool   // the chat is shared with another tenant

	ExternalTold bool // the event said whether it is

	// Of ChatUpdated: the open_ids of who owns the chat and of who did; empty when that is not told, or was a bot.
	OwnerID, FormerOwnerID string
}

// MenuClick is a person's use of the bot's menu, which exists in single chats only; the answer goes to the person.
type MenuClick struct {
	Key        string
	OperatorID string // open_id
}
