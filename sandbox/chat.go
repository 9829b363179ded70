package sandbox

import (
	"slices"
	"strconv"

	"usagebot/sandbox/company"
)

// Chat is a group or a person's direct chat with the bot.
type Chat struct {
	ID        string   `json:"chat_id"`
	Name      string   `json:"name"`
	Mode      string   `json:"chat_mode"` // group, topic or p2p
	Owner     string   `json:"owner_id"`  // open_id; empty when a bot owns it, and for p2p
	Managers  []string `json:"user_manager_id_list"`
	Members   []string `json:"members"`     // open_ids
	BotInside bool     `json:"bot_inside"`  // the bot is a member
	Status    string   `json:"chat_status"` // normal, dissolved or dissolved_save
	External  bool     `json:"external"`    // shared with another tenant

	refusal int // the code that messages into it are refused with
}

func chatID(appID, what string) string { return "oc_" + company.Digest("chat " + appID + what)[:32] }

// chatAPI answers the endpoints about chats.
type chatAPI struct{ *state }

// Chats returns all chats, the demo's group first.
func (s *chatAPI) Chats() []Chat {
	s.mu.Lock()
	defer s.mu.Unlock()
	var chats []Chat
	for _, c := range s.chats {
		chats = append(chats, c.copied())
	}
	return chats
}

// Group returns the demo's group.
func (s *chatAPI) Group() Chat { return s.Chats()[0] }

