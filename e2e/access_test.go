package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"usagebot/access"
	"usagebot/config"
	"usagebot/reports"
	"usagebot/sandbox/sandboxtest"
	"usagebot/usage"
)

// withAccess starts the program in an access mode. The first person is the administrator by ADMINS; the third person writes.
func withAccess(t *testing.T, mode config.Access, options ...option) *testEnv {
	t.Helper()
	h := newEnv(t, sandboxtest.Start(t, clockFrom(wednesday), longEventTimeout))
	h.app = h.start(t, append(options, func(c *config.Config) { c.Access, c.Admins = mode, []string{h.People()[0].OpenID} })...)
	h.SetWebhook(h.app.URL() + "/webhook/event")
	return h
}

func (h *testEnv) admin() string { return h.People()[0].OpenID }

// grant gives a role without a chat.
func (h *testEnv) grant(t *testing.T, kind access.Kind, id string, role access.Role, department string) {
	t.Helper()
	g := access.Grant{Subject: access.Subject{Kind: kind, ID: id}, Role: role, Department: department, By: h.admin(), At: h.Now()}
	_, err := h.app.SQL.Grants.Grant(t.Context(), "", g, access.Change{At: g.At, By: g.By, Act: access.Granted, Of: id, After: string(role)})
	if err != nil {
		t.Fatal(err)
	}
}

// sayAs writes in a chat as another person.
func (h *testEnv) sayAs(t *testing.T, who, chat, line string) answer {
	t.Helper()
	me := h.me
	defer func() { h.me = me }()
	h.me = who
	time.Sleep(220 * time.Millisecond) // the platform takes 5 messages a second into one chat
	return h.sayIn(t, chat, line)
}

// clickCommand runs a command by a button on a card, and returns the toast or the new card's text.
func (h *testEnv) clickCommand(t *testing.T, card answer, by, line string) string {
	t.Helper()
	return h.clickAction(t, card, by, map[string]any{"tag": "button", "value": map[string]any{"cmd": line}})
}

func (h *testEnv) clickAction(t *testing.T, card answer, by string, action map[string]any) string {
	t.Helper()
	got, shown := h.clickUntilAnswered(t, card.ID, by, action)
	if got.Status != http.StatusOK {
		t.Fatalf("the click came to HTTP %d", got.Status)
	}
	if got.Card == "" {
		return got.Toast
	}
	return answer{t, shown}.text()
}

// doneWords are what the answer to a command says that was done, by the beginning of the command; a longer one goes before.
func doneWords() []struct{ command, words string } {
	return []struct{ command, words string }{
		{"/usage", "活跃用户"},
		{"/trend", "趋势"},
		{"/top", "部门排行"},
		{"/subscribe", "接下来的推送"},
		{"/subs", "订阅"},
		{"/history", "推送记录"},
		{"/settings", "默认应用"},
		{"/help", "帮助"},
		{"/admin status", "运行状态"},
		{"/admin roles", "角色"},
		{"/admin audit", "变更记录"},
		{"/admin", "帮助"},
	}
}

// verdict is what the answer to a line comes to, by the words that it has. Of an answer with none of them nothing is known.
func verdict(line, text string) string {
	for _, v := range []struct{ words, means string }{
		{"只有机器人管理员可用", "admins only"},
		{"还没有查看用量数据的权限", "no viewer"},
		{"你没有查看“", "closed"},
		{"没有查看这个部门的权限", "closed"},
		{"可以查看多个部门", "choice"},
		{"本会话的管理者", "no manager"},
		{"出错了", "ERROR"},
		{"没看懂", "misread"},
		{"查不到你的权限", "unread"},
		{"没有找到", "not found"},
	} {
		if strings.Contains(text, v.words) {
			return v.means
		}
	}
	for _, done := range doneWords() {
		if strings.HasPrefix(line, done.command) {
			if strings.Contains(text, done.words) {
				return "done"
			}
			break
		}
	}
	return "UNKNOWN"
}

// roleCase is a person with a role, in a chat, and what each command must come to.
type roleCase struct {
	name   string
	mode   config.Access
	grants func(t *testing.T, h *testEnv)
	who    func(h *testEnv) string
	chat   func(h *testEnv) string
	want   map[string]string // by command; "done" where there is none
}

func own(h *testEnv) string  { return h.p2p }
func mine(h *testEnv) string { return h.me }

