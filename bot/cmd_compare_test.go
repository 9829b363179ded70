package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// has checks what a card says and does not say.
func (a Answer) has(t *testing.T, line string, said []string, not ...string) {
	t.Helper()
	card := string(a.Card.JSON())
	for _, w := range said {
		if !strings.Contains(card, w) {
			t.Errorf("%s: the card lacks %q:\n%s", line, w, card)
		}
	}
	for _, w := range not {
		if strings.Contains(card, w) {
			t.Errorf("%s: the card says %q:\n%s", line, w, card)
		}
	}
}

func (s *scene) asks(t *testing.T, who, line string) Answer {
	t.Helper()
	return s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: who, Text: line, Single: true})
}

func TestCompare_Names(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.organise(t, append(tree(), usage.Department{ID: "od-be2", ParentID: "od-mk", Name: "后端组"}))
	s.set(func(o *Settings) {
		o.Apps = directory.Apps{{ID: "cli_a", Name: "商城"}, {ID: "cli_b", Name: "报销"}}
	})
	for _, tt := range []struct {
		line string
		said []string
		not  []string
	}{
		{"/compare weekly dept:研发部 dept:市场部", []string{"部门对比", "研发部", "市场部", "不能相加", "/trend weekly app dept:od-rd"}, nil},
		{"/compare weekly dept:研发部 dept:市场部 dept:all", []string{"全公司"}, nil},
		{"/compare weekly app:商城 app:报销", []string{"应用对比", "商城", "报销", "/compare weekly app app:cli_a app:cli_b"}, nil},
		{"/compare weekly mp h5", []string{"能力对比", "小程序", "网页", "/compare weekly mp h5 app:cli_a"}, nil},
		{"/compare weekly all dept:研发部 dept:市场部", []string{"应用整体对同一个人只算一次", "/compare weekly app dept:od-rd"}, []string{" all "}},
		{"/compare weekly dept:研发部 dept:后端组", []string{"哪一个", "/compare weekly dept:od-be dept:研发部", "/compare weekly dept:od-be2 dept:研发部"}, []string{"部门对比"}},
		{"/compare weekly dept:研发部 dept:没有部", []string{"没有找到部门“没有部”"}, []string{"部门对比"}},
		{"/compare weekly dept:研发部 dept:od-rd", []string{"“研发部”和前面的一项相同"}, []string{"部门对比"}},
		{"/compare app:商城 app:没有", []string{"没有名为“没有”的应用"}, nil},
		{"/compare daily yesterday date:2020-01-01 dept:研发部 dept:市场部", []string{"一次只能对比一种"}, nil},
		{"/compare dept:a dept:b dept:c dept:d dept:e dept:f weekly h5", []string{"最多对比五项", `"cmd":"/top weekly h5"`}, nil},
		{"/compare weekly", []string{"至少要有两项", "部门:A 部门:B", "例如：/对比"}, nil},
	} {
		s.asks(t, "ou_1", tt.line).has(t, tt.line, tt.said, tt.not...)
	}
}

// TestCompare_Rights compares two departments; the person may see only one of them.
func TestCompare_Rights(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.organise(t, tree())
	s.rights.Mode = access.Listed
	s.notes.grants = []access.Grant{
		viewerGrant(access.Person, "ou_1", "od-rd"), viewerGrant(access.Person, "ou_2", "od-rd"), viewerGrant(access.Person, "ou_2", "od-mk"),
	}
	for _, tt := range []struct {
		who, line string
		said, not []string
	}{
		{"ou_1", "/compare weekly dept:研发部 dept:后端组", []string{"部门对比", "后端组"}, nil},
		{"ou_1", "/compare weekly dept:研发部 dept:市场部", []string{"你没有查看“市场部”的权限"}, []string{"部门对比", `"42"`}},
		{"ou_1", "/compare weekly dept:后端组 dept:all", []string{"你没有查看“全公司”的权限", "/compare weekly dept:od-rd dept:后端组"}, []string{"部门对比", `"42"`}},
		{"ou_1", "/compare weekly mp h5", []string{"能力对比", "研发部", "你的查看范围是这个部门"}, nil},
		{"ou_2", "/compare weekly mp h5", []string{"/compare weekly mp h5 dept:od-rd", "/compare weekly mp h5 dept:od-mk"}, []string{"能力对比"}},
		{"ou_3", "/compare weekly mp h5", []string{"没有查看用量数据的权限"}, []string{"能力对比"}},
		{"ou_3", "/compare weekly dept:研发部 dept:市场部", []string{"没有查看用量数据的权限"}, []string{"部门对比"}},
		{"ou_1", "/为什么 周报", []string{"平台不提供变化的原因", "研发部"}, []string{"市场部"}},
		{"ou_1", "/为什么 周报 部门:市场部", []string{"你没有查看“市场部”的权限"}, []string{"平台不提供变化的原因"}},
		{"ou_1", "/top by:change weekly", []string{"部门变化排行", "后端组"}, []string{"市场部"}},
	} {
		s.asks(t, tt.who, tt.line).has(t, tt.line, tt.said, tt.not...)
	}
}

