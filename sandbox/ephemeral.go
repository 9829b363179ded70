package sandbox

import (
	"encoding/json"
	"slices"
)

// ephemeralAPI answers the endpoint for cards that only one person of a group sees. The platform's page names no codes of its
// refusals; the sandbox uses those of other messages.
type ephemeralAPI struct {
	*state
	chatAPI *chatAPI
}

// SetOnline makes a person's client go online or offline. Everybody is online at first. It matters for ephemeral cards only.
func (s *ephemeralAPI) SetOnline(openID string, online bool) {
	s.locked(func() { s.offline[openID] = !online })
}

// sendEphemeral answers POST /ephemeral/v1/send.
func (s *ephemeralAPI) sendEphemeral(c *call) answer {
	var body struct {
		ChatID  string          `json:"chat_id"`
		OpenID  string          `json:"open_id"`
		MsgType string          `json:"msg_type"`
		Card    json.RawMessage `json:"card"`
	}
	switch {
	case json.Unmarshal(c.body, &body) != nil:
		return refuse(codeBadRequest)
	case body.ChatID == "" || body.OpenID == "":
		return refuseField("open_id", "chat_id and open_id are required")
	case body.MsgType != "interactive":
		return refuseParam("ext=only cards can be ephemeral")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	chat := s.chat(body.ChatID)
	if chat == nil {
		return refuse(codeReceiveID)
	}
	if a := s.mayShow(chat, body.OpenID); a != nil {
		return *a
	}
	card := string(body.Card)
	if len(card) > maxCard {
		return refuse(codeTooLong)
	}
	if flaw := s.cards.Check(card, s.isPerson); flaw != nil {
		a := refuse(codeCard)
		a.body["msg"] = flaw.Error()
		return a
	}
	kept := s.addMessage(Message{
		ChatID: chat.ID, Type: "interactive", Content: card, SenderID: s.opts.AppID, ByBot: true, VisibleTo: body.OpenID,
	})
	return success(map[string]any{"message_id": kept.ID})
}

// mayShow returns the answer that refuses an ephemeral card, or nil. The caller holds s.mu.
func (s *ephemeralAPI) mayShow(chat *Chat, openID string) *answer {
	var a answer
	switch code := s.chatAPI.admitMessage(chat); {
	case code != 0:
		a = refuse(code)
	case chat.Mode != "group":
		a = refuseParam("ext=only ordinary groups take ephemeral cards")
	case chat.External:
		a = refuseParam("ext=the group is shared with another tenant")
	case !slices.Contains(chat.Members, openID):
		a = refuse(codeNotAvailable)
	case s.offline[openID]:
		a = refuseParam("ext=the person is not online")
	default:
		return nil
	}
	return &a
}
