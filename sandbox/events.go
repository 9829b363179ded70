package sandbox

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"usagebot/sandbox/company"
)

// The types of events that the sandbox sends by itself.
const (
	EventMessage           = "im.message.receive_v1"
	EventClick             = "card.action.trigger"
	EventBotAdded          = "im.chat.member.bot.added_v1"
	EventBotRemoved        = "im.chat.member.bot.deleted_v1"
	EventDisbanded         = "im.chat.disbanded_v1"
	EventChatUpdated       = "im.chat.updated_v1"
	EventChatEntered       = "im.chat.access_event.bot_p2p_chat_entered_v1"
	EventMenu              = "application.bot.menu_v6"
	EventDepartmentUpdated = "contact.department.updated_v3"
	EventDepartmentDeleted = "contact.department.deleted_v3"
)

// eventBuilder builds the content of events.
type eventBuilder struct{ *state }

// Event wraps the content of an event in the platform's envelope, and returns it as it is before sealing.
func (s *eventBuilder) Event(eventType string, event map[string]any) (id string, payload []byte, err error) {
	s.mu.Lock()
	id = s.nextID("")
	now := s.clock.Now()
	s.mu.Unlock()
	created := strconv.FormatInt(now.UnixMilli(), 10)
	if eventType == EventClick {
		created = strconv.FormatInt(now.UnixMicro(), 10) // callbacks count in microseconds
	}
	payload, err = json.Marshal(map[string]any{
		"schema": "2.0",
		"header": map[string]any{
			"event_id": id, "event_type": eventType, "create_time": created,
			"token": s.opts.VerificationToken, "app_id": s.opts.AppID, "tenant_key": s.opts.TenantKey,
		},
		"event": event,
	})
	if err != nil {
		return "", nil, fmt.Errorf("sandbox: build a %s event: %w", eventType, err)
	}
	return id, payload, nil
}

func idsOf(p *company.Person) map[string]string {
	return map[string]string{"open_id": p.OpenID, "union_id": p.UnionID, "user_id": p.UserID}
}

// messageEvent returns the content of the event for a person's message.
func (s *eventBuilder) messageEvent(m *Message, chat *Chat, from *company.Person) map[string]any {
	var mentions []map[string]any
	for _, who := range m.mentions {
		listed := map[string]any{
			"key": who.key, "name": who.name, "tenant_key": s.opts.TenantKey,
			"id": map[string]string{"open_id": who.openID, "union_id": who.unionID, "user_id": who.userID},
		}
		if who.kind != "" {
			listed["mentioned_type"] = who.kind
		}
		mentions = append(mentions, listed)
	}
	message := map[string]any{
		"message_id": m.ID, "create_time": millis(m.CreatedAt), "update_time": millis(m.UpdatedAt),
		"chat_id": m.ChatID, "chat_type": chat.Mode, "message_type": m.Type, "content": m.Content,
	}
	if chat.Mode == "topic" {
		message["chat_type"], message["thread_id"] = "group", "omt_"+company.Digest(orElse(m.RootID, m.ID))[:16]
	}
	if mentions != nil {
		message["mentions"] = mentions
	}
	if m.RootID != "" {
		message["root_id"], message["parent_id"] = m.RootID, m.ParentID
	}
	return map[string]any{
		"sender":  map[string]any{"sender_id": idsOf(from), "sender_type": "user", "tenant_key": s.opts.TenantKey},
		"message": message,
	}
}

func (s *eventBuilder) chatEvent(chat Chat, by *company.Person) map[string]any {
	return map[string]any{
		"chat_id": chat.ID, "operator_id": idsOf(by), "external": chat.External, "operator_tenant_key": s.opts.TenantKey,
		"name": chat.Name, "i18n_names": map[string]string{"zh_cn": chat.Name},
	}
}

// chatUpdate returns the content of the event for a changed chat: its settings before and after.
func (s *eventBuilder) chatUpdate(before, after Chat, by *company.Person) map[string]any {
	return map[string]any{
		"chat_id": after.ID, "operator_id": idsOf(by), "external": after.External, "operator_tenant_key": s.opts.TenantKey,
		"before_change": s.chatSettings(before), "after_change": s.chatSettings(after),
		"moderator_list": map[string]any{"added_member_list": []any{}, "removed_member_list": []any{}},
	}
}

func (s *eventBuilder) chatSettings(c Chat) map[string]any {
	m := map[string]any{
		"avatar": "", "name": c.Name, "description": "", "i18n_names": map[string]string{"zh_cn": c.Name},
		"add_member_permission": "all_members", "share_card_permission": "allowed", "at_all_permission": "all_members",
		"edit_permission": "all_members", "membership_approval": "no_approval_required", "join_message_visibility": "all_members",
		"leave_message_visibility": "all_members", "moderation_permission": "all_members", "group_message_type": "chat",
	}
	if owner := s.company.ByPersonID[c.Owner]; owner != nil { // a bot that owns the chat is not shown
		m["owner_id"] = idsOf(owner)
	}
	return m
}

func (s *eventBuilder) clickEvent(m *Message, by *company.Person, action map[string]any) map[string]any {
	return map[string]any{
		"operator": map[string]any{
			"tenant_key": s.opts.TenantKey, "open_id": by.OpenID, "union_id": by.UnionID, "user_id": by.UserID,
		},
		"token":  "c-" + randomHex(20),
		"action": action,
		"host":   "im_message",
		"context": map[string]any{
			"open_message_id": m.ID, "open_chat_id": m.ChatID,
		},
	}
}

func departmentEvent(d *company.Department, old string) map[string]any {
	return map[string]any{
		"object": map[string]any{
			"name": d.Name, "parent_department_id": orElse(d.ParentID, company.RootID), "department_id": d.CustomID,
			"open_department_id": d.ID, "order": d.Order, "status": map[string]any{"is_deleted": d.Deleted},
		},
		"old_object": map[string]any{
			"name": old, "open_department_id": d.ID, "status": map[string]any{"is_deleted": false},
		},
	}
}

func menuEvent(by *company.Person, key string, at time.Time) map[string]any {
	return map[string]any{
		"operator":  map[string]any{"operator_name": by.Name, "operator_id": idsOf(by)},
		"event_key": key, "timestamp": at.Unix(),
	}
}