// Single returns the direct chat of a person with the bot, given the person's open_id.
func (s *chatAPI) Single(openID string) (Chat, bool) {
	p, ok := s.company.ByPersonID[openID]
	if !ok {
		return Chat{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.single(p).copied(), true
}

func (c *Chat) copied() Chat {
	chat := *c
	chat.Managers, chat.Members = slices.Clone(c.Managers), slices.Clone(c.Members)
	return chat
}

// AddGroup opens another group with the bot in it and returns it. The first member owns it; without members the bot does.
func (s *chatAPI) AddGroup(name string, members ...string) Chat {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &Chat{ID: s.nextID("oc_"), Name: name, Mode: "group", Status: "normal", BotInside: true, Members: slices.Clone(members)}
	if len(members) > 0 {
		c.Owner = members[0]
	}
	s.chats = append(s.chats, c)
	return c.copied()
}

// AddTopicGroup opens a topic group, in which every message begins a topic.
func (s *chatAPI) AddTopicGroup(name string, members ...string) Chat {
	c := s.AddGroup(name, members...)
	c.Mode = "topic"
	s.changeChat(c.ID, func(kept *Chat) { kept.Mode = c.Mode })
	return c
}

// SetBotInside adds the bot to a chat or removes it, without an event. Without the bot, messages are refused with 230002.
func (s *chatAPI) SetBotInside(chatID string, inside bool) {
	s.changeChat(chatID, func(c *Chat) { c.BotInside = inside })
}

// SetDissolved dissolves a chat without an event. Messages are then refused with 232009.
func (s *chatAPI) SetDissolved(chatID string) {
	s.changeChat(chatID, func(c *Chat) { c.Status = "dissolved" })
}

// RefuseMessages makes the platform refuse messages to a chat with the code, such as 230018, 230035 or 230053; 0 accepts
// them.
func (s *chatAPI) RefuseMessages(chatID string, code int) {
	s.changeChat(chatID, func(c *Chat) { c.refusal = code })
}

func (s *chatAPI) changeChat(id string, change func(*Chat)) {
	s.locked(func() {
		if c := s.chat(id); c != nil {
			change(c)
		}
	})
}

// admitMessage returns the code that a message into the chat is refused with, or 0. The caller holds s.mu.
func (s *chatAPI) admitMessage(c *Chat) int {
	switch {
	case c.Status != "normal":
		return codeDissolved
	case !c.BotInside:
		return codeBotNotInChat
	case c.refusal != 0:
		return c.refusal
	case c.Mode == "p2p" && !s.works(c.Members[0]):
		return codeNotAvailable
	}
	return 0
}

// works reports whether the person is with the company today. The caller holds s.mu.
func (s *chatAPI) works(openID string) bool {
	p, ok := s.company.ByPersonID[openID]
	return ok && p.Present(company.DaysBetween(s.opts.Since, s.newest())+1)
}

func (c *Chat) brief() map[string]any {
	m := map[string]any{
		"chat_id": c.ID, "name": c.Name, "avatar": "", "description": "", "external": c.External, "chat_status": c.Status,
	}
	if c.Owner != "" {
		m["owner_id"], m["owner_id_type"] = c.Owner, "open_id"
	}
	return m
}

// full returns what the platform shows of a chat: much less if the bot is not a member.
func (c *Chat) full(tenant string) map[string]any {
	m := map[string]any{
		"avatar": "", "name": c.Name, "chat_status": c.Status,
		"user_count": strconv.Itoa(len(c.Members)), "bot_count": "1",
	}
	if !c.BotInside {
		return m
	}
	m["chat_mode"], m["tenant_key"], m["external"] = c.Mode, tenant, c.External
	m["moderation_permission"], m["edit_permission"] = "all_members", "all_members"
	m["user_manager_id_list"], m["bot_manager_id_list"] = append([]string{}, c.Managers...), []string{}
	if c.Mode == "p2p" {
		return m
	}
	m["chat_type"], m["chat_tag"], m["group_message_type"] = "private", "inner", "chat"
	m["at_all_permission"], m["add_member_permission"], m["share_card_permission"] = "all_members", "all_members", "allowed"
	if c.Owner != "" {
		m["owner_id"], m["owner_id_type"] = c.Owner, "open_id"
	}
	return m
}

// listChats answers GET /im/v1/chats: the groups that the bot is in, never single chats.
func (s *chatAPI) listChats(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	var groups []map[string]any
	for _, chat := range s.chats {
		if chat.Mode != "p2p" && chat.BotInside && chat.Status == "normal" {
			m := chat.brief()
			m["tenant_key"] = s.opts.TenantKey
			groups = append(groups, m)
		}
	}
	return paged(c, groups, pageRule{standard: 20, most: 100, badSize: codeChatParam, badToken: codeChatParam})
}

// getChat answers GET /im/v1/chats/:chat_id.
func (s *chatAPI) getChat(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	chat := s.chat(c.request.PathValue("chat_id"))
	if chat == nil {
		return refuse(codeChatID)
	}
	return success(chat.full(s.opts.TenantKey))
}

// chatMembers answers GET /im/v1/chats/:chat_id/members: people, no bots.
func (s *chatAPI) chatMembers(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	chat := s.chat(c.request.PathValue("chat_id"))
	if code := inspectable(chat); code != 0 {
		return refuse(code)
	}
	var members []map[string]any
	for _, id := range chat.Members {
		p := s.company.ByPersonID[id]
		if p == nil {
			continue
		}
		members = append(members, map[string]any{
			"member_id_type": "open_id", "member_id": p.OpenID, "name": p.Name, "tenant_key": s.opts.TenantKey,
		})
	}
	a := paged(c, members, pageRule{standard: 20, most: 100, badSize: codeChatParam, badToken: codeChatParam})
	if data, ok := a.body["data"].(map[string]any); ok {
		data["member_total"] = len(members)
	}
	return a
}

// isInChat answers GET /im/v1/chats/:chat_id/members/is_in_chat for the bot.
func (s *chatAPI) isInChat(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	chat := s.chat(c.request.PathValue("chat_id"))
	if chat == nil {
		return refuse(codeChatID)
	}
	return success(map[string]any{"is_in_chat": chat.BotInside && chat.Status == "normal"})
}

func inspectable(chat *Chat) int {
	switch {
	case chat == nil:
		return codeChatID
	case chat.Status != "normal":
		return codeDissolved
	case !chat.BotInside:
		return codeOutsideChat
	}
	return 0
}
