package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Draft is a message of a person in the form in which its event carries it. Say makes the usual form; a Draft can have every
// form that clients and the platform make: rich text, stickers, mentions that the list lacks.
type Draft struct {
	Type     string // text, post, image, sticker, …
	Content  string // JSON
	Mentions []Mention
}

// Mention is an entry of a message's list of mentions.
type Mention struct {
	Key    string `json:"key"`
	OpenID string `json:"open_id"`
	Kind   string `json:"mentioned_type"` // user or bot; empty: the event does not tell
	Name   string `json:"name"`
}

// SendAs makes a person send a message as it is and sends the event, in a group too: see Say.
func (s *userActions) SendAs(ctx context.Context, chatID, openID string, d Draft) (Delivery, error) {
	m, event, err := s.compose(chatID, openID, d)
	return s.deliverMessage(ctx, m, event, err)
}

func (s *userActions) compose(chatID, openID string, d Draft) (*Message, map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	chat, from := s.chat(chatID), s.company.ByPersonID[openID]
	if chat == nil || from == nil {
		return nil, nil, fmt.Errorf("sandbox: no chat %q or no person %q", chatID, openID)
	}
	if d.Type == "" || !json.Valid([]byte(d.Content)) {
		return nil, nil, errors.New("sandbox: a message needs a type and content that is JSON")
	}
	draft := Message{ChatID: chat.ID, Type: d.Type, Content: d.Content, SenderID: from.OpenID}
	for _, who := range d.Mentions {
		draft.mentions = append(draft.mentions, mention{key: who.Key, openID: who.OpenID, name: who.Name, kind: who.Kind})
	}
	m := s.addMessage(draft)
	return m, s.eventBuilder.messageEvent(m, chat, from), nil
}
