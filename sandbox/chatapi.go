package sandbox

// listChats answers GET /im/v1/chats: the groups that the bot is in, never single chats.
func (s *Sandbox) listChats(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	var groups []map[string]any
	for _, chat := range s.chats {
		if chat.Mode == "group" && chat.BotInside && chat.Status == "normal" {
			m := chat.brief()
			m["tenant_key"] = s.opts.TenantKey
			groups = append(groups, m)
		}
	}
	return paged(c, groups, pageRule{standard: 20, most: 100, badSize: codeChatParam, badToken: codeChatParam})
}

// getChat answers GET /im/v1/chats/:chat_id.
func (s *Sandbox) getChat(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	chat := s.chat(c.request.PathValue("chat_id"))
	if chat == nil {
		return refuse(codeChatID)
	}
	return success(chat.full(s.opts.TenantKey))
}

// chatMembers answers GET /im/v1/chats/:chat_id/members: people, no bots.
func (s *Sandbox) chatMembers(c *call) answer {
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
func (s *Sandbox) isInChat(c *call) answer {
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
