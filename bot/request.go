package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync/atomic"
	"time"

	"usagebot/bot/command"
	"usagebot/feishu"
	"usagebot/feishu/events"
	"usagebot/inbox"
)

// Request is a message, a click or a use of the menu, reduced to what its answer depends on. It can be persisted and
// answered by another process.
type Request struct {
	Key       string    `json:"key"` // the idempotency key: the same for every delivery of the same message or click
	Click     bool      `json:"click,omitempty"`
	MessageID string    `json:"message_id"` // the message to reply to, or the card to change
	ChatID    string    `json:"chat_id"`
	ThreadID  string    `json:"thread_id,omitempty"` // the topic of the chat; of a click it is looked up
	UserID    string    `json:"user_id"`             // open_id
	Text      string    `json:"text"`
	Single    bool      `json:"single,omitempty"` // it was written in direct messages; unknown for a click
	At        time.Time `json:"at"`               // when it was sent, by the platform's clock

	// For is the only person who may press the clicked button, if the card asks somebody.
	For string `json:"for,omitempty"`

	// Person gets the answer if there is no message to reply to: the person who used the menu.
	Person string `json:"person,omitempty"`

	// External says that the person is of another organisation.
	External bool `json:"external,omitempty"`

	// Local says that it was typed on the machine itself, by the person who runs the bot.
	Local bool `json:"-"`

	// command is what the text reads as, if that is known already.
	command *command.Command
}

// kind returns what the request came as.
func (r Request) kind() inbox.Kind {
	switch {
	case r.Click:
		return inbox.Click
	case r.Person != "":
		return inbox.Menu
	}
	return inbox.Message
}

// queue returns which requests wait for each other: those of one person in one place, since a follow-up depends on the
// question before it, and a person's clicks on one card, since the last one decides what it shows.
func (r Request) queue() string {
	if r.Click {
		return digest("click:" + r.UserID + ":" + r.MessageID)
	}
	return digest("request:" + r.UserID + ":" + r.place())
}

// place returns where a person talks to the bot: in their direct messages, in a chat, or in a topic of it.
func (r Request) place() string {
	switch {
	case r.Single:
		return "direct"
	case r.ThreadID != "":
		return r.ChatID + "/" + r.ThreadID
	}
	return r.ChatID
}

// requestReader reads requests out of events.
type requestReader struct {
	grammar *command.Registry
	self    atomic.Pointer[feishu.BotInfo] // nil until the platform has told
}

// request reads a Request out of an event; ok is false if the event is not for the bot.
func (r *requestReader) request(e *events.Event) (req Request, ok bool) {
	switch {
	case e.Message != nil:
		return r.message(e)
	case e.Click != nil:
		return r.click(e)
	case e.Menu != nil:
		return r.menu(e)
	}
	return Request{}, false
}

func (r *requestReader) message(e *events.Event) (Request, bool) {
	m := e.Message
	// Two bots that answer each other would never stop.
	if m.SenderType != "user" || m.ID == "" {
		return Request{}, false
	}
	if m.ChatType != feishu.SingleChat && !r.mentioned(m.Mentions) {
		return Request{}, false
	}
	text := strings.TrimSpace(command.ReplaceMentions(m.Text, mentionedUsers(m.Mentions)))
	single := m.ChatType == feishu.SingleChat
	if m.Type != "" && (m.Type != "text" && m.Type != "post" || single && text == "") { // a sticker, a picture, a file
		return Request{}, false
	}
	return Request{
		// The platform may wrap one message in several events ("do not rely on event_id"), so the key comes from the message.
		// It is hashed, because it is stored for longer than the message's author may want to be found by it.
		Key: "message:" + digest(m.ID), MessageID: m.ID, ChatID: m.ChatID, ThreadID: m.ThreadID, UserID: m.SenderID,
		Single: single, External: isExternal(e.TenantKey, m.TenantKey), Text: text,
	}, true
}

func (r *requestReader) click(e *events.Event) (Request, bool) {
	c, ok := r.grammar.FromClick(e.Click.Value, e.Click.Option, e.Click.Form)
	if !ok || e.ID == "" {
		return Request{}, false
	}
	asked, _ := e.Click.Value["for"].(string)
	return Request{
		Key: "click:" + e.ID, Click: true, MessageID: e.Click.MessageID, ChatID: e.Click.ChatID, UserID: e.Click.OperatorID,
		Text: c.Line, command: c.Command, For: asked, External: isExternal(e.TenantKey, e.Click.TenantKey),
	}, true
}

// menu reads a use of the bot's menu. It comes without a chat, so the answer goes to the person.
func (r *requestReader) menu(e *events.Event) (Request, bool) {
	line := menuLine(e.Menu.Key)
	if line == "" || e.ID == "" {
		return Request{}, false
	}
	return Request{
		Key: "menu:" + e.ID, UserID: e.Menu.OperatorID, Person: e.Menu.OperatorID, Text: line, Single: true,
	}, true
}

// menuLine returns the command behind an entry of the bot's menu; empty for an entry that the bot does not know.
func menuLine(key string) string {
	switch key {
	case "help", "usage", "subs":
		return "/" + key
	}
	return ""
}

// mentioned reports whether the bot is among the mentions. Until it knows its own id it takes any bot for itself.
func (r *requestReader) mentioned(mentions []events.Mention) bool {
	self := r.self.Load()
	for _, m := range mentions {
		if self != nil && m.OpenID == self.OpenID || self == nil && m.Kind == "bot" {
			return true
		}
	}
	return false
}

// mentionedUsers maps a message's placeholders to open_ids; bots and @all map to "".
func mentionedUsers(mentions []events.Mention) command.Mentions {
	users := command.Mentions{"@_all": ""}
	for _, m := range mentions {
		if users[m.Key] = ""; m.Kind == "user" {
			users[m.Key] = m.OpenID
		}
	}
	return users
}

// isExternal reports whether a person belongs to another tenant than the one that the app is installed in. An event of the
// menu does not tell.
func isExternal(appTenant, personTenant string) bool {
	return appTenant != "" && personTenant != "" && appTenant != personTenant
}

// digest hashes an id for a key.
func digest(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}