func TestCompare_FollowUps(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.organise(t, tree())
	for _, step := range []struct{ text, want string }{
		{"/compare weekly dept:研发部 dept:市场部", "/compare weekly app dept:od-rd dept:od-mk app:cli_a"},
		{"monthly", "部门对比 · 月报"},
		{"网页", "网页应用 · 部门对比 · 月报"},
		{"dept:后端组", "后端组"},
		{"/why weekly", "平台不提供变化的原因"},
		{"网页", "网页应用 · 变化在哪里"},
	} {
		s.asks(t, "ou_1", step.text).has(t, step.text, []string{step.want})
	}
}

// TestCompare_Refine_FillsUp sends a comparison before its chart is whole, and completes it with the same figures.
func TestCompare_Refine_FillsUp(t *testing.T) {
	for _, line := range []string{"/compare weekly dept:研发部 dept:市场部", "/compare h5 this-week last-week"} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)))
			s := newScene(t)
			s.organise(t, tree())
			s.figures = func(ctx context.Context, ask usage.Request) (usage.Figures, error) {
				if ask.DepartmentID != "" && ask.Date.Before(usage.NewDate(2026, 11, 9)) || ask.Ability == usage.Web && ask.Cycle == usage.Daily {
					_ = sleep(ctx, 5*time.Second)
				}
				return usage.Figures{usage.ActiveUsers: 42, usage.PageViews: 7, usage.Opens: 3}, nil
			}
			a := s.asks(t, "ou_1", line)
			a.has(t, line, []string{"42", "刷新"})
			for a.Refine != nil {
				fuller, err := a.Refine(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				a = fuller
			}
			a.has(t, line, []string{"42"}, "刷新", "正在获取")
		})
	}
}

// TestCompare_OneDepartmentFails answers with the others.
func TestCompare_OneDepartmentFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.organise(t, tree())
		s.figures = func(_ context.Context, ask usage.Request) (usage.Figures, error) {
			if ask.DepartmentID == "od-mk" {
				return nil, &usage.Failure{Reason: usage.Rejected, Code: 5, Err: errors.New("refused")}
			}
			return usage.Figures{usage.ActiveUsers: 42}, nil
		}
		line := "/compare weekly dept:研发部 dept:市场部"
		s.asks(t, "ou_1", line).has(t, line, []string{`"42"`, "没有从平台取到这些数据（不代表没有人使用）：市场部", "刷新"})
	})
}

// TestAbilities_OfTheApp asks for an ability in three cases: the app has it, the app lacks it, the platform does not tell.
func TestAbilities_OfTheApp(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		has    []usage.Ability
		err    error
		figure int64
		lacks  bool
	}{
		"it lacks it":                 {has: []usage.Ability{usage.Web, usage.Bot}, lacks: true},
		"it has it":                   {has: []usage.Ability{usage.MiniProgram}},
		"the platform does not tell":  {err: errors.New("no scope")},
		"nothing is online":           {},
		"an earlier version was used": {has: []usage.Ability{usage.Web}, figure: 42},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			asked := 0
			s.set(func(o *Settings) {
				o.Abilities = func(context.Context, string) ([]usage.Ability, error) { asked++; return tt.has, tt.err }
			})
			s.figures = func(_ context.Context, ask usage.Request) (usage.Figures, error) {
				if ask.Ability == usage.MiniProgram && tt.figure == 0 {
					return nil, &usage.Failure{Reason: usage.NoData, Code: 211011, Err: errors.New("data not found")}
				}
				return usage.Figures{usage.ActiveUsers: 42}, nil
			}
			said := func(line string) bool {
				return strings.Contains(string(s.asks(t, "ou_1", line).Card.JSON()), "没有小程序")
			}
			for _, line := range []string{"/usage weekly mp", "/trend weekly mp", "/why weekly mp"} {
				if got := said(line); got != tt.lacks {
					t.Errorf("%s: %s says that there is none: %v", name, line, got)
				}
			}
			// Whether anything was used before does not matter for digests of what comes.
			lacks := tt.lacks || tt.figure > 0
			for _, line := range []string{"/subscribe weekly mp", "/subscribe mp form"} {
				if got := said(line); got != lacks {
					t.Errorf("%s: %s says that there is none: %v", name, line, got)
				}
			}
			if subscribed := len(s.notes.ledger.kept) > 0; subscribed == lacks {
				t.Errorf("%s: it is subscribed to: %v", name, subscribed)
			}
			all := string(s.asks(t, "ou_1", "/usage weekly all").Card.JSON())
			if shown := strings.Contains(all, "小程序活跃用户数"); shown == tt.lacks { // its explanation
				t.Errorf("%s: the mini program is shown among all: %v", name, shown)
			}
			if asked > 1 {
				t.Errorf("%s: the platform was asked %d times for the app's abilities", name, asked)
			}
		})
	}
}

