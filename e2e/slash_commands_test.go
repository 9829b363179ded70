package e2e

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"usagebot/feishu"
	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
)

func TestSlashCommands_SyncedOnce(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	await(t, "the panel is filled", func() bool { return len(h.SlashCommands()) == len(h.app.Bot.SlashCommands()) })
	for _, c := range h.app.Bot.SlashCommands() {
		if c.Localized["zh_cn"] == "" || c.Localized["en_us"] == "" || c.Description != c.Localized["zh_cn"] {
			t.Errorf("%s: %+v", c.Name, c)
		}
	}
	if panel := h.SlashCommands(); !slices.Contains(panel, "usage") || !slices.Contains(panel, "resend") || slices.Contains(panel, "retry") {
		t.Errorf("the panel: %v", h.SlashCommands())
	}
	if changed, err := h.app.Client.SlashPanel().Sync(t.Context(), h.app.Bot.SlashCommands()); err != nil || changed != 0 {
		t.Errorf("a second time: %d changed, %v", changed, err)
	}
}

func TestSlashCommands_OthersKept(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	client := panelClient(sb)
	if err := client.SlashPanel().Add(t.Context(), feishu.SlashCommand{Name: "theirs", Description: "Somebody else's."}); err != nil {
		t.Fatal(err)
	}
	synchronise(t, client, 1, feishu.SlashCommand{Name: "ours", Description: "Old."})
	synchronise(t, client, 1, feishu.SlashCommand{Name: "ours", Description: "New.", Localized: map[string]string{"zh_cn": "新"}})
	synchronise(t, client, 0, feishu.SlashCommand{Name: "ours", Description: "New.", Localized: map[string]string{"zh_cn": "新"}})
	list, err := client.SlashPanel().Commands(t.Context())
	if err != nil || len(list) != 2 || list[0].Name != "theirs" || list[1].Localized["zh_cn"] != "新" {
		t.Fatalf("the panel: %+v, %v", list, err)
	}
	if err := client.SlashPanel().Remove(t.Context(), list[1].ID); err != nil || !slices.Equal(sb.SlashCommands(), []string{"theirs"}) {
		t.Errorf("after deleting: %v, %v", sb.SlashCommands(), err)
	}
}

func TestSlashCommands_NoScopeOrFull_LeftAlone(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	client := panelClient(sb)
	for _, scope := range []string{"application:app_slash_command:read", "application:app_slash_command:write"} {
		sb.Revoke(scope)
		if _, err := client.SlashPanel().Sync(t.Context(), []feishu.SlashCommand{{Name: "a", Description: "A."}}); !errors.Is(err, feishu.ErrNoSlashScope) {
			t.Errorf("without %s: %v", scope, err)
		}
		sb.Grant(scope)
	}
	var want []feishu.SlashCommand
	for i := range feishu.MaxSlashCommands + 1 {
		want = append(want, feishu.SlashCommand{Name: fmt.Sprintf("c%d", i), Description: "One of many."})
	}
	changed, err := client.SlashPanel().Sync(t.Context(), want)
	if changed != feishu.MaxSlashCommands || err == nil || len(sb.SlashCommands()) != feishu.MaxSlashCommands {
		t.Errorf("%d changed, %v", changed, err)
	}
}

func panelClient(sb *sandbox.Sandbox) *feishu.Client {
	return feishu.New(feishu.Settings{AppID: sb.Options().AppID, AppSecret: sb.Options().AppSecret, BaseURL: sb.URL()})
}

func synchronise(t *testing.T, client *feishu.Client, want int, commands ...feishu.SlashCommand) {
	t.Helper()
	changed, err := client.SlashPanel().Sync(t.Context(), commands)
	if err != nil || changed != want {
		t.Errorf("%d changed, %v; want %d", changed, err, want)
	}
}