func roleCases() []roleCase {
	const closed, choice, admins, viewers, managers = "closed", "choice", "admins only", "no viewer", "no manager"
	viewer := func(departments ...string) func(*testing.T, *testEnv) {
		return func(t *testing.T, h *testEnv) {
			t.Helper()
			for _, name := range departments {
				id := ""
				if name != "" {
					id = h.department(t, name)
				}
				h.grant(t, access.Person, h.me, access.Viewer, id)
			}
		}
	}
	none := func(*testing.T, *testEnv) {}
	member := map[string]string{"/admin": admins, "/admin status": admins, "/admin roles": admins, "/admin audit": admins, "/help admin": admins}
	with := func(more map[string]string) map[string]string {
		all := map[string]string{}
		for _, m := range []map[string]string{member, more} {
			for k, v := range m {
				all[k] = v
			}
		}
		return all
	}
	outside := with(map[string]string{
		"/usage weekly": viewers, "/usage weekly dept:研发部": viewers, "/usage weekly dept:市场部": viewers, "/trend weekly": viewers, "/top": viewers,
		"/subscribe weekly": viewers,
	})
	return []roleCase{
		{
			"an administrator of the settings", config.Listed, none, (*testEnv).admin,
			func(h *testEnv) string { c, _ := h.Single(h.admin()); return c.ID }, nil,
		},
		{"an administrator by grant", config.Listed, func(t *testing.T, h *testEnv) {
			t.Helper()
			h.grant(t, access.Person, h.me, access.Admin, "")
		}, mine, own, nil},
		{"everybody", config.Everyone, none, mine, own, member},
		{"a viewer", config.Listed, viewer(""), mine, own, member},
		{"a viewer of one department", config.Everyone, viewer("研发部"), mine, own, with(map[string]string{"/usage weekly dept:市场部": closed})},
		{"a viewer of two", config.Listed, viewer("研发部", "市场部"), mine, own, with(map[string]string{
			"/usage weekly": choice, "/trend weekly": choice, "/top": choice, "/subscribe weekly": choice,
		})},
		{"nobody", config.Listed, none, mine, own, outside},
		{
			"the chat's owner, who may see nothing", config.Listed, none, mine,
			func(h *testEnv) string { return h.AddGroup("我的群", h.me, h.admin()).ID }, outside,
		},
		{
			"the chat's manager", config.Everyone, none, func(h *testEnv) string { return h.People()[1].OpenID },
			func(h *testEnv) string { return h.Group().ID }, member,
		},
		{
			"a plain member", config.Everyone, none, mine, func(h *testEnv) string { return h.Group().ID },
			with(map[string]string{"/subscribe weekly": managers, "/settings lang:zh": managers}),
		},
		{"of a granted department", config.Listed, func(t *testing.T, h *testEnv) {
			t.Helper()
			h.grant(t, access.Department, h.departmentOf(t, h.me), access.Viewer, h.department(t, "研发部"))
		}, mine, own, with(map[string]string{"/usage weekly dept:市场部": closed})},
		{"of another department than the granted", config.Listed, func(t *testing.T, h *testEnv) {
			t.Helper()
			h.grant(t, access.Department, "od-elsewhere", access.Viewer, "")
		}, mine, own, outside},
		{"in a granted chat", config.Listed, func(t *testing.T, h *testEnv) {
			t.Helper()
			h.grant(t, access.Chat, h.Group().ID, access.Viewer, h.department(t, "研发部"))
		}, func(h *testEnv) string { return h.People()[1].OpenID }, func(h *testEnv) string { return h.Group().ID }, with(map[string]string{"/usage weekly dept:市场部": closed})},
	}
}

// departmentOf is one at the top or below in which somebody is.
func (h *testEnv) departmentOf(t *testing.T, who string) string {
	t.Helper()
	ids, err := h.app.Client.PersonDepartments(t.Context(), who)
	if err != nil || len(ids) == 0 {
		t.Fatalf("%v, %v", ids, err)
	}
	for _, d := range h.Departments() {
		if d.ID == ids[0] && d.ParentID != "" {
			return d.ParentID // people in a department below it belong to it
		}
	}
	return ids[0]
}

// TestAccess_EachRole_EachCommand asks for each command as each role, typed and by a button.
func TestAccess_EachRole_EachCommand(t *testing.T) {
	t.Parallel()
	turns := make(chan struct{}, 3) // so many programs at once do not slow each other down until the platform would ask again
	for _, c := range roleCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			turns <- struct{}{}
			defer func() { <-turns }()
			h := withAccess(t, c.mode)
			c.grants(t, h)
			who, chat := c.who(h), c.chat(h)
			card := h.sayAs(t, who, chat, "/help")
			for _, line := range []string{
				"/usage weekly", "/usage weekly dept:研发部", "/usage weekly dept:市场部", "/trend weekly", "/top", "/subs", "/history", "/subscribe weekly",
				"/settings lang:zh", "/help", "/help admin", "/admin", "/admin status", "/admin roles", "/admin audit",
			} {
				want := c.want[line]
				if want == "" {
					want = "done"
				}
				if got := h.sayAs(t, who, chat, line); verdict(line, got.text()) != want {
					t.Errorf("%q typed: %s, want %s:\n%s", line, verdict(line, got.text()), want, got.text())
				}
				if got := h.clickCommand(t, card, who, line); verdict(line, got) != want {
					t.Errorf("%q clicked: %s, want %s:\n%s", line, verdict(line, got), want, got)
				}
			}
		})
	}
}