// TestWhyButton_OnlyForAChange is on a card with a change that is not small.
func TestWhyButton_OnlyForAChange(t *testing.T) {
	t.Parallel()
	for before, want := range map[int64]bool{1000: true, 960: true, 930: false, 900: false, 0: true} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)))
			s := newScene(t)
			s.figures = func(_ context.Context, ask usage.Request) (usage.Figures, error) {
				if ask.Cycle == usage.Weekly && ask.Date == usage.NewDate(2026, 11, 9) {
					return usage.Figures{usage.ActiveUsers: before}, nil
				}
				return usage.Figures{usage.ActiveUsers: 900}, nil
			}
			card := string(s.asks(t, "ou_1", "/usage weekly").Card.JSON())
			if got := strings.Contains(card, "变化在哪里"); got != want {
				t.Errorf("from %d to 900 the button is there: %v", before, got)
			}
		})
	}
}

// TestCompare_CycleButtons offers only cycles in which the compared periods differ.
func TestCompare_CycleButtons(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)))
		s := newScene(t)
		line := "/compare weekly date:2026-11-09 date:2026-11-16"
		s.asks(t, "ou_1", line).has(t, line, []string{"/compare daily app app:cli_a date:2026-11-09 date:2026-11-16"}, "/compare monthly")
	})
}

// TestDigest_LackingAbility says in a digest, and in the notice that it waits, that the app does not have the ability. It was
// subscribed to before that was checked, or the app has lost it.
func TestDigest_LackingAbility(t *testing.T) {
	t.Parallel()
	for _, has := range [][]usage.Ability{nil, {usage.Web, usage.Bot}, {usage.MiniProgram}} {
		lacks := slices.Contains(has, usage.Web)
		s := newScene(t)
		s.set(func(o *Settings) {
			o.Abilities = func(context.Context, string) ([]usage.Ability, error) { return has, nil }
		})
		sub := reports.Subscription{ID: "abcdef", ChatID: "oc_1", AppID: "cli_a", Ability: usage.MiniProgram, Schedule: reports.Schedule{Cycle: usage.Weekly}}
		week := usage.PeriodOf(usage.Weekly, usage.NewDate(2026, 11, 16))
		r := usage.Report{
			Query:  usage.Query{App: usage.App{ID: "cli_a", Name: "商城"}, Ability: usage.MiniProgram, Cycle: usage.Weekly},
			Period: week, Through: week.End(), Complete: true, Before: week.Previous(),
			Sections: []usage.Section{{Ability: usage.MiniProgram, Missing: true}},
		}
		for name, card := range map[string][]byte{
			"notice": s.bot.Digests().FiguresLate(t.Context(), sub, reports.Delivery{Period: week}).JSON(),
			"digest": s.bot.Digests().Digest(t.Context(), usage.DigestData{Report: r}, reports.DigestOptions{SubscriptionID: "abcdef"}).JSON(),
		} {
			if got := strings.Contains(string(card), "线上版本没有小程序，有：网页应用、机器人"); got != lacks {
				t.Errorf("the app has %v, and the %s says that it lacks the mini program: %v\n%s", has, name, got, card)
			}
		}
	}
}

// TestDigest_WhyButton is on a digest with a change that is not small.
func TestDigest_WhyButton(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	week := usage.PeriodOf(usage.Weekly, usage.NewDate(2026, 11, 16))
	for before, want := range map[int64]bool{100: true, 43: false} {
		value := int64(42)
		row := usage.Row{Metric: usage.ActiveUsers, Value: &value, Before: &before, Change: usage.Change{Kind: usage.ByPercent, Delta: value - before, Percent: -1}}
		r := usage.Report{
			Query: usage.Query{App: usage.App{ID: "cli_a"}, Ability: usage.AppAbility, Cycle: usage.Weekly}, Period: week, Through: week.End(),
			Complete: true, Before: week.Previous(), Sections: []usage.Section{{Ability: usage.AppAbility, Rows: []usage.Row{row}}},
		}
		card := string(s.bot.Digests().Digest(t.Context(), usage.DigestData{Report: r}, reports.DigestOptions{SubscriptionID: "abcdef"}).JSON())
		if got := strings.Contains(card, `"cmd":"/why weekly app app:cli_a date:2026-11-16"`); got != want || !strings.Contains(card, `"cmd":"/subs"`) {
			t.Errorf("from %d to 42 the button is there: %v\n%s", before, got, card)
		}
	}
}
