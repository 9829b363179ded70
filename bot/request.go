package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"usagebot/bot/command"
	"usagebot/feishu"
	"usagebot/feishu/events"
)

// Request is what somebody wants of the bot: a message or a click, reduced to what the answer depends on. It can be
// written down and answered by another process.
type Request struct {
	Key       string    `json:"key"` // unique for what was said or clicked, however often it is delivered
	Click     bool      `json:"click,omitempty"`
	MessageID string    `json:"message_id"` // the message to reply to, or the card to change
	ChatID    string    `json:"chat_id"`
	UserID    string    `json:"user_id"` // open_id
	Text      string    `json:"text"`
	Single    bool      `json:"single,omitempty"` // it was said in a single chat; of a click this is not known
	At        time.Time `json:"at"`

	// For is the only one who may press the button that was clicked, where a card asks somebody.
	For string `json:"for,omitempty"`

	// Person is who gets the answer where there is no message to reply to: whoever used the menu.
	Person string `json:"person,omitempty"`

	// Excess is why it is not answered; Stranger says that it is of somebody of another organisation.
	Excess   *excess `json:"excess,omitempty"`
	Stranger bool    `json:"stranger,omitempty"`

	// Local says that it was asked on the machine itself, by whoever runs the bot.
	Local bool `json:"-"`

	// NoticeID is the message that says that the answer takes longer; the answer goes in its place.
	NoticeID string `json:"notice_id,omitempty"`
}

// request reads a Request out of an event; ok is false for everything that is not said to the bot.
func (b *Bot) request(e *events.Event) (Request, bool) {
	switch {
	case e.Message != nil:
		return b.messageRequest(e)
	case e.Click != nil:
		return b.clickRequest(e.ID, e.Click)
	case e.Menu != nil:
		return b.menuRequest(e)
	}
	return Request{}, false
}

func (b *Bot) messageRequest(e *events.Event) (Request, bool) {
	m := e.Message
	// Two bots that answer each other would never stop.
	if m.SenderType != "user" || m.ID == "" {
		return Request{}, false
	}
	if m.ChatType != feishu.SingleChat && !b.mentioned(m.Mentions) {
		return Request{}, false
	}
	return Request{
		// "do not rely on event_id": the platform may wrap one message in several events. What is kept of the message after
		// its answer does not lead to it, and so to who wrote it.
		Key: "message:" + digest(m.ID), MessageID: m.ID, ChatID: m.ChatID, UserID: m.SenderID, At: b.said(e), Single: m.ChatType == feishu.SingleChat,
		Text: strings.TrimSpace(command.PutMentions(m.Text, mentioning(m.Mentions))),
	}, true
}

func digest(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

// mentioning says who is meant by a message's placeholders. Bots are of no matter, nor is everybody.
func mentioning(mentions []events.Mention) command.Mentions {
	who := command.Mentions{"@_all": ""}
	for _, m := range mentions {
		if who[m.Key] = ""; m.Kind == "user" {
			who[m.Key] = m.OpenID
		}
	}
	return who
}

// said is when the platform first told of the event, whatever delivery this is.
func (b *Bot) said(e *events.Event) time.Time {
	if e.CreatedAt.IsZero() {
		return b.Now()
	}
	return e.CreatedAt
}

// mentioned reports whether the bot is among the mentions. Until it knows its own id it takes any bot for itself.
func (b *Bot) mentioned(mentions []events.Mention) bool {
	self := b.self.Load()
	for _, m := range mentions {
		if self != nil && m.OpenID == self.OpenID || self == nil && m.Kind == "bot" {
			return true
		}
	}
	return false
}

func (b *Bot) clickRequest(eventID string, c *events.Click) (Request, bool) {
	text, ok := command.FromClick(c.Value, c.Option, c.Form)
	if !ok || eventID == "" {
		return Request{}, false
	}
	asked, _ := c.Value["for"].(string)
	return Request{
		For: asked,
		Key: "click:" + eventID, Click: true, MessageID: c.MessageID, ChatID: c.ChatID, UserID: c.OperatorID, Text: text, At: b.Now(),
	}, true
}
