package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"usagebot/sandbox"
	"usagebot/usage"
)

func TestUsage_BothLanguages(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	rd := h.department(t, "研发部")
	uv := h.truth(t, usage.Web, usage.Weekly, "2026-11-16", rd, usage.ActiveUsers)
	pv := h.truth(t, usage.Web, usage.Weekly, "2026-11-16", rd, usage.PageViews)
	before := h.truth(t, usage.Web, usage.Weekly, "2026-11-09", rd, usage.ActiveUsers)
	for _, question := range []string{
		"/usage weekly h5 dept:研发部", "/用量 周报 网页 部门:研发部", "／用量　部门：研发部　网页　周报", "/USAGE dept:yanfa H5 Weekly",
		"/usage h5 weekly dept:" + rd, `/usage weekly "h5" dept:"研发部"`, "/usage h5 上周 部门:研发部",
	} {
		h.say(t, question).has("研发部", "2026-11-16", "2026-11-22", uv, pv, before).lacks("累计", "新增用户")
		time.Sleep(250 * time.Millisecond) // the platform takes 5 messages a second into one chat
	}
}

func TestUsage_Week_TotalUsersOfItsLastDay(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	total := h.truth(t, usage.AppAbility, usage.Daily, "2026-11-22", "", usage.TotalUsers)
	h.say(t, "/usage weekly").has(total, "截至 2026-11-22", "全公司")
}

func TestUsage_UnfinishedWeek_NoPercentage(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	uv := h.truth(t, usage.Web, usage.Weekly, "2026-11-23", "", usage.ActiveUsers)
	h.say(t, "/usage weekly h5 this-week").has(uv, "进行中", "2026-11-24").lacks("%")
}

func TestUsage_BeforeTen_DayBeforeYesterday(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday.Add(-2*time.Hour))
	uv := h.truth(t, usage.AppAbility, usage.Daily, "2026-11-23", "", usage.ActiveUsers)
	h.say(t, "/usage").has(uv, "2026-11-23", "2026-11-24", "还没有产出")
}

// TestUsage_LateSunday_WeekIncomplete asks on a Monday afternoon, before Sunday's figures are out and after.
func TestUsage_LateSunday_WeekIncomplete(t *testing.T) {
	t.Parallel()
	h := open(t, at(11, 23, 14, 30), fastEngine)
	h.SetPublication(16 * time.Hour)
	sofar := h.truth(t, usage.Web, usage.Weekly, "2026-11-16", "", usage.ActiveUsers)
	h.say(t, "/usage weekly h5").has(sofar, "2026-11-16", "2026-11-21", "数据不全").lacks("%", "2026-11-22")
	h.say(t, "/settings language:en")
	h.say(t, "/usage weekly h5").has(sofar, "2026-11-21", "partial data").lacks("%", "2026-11-22")
	h.setClock(at(11, 23, 16, 2))
	whole := h.truth(t, usage.Web, usage.Weekly, "2026-11-16", "", usage.ActiveUsers)
	if whole == sofar {
		t.Fatal("nobody came on Sunday alone")
	}
	await(t, "the week is whole", func() bool {
		text := h.say(t, "/usage weekly h5").text()
		return strings.Contains(text, whole) && strings.Contains(text, "2026-11-22") && !strings.Contains(text, "partial data")
	})
}

func TestFollowUp_ChangesTheLastQuestion(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	h.say(t, "/usage weekly h5").has("全公司")
	h.say(t, "monthly").has("2026-10-01", h.truth(t, usage.Web, usage.Monthly, "2026-10-01", "", usage.ActiveUsers))
	market := h.department(t, "市场部")
	h.say(t, "部门:市场部").has("市场部", h.truth(t, usage.Web, usage.Monthly, "2026-10-01", market, usage.ActiveUsers))
	h.say(t, "thanks!").has("/help")
	other := h.People()[1].OpenID
	chat, _ := h.Single(other)
	if _, err := h.Say(t.Context(), chat.ID, other, "市场部呢"); err != nil {
		t.Fatal(err)
	}
	h.handled(t)
	if got := h.BotMessages(chat.ID); len(got) != 1 || strings.Contains(got[0].Content, "2026-10-01") {
		t.Errorf("somebody else's follow-up was answered with figures")
	}
}

