package bot

import (
	"context"
	"strings"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// Preferences are what a chat has set for itself; empty fields were not set.
type Preferences struct {
	Language string
	AppID    string // of the default app
}

// String returns the preferences in one line, in no language but the grammar's.
func (p Preferences) String() string {
	return strings.TrimSpace(command.Command{Name: "settings", Args: command.Args{Lang: command.Lang(p.Language), App: p.AppID}}.String())
}

// speaker is the bot as it speaks in one chat. Until it is serving somebody it has no rights.
type speaker struct {
	*Bot
	language templates.Language
	app      usage.App // the default
	rights   access.Rights
	share    usage.Share       // whose questions the platform is asked
	commands *command.Registry // as it is for whoever asks
}

// speaker returns the bot as it speaks in the chat. If its preferences cannot be read, it speaks as everywhere.
func (b *Bot) speaker(ctx context.Context, chatID string) speaker {
	s := speaker{Bot: b, language: templates.Language(b.Language), app: (*b.apps.Load())[0], share: usage.People, commands: b.all}
	if chatID == "" { // outside of any chat
		return s
	}
	set, err := b.Chats.Preferences(ctx, chatID)
	if err != nil {
		b.Log.Warn("a chat's preferences could not be read", "error", err)
		return s
	}
	if set.Language != "" {
		s.language = templates.Language(set.Language)
	}
	for _, app := range *b.apps.Load() {
		if app.ID == set.AppID {
			s.app = app
		}
	}
	return s
}

func (b speaker) lang() command.Lang { return command.Lang(b.language) }
