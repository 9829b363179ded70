package e2e

import (
	"strings"
	"testing"
	"time"

	"usagebot/config"
	"usagebot/usage"
)

// TestAdminApps_AddDefaultRemove adds, renames, prefers and removes apps, and starts again.
func TestAdminApps_AddDefaultRemove(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keep := func(c *config.Config) { c.DataDir = dir }
	h := withAccess(t, config.Everyone, keep)
	other := h.start(t, keep)
	first, second := h.Options().AppID, h.Options().Apps[1]
	adminChat, _ := h.Single(h.admin())
	do := func(line string) answer { return h.sayAs(t, h.admin(), adminChat.ID, line) }
	do("/admin apps").has(first, "默认").lacks(second.ID)
	a := do("/admin apps add app:" + second.ID)
	a.has("应用列表已修改", second.ID, second.Name)
	began := time.Now()
	await(t, "another replica knows of it", func() bool { return other.Bot.AppName(second.ID) == second.Name })
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("another replica knew of it after %v", took)
	}
	other.Stop()
	h.say(t, "/usage weekly app:"+second.Name).has(second.Name)
	do("/admin apps rename app:" + second.ID + " name:新名字").has("新名字")
	h.press(t, a, h.admin(), "设为默认")
	h.say(t, "/usage weekly").has("新名字")
	do("/admin apps").has("小程序", "网页应用", "机器人") // as the console has them
	do("/admin apps add app:somewhere").lacks("应用列表已修改")
	do("/admin apps remove").has("没看懂")
	h.app.Stop()
	h.app = h.start(t, keep, func(c *config.Config) { c.Admins = []string{h.admin()} })
	h.SetWebhook(h.app.URL() + "/webhook/event")
	h.say(t, "/usage weekly").has("新名字")
	do("/admin apps remove app:"+second.ID).has("新名字", "/admin apps remove app:"+second.ID+" confirm")
	do("/admin apps remove app:" + second.ID + " confirm").lacks("新名字")
	h.say(t, "/usage weekly").lacks("新名字")
	do("/admin audit").has("修改应用列表", second.ID)
	do("/admin apps rename app:" + first + " name:\"采购,报销\"").has("采购,报销")
	do("/admin audit").has("采购,报销")
	h.app.Stop()
	for _, name := range []string{"新名字", "采购", second.Name} {
		if log := h.log.String(); strings.Contains(log, name) || !strings.Contains(log, second.ID) {
			t.Errorf("the log holds %q, or no app's id", name)
		}
	}
}

// TestBackfill_Restart_GoesOn fills ten days, and stops the program in between.
func TestBackfill_Restart_GoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keep := func(c *config.Config) { c.DataDir = dir }
	h := withAccess(t, config.Everyone, keep)
	adminChat, _ := h.Single(h.admin())
	a := h.sayAs(t, h.admin(), adminChat.ID, "/admin backfill 10d")
	a.has("0/10", "看进度")
	h.sayAs(t, h.admin(), adminChat.ID, "/admin backfill 401d").has("没看懂")
	h.app.Stop()
	h.app = h.start(t, keep, func(c *config.Config) { c.Admins = []string{h.admin()} })
	h.SetWebhook(h.app.URL() + "/webhook/event")
	await(t, "the history is filled", func() bool {
		b, ok, err := h.app.SQL.Backfills.Backfill(t.Context(), h.Options().AppID)
		return err == nil && ok && b.Finished()
	})
	for day, want := range map[string]bool{"2026-11-23": false, "2026-11-22": true, "2026-11-13": true, "2026-11-12": false} {
		date, _ := usage.ParseDate(day)
		_, stored, err := h.app.SQL.Figures.Recall(t.Context(), usage.Request{AppID: h.Options().AppID, Ability: usage.Web, Cycle: usage.Daily, Date: date})
		if err != nil || stored != want {
			t.Errorf("%s is kept: %v, %v", day, stored, err)
		}
	}
	h.sayAs(t, h.admin(), adminChat.ID, "/admin status").has("版本")
	if strings.Contains(h.log.String(), "cannot be filled") {
		t.Error("it was given up")
	}
}

// TestAdminRefresh_AsksThePlatform uses the button of a card, which only an administrator may do. The refresh goes on after a restart.
func TestAdminRefresh_AsksThePlatform(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keep := func(c *config.Config) { c.DataDir = dir }
	h := withAccess(t, config.Everyone, keep)
	adminChat, _ := h.Single(h.admin())
	app, week := h.Options().AppID, usage.NewDate(2026, 11, 9)
	ask := usage.Request{AppID: app, Ability: usage.AppAbility, Cycle: usage.Weekly, Date: week}
	truth, _ := h.Figures(ask)
	wrong := usage.Figures{usage.ActiveUsers: truth[usage.ActiveUsers] + 100, usage.NewUsers: truth[usage.NewUsers], usage.PageViews: truth[usage.PageViews], usage.Opens: truth[usage.Opens]}
	if err := h.app.SQL.Figures.Remember(t.Context(), ask, wrong); err != nil {
		t.Fatal(err)
	}
	question := "/usage weekly app date:" + week.String()
	h.say(t, question).lacks("重新取数")
	card := h.sayAs(t, h.admin(), adminChat.ID, question)
	card.has(thousands(wrong[usage.ActiveUsers]), "重新取数")
	if line, _ := card.button("重新取数")["cmd"].(string); !strings.Contains(line, "from:2026-11-09 to:2026-11-15") {
		t.Errorf("the button carries %q", line)
	}
	line, _ := card.button("重新取数")["cmd"].(string)
	h.say(t, line).has("只有机器人管理员")
	h.sayAs(t, h.admin(), adminChat.ID, line).has("重新取数", "2026-11-09", "/7")
	h.sayAs(t, h.admin(), adminChat.ID, "/admin refresh 3d").has("已有一次重新取数在进行")
	h.app.Stop()
	h.app = h.start(t, keep, func(c *config.Config) { c.Admins = []string{h.admin()} })
	h.SetWebhook(h.app.URL() + "/webhook/event")
	await(t, "the platform has been asked anew", func() bool {
		r, ok, err := h.app.SQL.Refreshes.Refresh(t.Context(), app)
		return err == nil && ok && r.Finished()
	})
	h.sayAs(t, h.admin(), adminChat.ID, "/admin refresh progress").has("已重新取数", "7/7", "更正了 1 个数字")
	h.say(t, question).has(thousands(truth[usage.ActiveUsers])).lacks(thousands(wrong[usage.ActiveUsers]))
	h.sayAs(t, h.admin(), adminChat.ID, "/admin audit").has("重新取数", "2026-11-09 2026-11-15")
	h.sayAs(t, h.admin(), adminChat.ID, "/admin refresh date:2027-01-01").has("还没到")
	h.sayAs(t, h.admin(), adminChat.ID, "/admin refresh from:2024-01-01").has("没看懂")
}