// TestHelp_ByRole_ShowsAllowedCommands reads the help as an administrator, as a viewer and as somebody without a role.
func TestHelp_ByRole_ShowsAllowedCommands(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Listed)
	adminChat, _ := h.Single(h.admin())
	h.sayAs(t, h.admin(), adminChat.ID, "/help").has("/管理", "/用量")
	h.say(t, "/help").has("/帮助", "/忘记我").lacks("/管理", "/用量", "/订阅 ")
	h.say(t, "/usgae").lacks("/usage", "/管理")
	h.say(t, "weekly h5").lacks("/usage")
	h.grant(t, access.Person, h.me, access.Viewer, "")
	h.say(t, "/help").has("/用量", "/订阅 ").lacks("/管理")
}

// TestAccess_DepartmentViewer_NothingAbove lets somebody see one group of 研发部 only, and tries every
// path to the departments above and beside it.
func TestAccess_DepartmentViewer_NothingAbove(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Everyone)
	rd, market := h.department(t, "研发部"), h.department(t, "市场部")
	below := h.childOf(t, rd)
	h.grant(t, access.Person, h.me, access.Viewer, below.ID)
	secret := map[string]string{}
	for name, id := range map[string]string{"the whole company": "", "研发部": rd, "市场部": market} {
		secret[name] = h.truth(t, usage.AppAbility, usage.Weekly, "2026-11-16", id, usage.ActiveUsers)
	}
	lacks := func(how, text string) {
		t.Helper()
		for name, figure := range secret {
			if regexp.MustCompile(`(^|[^\d,])` + figure + `($|[^\d,])`).MatchString(text) {
				t.Errorf("%s shows %s (%s):\n%s", how, name, figure, text)
			}
		}
	}
	mine := h.truth(t, usage.AppAbility, usage.Weekly, "2026-11-16", below.ID, usage.ActiveUsers)
	h.say(t, "/usage weekly").has(below.Name, mine).lacks("全公司")
	group := h.Group().ID
	old := h.sayAs(t, h.admin(), group, "/usage weekly")
	whole := h.subscribedAs(t, h.admin(), group, "/subscribe weekly 10:30")
	ofRD := h.subscribedAs(t, h.admin(), group, "/subscribe weekly 10:30 dept:"+rd)
	for how, line := range map[string]string{
		"by id": "dept:" + rd, "by name": "dept:研发部", "by a path": "dept:研发部", "by pinyin": "dept:yanfabu", "by initials": "dept:yfb",
		"by a beginning": "dept:研发", "the one beside by name": "dept:市场部", "by an id in quotes": `dept:"` + rd + `"`, "by an id with space": `dept:" ` + rd + ` "`,
		"an id that nobody knows": "dept:od-0123456789abcdef", "the root's id": "dept:0", "the root's other id": "dept:od-0",
	} {
		for _, command := range []string{"/usage weekly ", "/trend weekly ", "/top weekly ", "/subscribe weekly ", "/subscribe form weekly "} {
			text := h.clickCommand(t, old, h.me, command+line)
			switch got := verdict(command, text); got {
			case "closed", "no viewer", "no manager", "not found", "unread":
			default:
				t.Errorf("%s with %q came to %s:\n%s", how, command+line, got, text)
			}
			lacks(how, text)
		}
	}
	for how, line := range map[string]string{
		"everything": "dept:all", "everything in Chinese": "部门:全部", "the whole company": "全公司", "none": "",
	} {
		for _, command := range []string{"/usage weekly ", "/trend weekly ", "/top weekly "} {
			text := h.sayText(t, command+line)
			if !strings.Contains(text, below.Name) {
				t.Errorf("%s with %q does not give his own:\n%s", how, command+line, text)
			}
			lacks(how, text)
		}
	}
	lacks("a follow-up", h.sayText(t, "部门:研发部"))
	lacks("a follow-up to everything", h.sayText(t, "部门:全部"))
	for how, line := range map[string]string{"a test of a subscription to everything": "/test " + whole, "of one to 研发部": "/test " + ofRD} {
		lacks(how, h.clickCommand(t, old, h.me, line))
	}
	h.me = h.admin()
	fresh := h.sayIn(t, group, "/usage weekly")
	h.me = h.People()[2].OpenID
	for _, label := range []string{"周报", "月报", "‹", "看趋势", "部门排行", "订阅这份数据"} {
		text := h.clickAction(t, old, h.me, map[string]any{"tag": "button", "value": fresh.button(label)})
		if strings.Contains(text, "全公司") {
			t.Errorf("%s on an old card shows the whole company:\n%s", label, text)
		}
		lacks("an old card's "+label, text)
	}
	for _, option := range []string{rd, market, "all"} {
		line := map[string]any{"cmd": "/usage weekly app", "with": "dept"}
		lacks("a choice of "+option, h.clickAction(t, old, h.me, map[string]any{"tag": "select_static", "value": line, "option": option}))
	}
}

