package bot

import (
	"context"
	"errors"
	"strings"
	"testing"

	"usagebot/locale"
	"usagebot/usage/directory"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// reads returns the card that a person gets for a line, in a language.
func (s *scene) reads(t *testing.T, lang locale.Language, who, line string) string {
	t.Helper()
	s.notes.set.Language = string(lang)
	a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: who, Text: line, Single: true})
	return string(a.Card.JSON())
}

// known stores two subscriptions of the chat and one of another.
func known(s *scene) {
	for _, sub := range []reports.Subscription{
		{ID: "abcdef", ChatID: "oc_1", OwnerID: "ou_1"},
		{ID: "bcdefg", ChatID: "oc_1", OwnerID: "ou_1", DepartmentID: "od-1", DepartmentName: "研发部"},
		{ID: "zzzzzz", ChatID: "oc_2", OwnerID: "ou_2"},
	} {
		sub.Ability, sub.AppID, sub.State = usage.AppAbility, "cli_a", reports.Active
		sub.Schedule = reports.Schedule{Cycle: usage.Weekly, Hour: 10, On: "mon", Zone: "UTC"}
		s.notes.ledger.kept = append(s.notes.ledger.kept, sub)
	}
}

// shelf is an appBook without apps that stores none.
type shelf struct{}

func (shelf) Apps(context.Context) (directory.Apps, error) { return nil, nil }

func (shelf) ChangeApps(_ context.Context, _ string, given directory.Apps, change func(directory.Apps) (directory.Apps, error), _ access.Entry[directory.Apps]) error {
	_, err := change(given)
	return err
}

// TestProblem_ShowsAWayOn checks the answer to each wrong line, in both languages.
func TestProblem_ShowsAWayOn(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.rights.Admins = []string{"ou_admin"}
	s.set(func(o *Settings) { o.AppBook = shelf{} })
	s.set(func(o *Settings) { o.Status = func(context.Context) Status { return Status{Redis: OK, Database: OK} } })
	known(s)
	for _, tt := range []struct {
		line   string
		zh, en []string // what is said
		not    []string // what is not, in either
	}{
		{"/pause", []string{"还差订阅编号", "可选：abcdef、bcdefg", "例如：/暂停 abcdef", `"cmd":"/subs"`, "a–z、2–7"}, []string{"Options: abcdef, bcdefg", "Example: /pause abcdef"}, []string{"k7q2mw", "zzzzzz"}},
		{"/pause 12", []string{"可选：abcdef、bcdefg"}, []string{"Options: abcdef, bcdefg"}, []string{"k7q2mw", "zzzzzz"}},
		{"/unsubscribe k7q2mx", []string{"没有编号为“k7q2mx”", "可选：abcdef、bcdefg"}, []string{"There is no subscription “k7q2mx”", "Options: abcdef, bcdefg"}, []string{"zzzzzz"}},
		{"/admin run", []string{"abcdef、bcdefg、zzzzzz", "/管理 订阅"}, []string{"abcdef, bcdefg, zzzzzz", `"cmd":"/admin subs"`}, []string{"k7q2mw"}},
		{"/admin grnat", []string{"你是不是想输入 /admin grant？"}, []string{"Did you mean /admin grant?"}, nil},
		{"/admin grant to:bob viewer", []string{"没有找到可授权的对象“bob”", "@某人", "例如：/管理 授权 成员:研发部 查看者"}, []string{"“bob” can't be granted a role", "chat:this", "Example: /admin grant members:Engineering viewer"}, []string{"There is no department", "没有找到部门"}},
		{"/admin apps add", []string{"还差应用", "例如：/管理 应用 添加 应用:cli_a1b2c3d4e5f6a7b8"}, []string{"Example: /admin apps add app:cli_a1b2c3d4e5f6a7b8"}, []string{"Options", "可选"}},
		{"/admin apps add app:somewhere", []string{"“somewhere”不是 App ID", "以 cli_ 开头"}, []string{"“somewhere” is not an App ID", "starts with cli_"}, nil},
		{"/admin apps remove", []string{"可选：商城"}, []string{"Options: 商城"}, nil},
		{"/usage app:nowhere", []string{"/管理 应用 添加"}, []string{"/admin apps add"}, []string{"APPS"}},
		{"/admin backfill 5000", []string{"请写天数，1–400", "例如：/管理 补数据 90天"}, []string{"a number of days, 1–400", "Example: /admin backfill 90d"}, nil},
		{"/subscribe daily tz:Mars", []string{"IANA", "例如：/订阅 日报 时区:北京"}, []string{"IANA", "Example: /subscribe daily tz:Asia/Shanghai"}, []string{"Did you mean", "你是不是"}},
		{"/usage today", []string{"还没有产出", "目前最新的是", "例如：/用量 日期:2"}, []string{"isn't published yet", "The latest is", "Example: /usage date:2"}, nil},
		{"/help admin backfill", []string{"/管理 补数据 天数"}, []string{"/admin backfill DAYS"}, nil},
		{"/help subscribe", []string{"/订阅 [日报|周报|月报]", "订阅时不写会打开表单"}, []string{"/subscribe [daily|weekly|monthly]", "subscribing without it opens a form"}, nil},
		{"/admin status", []string{"失败的推送", "变更记录"}, []string{"Failed digests", "Change log"}, []string{`"content":"/admin`}},
	} {
		for lang, want := range map[locale.Language][]string{locale.Chinese: tt.zh, locale.English: tt.en} {
			got := s.reads(t, lang, "ou_admin", tt.line)
			for _, w := range want {
				if !strings.Contains(got, w) {
					t.Errorf("%s, %s: %q is not said in\n%s", tt.line, lang, w, got)
				}
			}
			for _, w := range tt.not {
				if strings.Contains(got, w) {
					t.Errorf("%s, %s: %q is said in\n%s", tt.line, lang, w, got)
				}
			}
		}
	}
	if got := s.reads(t, locale.English, "ou_2", "/admin run"); strings.Contains(got, "zzzzzz") {
		t.Errorf("somebody who is no administrator is told of another chat:\n%s", got)
	}
	s.notes.ledger.kept = nil
	if got := s.reads(t, locale.English, "ou_1", "/pause"); !strings.Contains(got, "Example: /subs") || strings.Contains(got, "Options") {
		t.Errorf("without subscriptions:\n%s", got)
	}
}