func TestUsage_GroupMention(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	h.sayIn(t, h.Group().ID, "/usage weekly h5").has("2026-11-16")
}

func TestUsageError_Explained(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	h.say(t, "/usage weekyl").has("weekyl", "你是不是想输入 weekly？", "例如")
	h.say(t, "/usgae weekly").has("/usage weekly")
	h.say(t, `/usage app:"<at id=all></at>"`).has("<at id=all>")
	h.say(t, "/usage date:2026-12-31").has("还没到")
	h.say(t, "/usage dept:研究部").has("研发部")
}

func TestUsage_AmbiguousDepartment_Choice(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	byName := map[string][]usage.Department{}
	for _, d := range h.Departments() {
		byName[d.Name] = append(byName[d.Name], d)
	}
	for name, list := range byName {
		if len(list) < 2 {
			continue
		}
		a := h.say(t, "/usage weekly h5 dept:"+name)
		for _, d := range list {
			if !strings.Contains(a.Content, d.ID) {
				t.Errorf("%s is not offered", d.ID)
			}
		}
		return
	}
	t.Fatal("the sandbox has no two departments of one name")
}

func TestClick_EditsTheCard(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	a := h.say(t, "/usage weekly h5")
	h.press(t, a, h.People()[1].OpenID, "月报").
		has("2026-10-01", h.truth(t, usage.Web, usage.Monthly, "2026-10-01", "", usage.ActiveUsers))
	if n := len(h.BotMessages(h.p2p)); n != 1 {
		t.Errorf("%d messages after a click, want the one that was edited", n)
	}
	// A week later, with the session long gone, the card still means the week that it shows.
	h.Clock().Advance(7 * 24 * time.Hour)
	h.pick(t, a, h.me, "ability", "bot").has("2026-11-16").lacks("2026-11-23 周一")
}

func TestNotice_SlowQuestion_BecomesTheAnswer(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, withNotices)
	h.AddFault(sandbox.Fault{Endpoint: "overview", Latency: 1500 * time.Millisecond})
	a := h.sayUntilNotice(t, "/usage weekly h5")
	await(t, "the answer takes the notice's place", func() bool {
		m, _ := h.Message(a.ID)
		return strings.Contains(m.Content, "2026-11-16")
	})
	if n := len(h.BotMessages(h.p2p)); n != 1 {
		t.Errorf("%d messages, want the notice that became the answer", n)
	}
}

func TestClick_Slow_ToastThenEdit(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	a := h.say(t, "/usage weekly h5")
	h.AddFault(sandbox.Fault{Endpoint: "overview", Latency: 2500 * time.Millisecond})
	clicked := h.clickUntilTaken(t, a.ID, h.me, map[string]any{"tag": "button", "value": a.button("月报")})
	if clicked.Toast == "" {
		t.Fatal("no toast while the card waits")
	}
	await(t, "the card is edited", func() bool {
		m, _ := h.Message(a.ID)
		return strings.Contains(m.Content, "2026-10-01")
	})
}

func TestAnswer_CardRefused_SimplerForms(t *testing.T) {
	t.Parallel()
	for code, times := range map[int]int{230099: 2, 230025: 1} {
		h := open(t, wednesday)
		h.AddFault(sandbox.Fault{Endpoint: "message.reply", Code: code, Times: times})
		uv := h.truth(t, usage.Web, usage.Weekly, "2026-11-16", "", usage.ActiveUsers)
		want := map[int]string{1: "interactive", 2: "text"}[times]
		id := h.write(t, h.p2p, "/usage weekly h5")
		await(t, fmt.Sprintf("after %d the answer is %s", code, want), func() bool {
			return slices.ContainsFunc(h.repliesTo(h.p2p, id), func(m sandbox.Message) bool { return m.Type == want && strings.Contains(m.Content, uv) })
		})
	}
}