// sayText writes in the direct message chat, and returns the text of the answer.
func (h *testEnv) sayText(t *testing.T, line string) string {
	t.Helper()
	return h.sayAs(t, h.me, h.p2p, line).text()
}

func (h *testEnv) childOf(t *testing.T, id string) usage.Department {
	t.Helper()
	for _, d := range h.Departments() {
		if d.ParentID == id {
			return d
		}
	}
	t.Fatalf("nothing is below %s", id)
	return usage.Department{}
}

func (h *testEnv) subscribedAs(t *testing.T, who, chat, line string) string {
	t.Helper()
	me := h.me
	defer func() { h.me = me }()
	h.me = who
	time.Sleep(220 * time.Millisecond)
	return h.subscribedIn(t, chat, line)
}

// TestDigest_OwnerLostTheRight_Paused narrows the owner of a subscription before its time.
func TestDigest_OwnerLostTheRight_Paused(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Everyone, fastEngine)
	id := h.subscribed(t, "/subscribe daily 10:30")
	ofRD := h.subscribed(t, "/subscribe daily 10:30 dept:研发部")
	h.grant(t, access.Person, h.me, access.Viewer, h.department(t, "研发部"))
	h.setClock(at(11, 26, 10, 30))
	await(t, "the one is paused", func() bool {
		s, err := h.app.SQL.Subscriptions.Subscription(t.Context(), id)
		return err == nil && s.State == reports.Paused && s.Reason == reports.NotAllowed
	})
	await(t, "the other goes out", func() bool { return len(h.digests(h.p2p)) == 1 })
	if s, err := h.app.SQL.Subscriptions.Subscription(t.Context(), ofRD); err != nil || s.State != reports.Active {
		t.Errorf("the other is %v, %v", s.State, err)
	}
	h.Clock().Advance(noticesGathered)
	await(t, "the owner gets a notice", func() bool { return len(h.ownerNotices()) == 1 })
	word := h.ownerNotices()[0]
	word.t = t
	word.has(id, "没有查看这些数据的权限")
	h.say(t, "/resume "+id).has("你没有查看")
	adminChat, _ := h.Single(h.admin())
	h.sayAs(t, h.admin(), adminChat.ID, "/resume "+id)
	if s, err := h.app.SQL.Subscriptions.Subscription(t.Context(), id); err != nil || s.State != reports.Active || s.OwnerID != h.admin() {
		t.Errorf("after an administrator resumed it: %v", s)
	}
}

// TestGrant_ByMention gives and takes roles in chat, and reads what was recorded.
func TestGrant_ByMention(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Listed)
	group, other := h.Group().ID, h.People()[1].OpenID
	a := h.sayAs(t, h.admin(), group, "/admin grant @"+h.me+" viewer dept:研发部")
	a.has("已授权", "研发部", h.me)
	h.say(t, "/usage weekly").has("研发部")
	h.sayAs(t, h.admin(), group, "/admin grant @"+h.me+" viewer dept:研发部").has("已有这项授权")
	h.sayAs(t, h.admin(), group, "/管理 授权 会话:本群 查看者").has("已授权")
	h.sayAs(t, other, group, "/usage weekly").has("全公司")
	h.sayAs(t, h.admin(), group, "/admin roles").has(h.me, "研发部", "全部数据", "ACCESS=listed")
	asked := h.press(t, a, h.admin(), "收回")
	asked.has("收回以下授权？", "研发部")
	h.say(t, "/usage weekly").has("研发部")
	h.press(t, asked, h.admin(), "收回").has("已收回", "当前可看：无")
	if got := verdict("/usage weekly", h.sayText(t, "/usage weekly")); got != "no viewer" {
		t.Errorf("after it was revoked: %s", got)
	}
	h.sayAs(t, h.admin(), group, "/admin grant @"+h.me+" admin dept:研发部").has("没看懂")
	h.sayAs(t, h.admin(), group, "/admin grant chat:this admin").has("没看懂")
	h.sayAs(t, h.admin(), group, "/admin grant viewer").has("没看懂")
	h.sayAs(t, h.admin(), group, "/admin grant @"+other+" admin").has("当前：管理员")
	h.sayAs(t, other, group, "/admin audit").has("授权", "收回角色", other, h.me, "查看者 · 研发部（含子部门）").lacks(h.department(t, "研发部"))
	if log := h.log.String(); strings.Contains(log, "林晓") {
		t.Error("the log has somebody's name")
	}
}