// book are grants by which everybody is narrowed to one department.
type book struct{ *notes }

func (book) GrantsFor(_ context.Context, openID, _ string) ([]access.Grant, error) {
	return []access.Grant{{Subject: access.Subject{Kind: access.Person, ID: openID}, Role: access.Viewer, Department: "od-1"}}, nil
}

func TestNarrowed_IsSaid(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.rights.Admins, s.rights.Grants = []string{"ou_admin"}, book{s.notes}
	if err := s.settings.Directory.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for lang, said := range map[locale.Language]string{locale.Chinese: "你的查看范围是这个部门及子部门", locale.English: "Your access covers this department and its sub-departments"} {
		for _, tt := range []struct {
			who, line string
			want      bool
		}{
			{"ou_1", "/usage dept:all", true},
			{"ou_1", "/usage", true},
			{"ou_1", "/trend 全公司", true},
			{"ou_1", "/top dept:all", true},
			{"ou_1", "/usage dept:od-1", false},
			{"ou_admin", "/usage dept:all", false},
			{"ou_admin", "/top", false},
		} {
			if got := s.reads(t, lang, tt.who, tt.line); strings.Contains(got, said) != tt.want || !strings.Contains(got, "商城") {
				t.Errorf("%s of %s, %s: want it said: %v\n%s", tt.line, tt.who, lang, tt.want, got)
			}
		}
	}
}

func TestTop_AllAbilities_SaysWhatIsRanked(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	for line, want := range map[string]bool{"/top all": true, "/top": false, "/top app": false} {
		for lang, said := range map[locale.Language]string{locale.Chinese: "按应用整体排行", locale.English: "Ranked by the whole app"} {
			if got := s.reads(t, lang, "ou_1", line); strings.Contains(got, said) != want {
				t.Errorf("%s, %s: want it said: %v\n%s", line, lang, want, got)
			}
		}
	}
}

// TestDepartment_InTheChatsLanguage checks every place that names a department: the head, the fields, a subscription's topic.
func TestDepartment_InTheChatsLanguage(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.rights.Admins = []string{"ou_1"}
	known(s)
	if err := s.settings.Directory.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"/usage dept:od-1", "/usage", "/trend dept:od-1", "/subs", "/pause bcdefg", "/history bcdefg", "/admin subs", "/subscribe weekly dept:od-1 form", "/admin grant members:od-1 viewer"} {
		if got := s.reads(t, locale.English, "ou_1", line); !strings.Contains(got, "R&D") || strings.Contains(got, `"研发部`) || strings.Contains(got, "· 研发部") {
			t.Errorf("%s in English:\n%s", line, got)
		}
		if got := s.reads(t, locale.Chinese, "ou_1", line); !strings.Contains(got, "研发部") || strings.Contains(got, "R&D") {
			t.Errorf("%s in Chinese:\n%s", line, got)
		}
	}
}

