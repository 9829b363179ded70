package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// The codes that a client shows a person whose click went wrong.
const (
	ClickNoAnswer  = 200341 // no answer in time
	ClickBadStatus = 200671 // an answer other than 200
	ClickBadBody   = 200672 // an answer that cannot be read
	ClickBadCard   = 200673 // an answer with a card that cannot be shown
)

// Clicked is what a person sees after a click.
type Clicked struct {
	Status    int    `json:"status"`               // of the webhook's answer, 0 for none
	Error     int    `json:"error,omitempty"`      // what the client shows; 0 when all went well
	ToastType string `json:"toast_type,omitempty"` // info, success, error or warning
	Toast     string `json:"toast,omitempty"`
	Card      string `json:"card,omitempty"` // JSON that replaced the card; empty when it stays
	Flaw      string `json:"flaw,omitempty"` // what is wrong with the card of ClickBadCard

	ToastI18n map[string]string `json:"toast_i18n,omitempty"` // the toast by language, such as zh_cn
}

// callbackAnswer is what a bot may answer to a click.
type callbackAnswer struct {
	Toast *struct {
		Type    string `json:"type"`
		Content string `json:"content"`

		I18n map[string]string `json:"i18n"`
	} `json:"toast"`
	Card *struct {
		Type string          `json:"type"`
		Data json.RawMessage `json:"data"`
	} `json:"card"`
}

// Click lets a person press a button whose callback has the value, on a card that the bot sent. The card in the answer
// replaces the message's. A click is never sent again.
func (s *Sandbox) Click(ctx context.Context, messageID, openID string, value map[string]any) (Clicked, error) {
	return s.ClickAction(ctx, messageID, openID, map[string]any{
		"tag": "button", "value": value, "timezone": "Asia/Shanghai",
	})
}

// ClickAction is Click for any action: a selection ("option"), an input ("input_value"), a form ("form_value").
func (s *Sandbox) ClickAction(ctx context.Context, messageID, openID string, action map[string]any) (Clicked, error) {
	s.mu.Lock()
	m, by := s.message(messageID), s.company.ByPersonID[openID]
	if m == nil || by == nil || m.Type != "interactive" || m.gone() != 0 {
		s.mu.Unlock()
		return Clicked{}, fmt.Errorf("sandbox: no card %q or no person %q", messageID, openID)
	}
	event := s.clickEvent(m, by, action)
	m.clicks++
	s.mu.Unlock()
	d, err := s.tell(ctx, EventClick, event)
	s.set(func() { m.clicks, m.settled = m.clicks-1, time.Now().Add(clickSettles) })
	if err != nil {
		return Clicked{}, err
	}
	return s.applyAnswer(m, d.Attempts[0]), nil
}

// clickSettles is how long after a callback's answer the client takes it in: what edits the card before, it reverts.
const clickSettles = 500 * time.Millisecond

// unsettled reports whether an edit of the card would be reverted. The time is the machine's, as a client's is. The caller
// holds s.mu.
func (m *Message) unsettled() bool { return m.clicks > 0 || time.Now().Before(m.settled) }

func (s *Sandbox) applyAnswer(m *Message, a Attempt) Clicked {
	seen := Clicked{Status: a.Status}
	var answer callbackAnswer
	switch {
	case a.Status == 0:
		seen.Error = ClickNoAnswer
		return seen
	case a.Status != http.StatusOK:
		seen.Error = ClickBadStatus
		return seen
	case json.Unmarshal([]byte(a.Body), &answer) != nil || a.Body == "null":
		seen.Error = ClickBadBody
		return seen
	}
	if answer.Toast != nil {
		seen.ToastType, seen.Toast = orElse(answer.Toast.Type, "info"), answer.Toast.Content
		seen.ToastI18n = answer.Toast.I18n
	}
	if answer.Card == nil {
		return seen
	}
	card := string(answer.Card.Data)
	if flaw := s.flawOf(answer.Card.Type, card); flaw != "" {
		seen.Error, seen.Flaw = ClickBadCard, flaw
		return seen
	}
	seen.Card = card
	s.set(func() { s.update(m, card, s.clock.Now()) })
	return seen
}

func (s *Sandbox) flawOf(kind, card string) string {
	switch {
	case kind != "raw":
		return "the sandbox knows raw cards only"
	case len(card) > maxCard:
		return "the card is too large"
	}
	if flaw := s.cards.Check(card, s.knows); flaw != nil {
		return flaw.Error()
	}
	return ""
}