// TestProblem_QuestionAskedAgain has the platform fail, and looks for the button that asks the same again.
func TestProblem_QuestionAskedAgain(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		err           error
		administrator bool
	}{
		"transient":     {&usage.Failure{Reason: usage.Unavailable}, false},
		"refused":       {&usage.Failure{Reason: usage.Rejected, Code: 1}, false},
		"missing scope": {&usage.Failure{Reason: usage.MissingScope, Code: 99991672}, true},
		"timeout":       {context.DeadlineExceeded, false},
		"restarting":    {context.Canceled, false},
	} {
		for line, again := range map[string]string{
			"/usage weekly h5 dept:od-1": "/usage weekly h5 dept:od-1",
			"/用量 周报":                     "/usage weekly",
			"/trend monthly n:3":         "/trend monthly n:3",
			"/top weekly last-week":      "/top weekly date:last-week",
		} {
			s := newScene(t)
			s.failWith(tt.err)
			card := s.reads(t, locale.English, "ou_1", line)
			if !strings.Contains(card, `"content":"Refresh"`) || !strings.Contains(card, `"cmd":"`+again+`"`) {
				t.Errorf("%s, %s: no button that asks %q:\n%s", name, line, again, card)
			}
			if strings.Contains(card, "Only an administrator can fix this") != tt.administrator {
				t.Errorf("%s, %s: want an administrator named: %t\n%s", name, line, tt.administrator, card)
			}
		}
	}
}

// unreadable are grants that cannot be read.
type unreadable struct{ *notes }

func (unreadable) GrantsFor(context.Context, string, string) ([]access.Grant, error) {
	return nil, reports.ErrUnavailable
}

// TestProblem_RightsUnread_AskedAgain has the button although the command was not reached yet, unless it changes something.
func TestProblem_RightsUnread_AskedAgain(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.rights.Mode, s.rights.Grants = access.Listed, unreadable{s.notes}
	for line, want := range map[string]bool{"/usage weekly": true, "/test abcdef": true, "/pause abcdef": false, "/usage weekyl": false, "hello": false} {
		card := s.reads(t, locale.English, "ou_1", line)
		if asked := strings.Contains(card, `"content":"Refresh"`) && strings.Contains(card, `"cmd":"`+line+`"`); asked != want {
			t.Errorf("%s: asked again %t, want %t:\n%s", line, asked, want, card)
		}
	}
}

// TestTop_AskedAnew_ByAdministrators offers to ask the platform anew for the days of a ranking, as usage cards do.
func TestTop_AskedAnew_ByAdministrators(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.rights.Admins = []string{"ou_admin"}
	for who, want := range map[string]bool{"ou_admin": true, "ou_1": false} {
		for _, line := range []string{"/top weekly dept:od-1 date:2026-11-16", "/usage weekly dept:od-1 date:2026-11-16"} {
			card := s.reads(t, locale.English, who, line)
			if offered := strings.Contains(card, `"cmd":"/admin refresh dept:od-1 app:cli_a from:2026-11-16 to:2026-11-22"`); offered != want {
				t.Errorf("%s of %s: offered %t, want %t:\n%s", line, who, offered, want, card)
			}
		}
	}
}

// TestNoDirectory words why departments cannot be looked up by name.
func TestNoDirectory(t *testing.T) {
	t.Parallel()
	c := newScene(t).bot.answers.in(t.Context(), "oc_1")
	for name, tt := range map[string]struct {
		err  error
		want templates.ProblemKey
	}{
		"a missing scope": {&usage.Failure{Reason: usage.MissingScope, Scopes: []string{"contact:x"}, LogID: "log-1"}, templates.DepartmentsUnavailable},
		"for now":         {&usage.Failure{Reason: usage.Throttled}, templates.ReasonKey(usage.Throttled)},
		"anything else":   {errors.New("a defect"), templates.Internal},
	} {
		v := c.problemView(noDirectory(tt.err))
		if v.Key != tt.want || tt.want == templates.Internal && v.Reference == "" || (len(v.Scopes) > 0) != (tt.want == templates.DepartmentsUnavailable) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// TestControls_DepartmentsBeside offers the departments beside one that has none below it.
func TestControls_DepartmentsBeside(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	list := func(context.Context) ([]usage.Department, error) {
		return []usage.Department{{ID: "od-1", ParentID: "0", Name: "研发部"}, {ID: "od-2", ParentID: "od-1", Name: "后端组"}, {ID: "od-3", ParentID: "od-1", Name: "前端组"}}, nil
	}
	s.set(func(o *Settings) { o.Directory = directory.New(list, s.notes, o.Now) })
	t.Cleanup(s.settings.Directory.Close)
	for line, want := range map[string]bool{"/usage dept:od-2": true, "/usage dept:od-1": true, "/usage": false} {
		if card := s.reads(t, locale.Chinese, "ou_1", line); strings.Contains(card, `"value":"od-3"`) != want {
			t.Errorf("%s: the department beside is offered: want %t\n%s", line, want, card)
		}
	}
}
