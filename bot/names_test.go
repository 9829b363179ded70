package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/access"
	"usagebot/locale"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// newCompany returns a scene with a few departments and apps on Wednesday 2026-11-18.
func newCompany(t *testing.T) *scene {
	t.Helper()
	time.Sleep(time.Until(time.Date(2026, 11, 18, 11, 0, 0, 0, time.UTC)))
	s := newScene(t)
	list := func(context.Context) ([]usage.Department, error) {
		return []usage.Department{
			{ID: "od-rd", ParentID: "0", Name: "研发部", I18n: map[string]string{"en_us": "R&D Center"}},
			{ID: "od-be", ParentID: "od-rd", Name: "后端组", I18n: map[string]string{"en_us": "Backend"}},
			{ID: "od-mk", ParentID: "0", Name: "市场部", I18n: map[string]string{"en_us": "Marketing"}},
			{ID: "od-sales", ParentID: "0", Name: "销售部", I18n: map[string]string{"en_us": "Sales"}},
			{ID: "od-pd", ParentID: "0", Name: "产品部"},
			{ID: "od-be2", ParentID: "od-pd", Name: "后端组", I18n: map[string]string{"en_us": "Backend"}},
			{ID: "od-fin", ParentID: "0", Name: "财务部", I18n: map[string]string{"en_us": "Finance"}},
			{ID: "od-exp", ParentID: "0", Name: "报销"},
			{ID: "od-mall", ParentID: "0", Name: "商城运营部"},
			{ID: "od-none", ParentID: "0", Name: ""},
		}, nil
	}
	departments := directory.New(list, &notes{m: map[string][]byte{}, ttl: map[string]time.Duration{}, until: map[string]time.Time{}, ledger: &ledger{}}, time.Now)
	t.Cleanup(departments.Close)
	s.rights.Directory = departments
	s.set(func(settings *Settings) {
		settings.Directory = departments
		settings.Apps = directory.Apps{{ID: "cli_a", Name: "用量助手"}, {ID: "cli_m", Name: "商城"}, {ID: "cli_e", Name: "报销"}}
	})
	return s
}

func (s *scene) answer(t *testing.T, line string) Answer {
	t.Helper()
	return s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: line, Single: true})
}

// asked returns the question that the last line was understood as.
func (s *scene) asked(t *testing.T) string {
	t.Helper()
	line, _ := s.notes.Get(t.Context(), sessionKey(Request{ChatID: "oc_1", UserID: "ou_1", Single: true}))
	return string(line)
}

// TestTypedLines types lines as people do, and looks at the question that each is understood as.
func TestTypedLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newCompany(t)
		for line, want := range map[string]string{
			"/usage weekly 市场部":                  "/usage weekly dept:市场部",
			"/top 研发":                            "/top dept:研发部",
			"/trend weekly Marketing":            "/trend weekly dept:市场部",
			"/usage 商城":                          "/usage app:cli_m",
			"/usage shangcheng 上周":               "/usage app:cli_m date:last-week",
			"/用量 研发部/后端组 周报":                     "/usage weekly dept:研发部/后端组",
			"/usage 市场部 上周 商城":                   "/usage dept:市场部 app:cli_m date:last-week",
			"/usage weekly R&D Center":           "/usage weekly dept:研发部",
			"/usage dept:R&D Center weekly":      `/usage weekly dept:"R&D Center"`,
			"/usage dept:finance department":     `/usage dept:"finance department"`,
			"/usage marketing team":              "/usage dept:市场部",
			"/用量 财务 部门":                          "/usage dept:财务部",
			"/usage市场部":                          "/usage dept:市场部",
			"/usage app 商城":                      "/usage app app:cli_m",
			"/usage app:商城 市场":                   "/usage dept:市场部 app:商城",
			"/usage 近7天 销售":                      "/trend daily dept:销售部 n:7",
			"/usage 11-01..11-15 市场部":            "/trend daily dept:市场部 date:2026-11-15 n:15",
			"/用量 Q3":                             "/trend monthly date:2026-09-01 n:3",
			"/usage 2026":                        "/trend monthly date:2026-11-01 n:11",
			"/trend weekly 2026-09-01..11-15 商城": "/trend weekly app:cli_m date:2026-11-09 n:11",
			"/usage 2026-11-16..2026-11-16":      "/usage date:2026-11-16",
			"/trend 昨天到昨天":                       "/trend date:yesterday",
		} {
			if a := s.answer(t, line); a.Problem || s.asked(t) != want {
				t.Errorf("%s is understood as %s, want %s:\n%s", line, s.asked(t), want, a.Card.Text())
			}
		}
	})
}

// TestTypedLines_AskedBack has lines that fit several things, or nothing.
func TestTypedLines_AskedBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newCompany(t)
		for line, want := range map[string][]string{
			"/usage 后端组":                    {"/usage dept:od-be", "/usage dept:od-be2"},
			"/usage backend team weekly":    {"/usage weekly dept:od-be", "/usage weekly dept:od-be2"},
			"/usage 报销 weekly":              {"/usage weekly app:cli_e", "/usage weekly dept:od-exp", "应用"},
			"/usage Slaes weekly":           {"没看懂|不认识", "/usage weekly dept:od-sales"},
			"/usage weekyl":                 {"weekyl", "/usage weekly"},
			"/usage h5weekly":               {"/usage h5 weekly"},
			"/usage 商成":                     {"/usage app:cli_m"},
			"/usage 上上上上":                   {"上上上上"},
			"/usage 灰度 上周":                  {"灰度"},
			"/usage dept:R&D Kitchen":       {"Kitchen", `部门:"R&D Kitchen"`},
			"/usage 市场部 销售部":                {"部门"},
			"/usage 2026-02-30":             {"2026-02-30", "2026 年 2 月有 28 天"},
			"/usage 11月31日":                 {"11 月最多 30 天"},
			"/usage 2026-11-15..2026-11-01": {"早于"},
			"/usage 2026-10-01..2026-11-15": {"46 天", "/trend weekly date:2026-11-09 n:7", "/trend monthly date:2026-11-01 n:2"},
			"/usage 2026-11-01..2026-11-30": {"还没"},
			"/top 去年":                       {"去年"},
		} {
			a := s.answer(t, line)
			card := string(a.Card.JSON())
			if !a.UsageError && !a.Problem {
				t.Errorf("%s is answered: %s", line, a.Card.Text())
			}
			for _, part := range want {
				if !slices.ContainsFunc(strings.Split(part, "|"), func(p string) bool {
					return strings.Contains(card, strings.ReplaceAll(p, `"`, `\"`))
				}) {
					t.Errorf("%s: %s is not said in\n%s", line, part, card)
				}
			}
		}
		for _, line := range []string{"/usage 上上上上", "/usage 下周", "/usage next-week", "/usage 明天"} {
			if card := string(s.answer(t, line).Card.JSON()); strings.Contains(card, `"cmd":"/usage`) {
				t.Errorf("%s offers another period:\n%s", line, card)
			}
		}
	})
}

// TestRange_SaysThatThereIsNoTotal looks at the note on the card of a range.
func TestRange_SaysThatThereIsNoTotal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newCompany(t)
		for line, want := range map[string]bool{
			"/usage 2026-11-01..2026-11-15": true, "/usage last 7 days": true, "/trend weekly n:4": true,
			"/trend weekly": false, "/trend daily n:7 h5 metric:pv": false, "/usage weekly": false,
		} {
			if said := strings.Contains(s.answer(t, line).Card.Text(), "没有去重后的总人数"); said != want {
				t.Errorf("%s: it is said that there is no total: %v, want %v", line, said, want)
			}
		}
	})
}

// TestHiddenDepartments_AreNeverNamed has a person who sees only 后端组 and types what they know or guess of others.
func TestHiddenDepartments_AreNeverNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newCompany(t)
		s.notes.grants = []access.Grant{{Subject: access.Subject{Kind: access.Person, ID: "ou_1"}, Role: access.Viewer, Department: "od-be"}}
		for _, line := range []string{
			"/usage dept:caiwu", "/usage dept:财", "/usage dept:fin", "/usage 财", "/usage dept:财物部", "/usage dept:od-fin", "/usage caiwubu",
			"/top dept:shichang", "/trend 市扬部", "/usage", "/top", "/usage dept:后端组", "/trend", "/usage 后端", "/usage dept:研发部/后端",
			"/subscribe weekly dept:od-fin", "/usage dept:nothing", "/usage dept:od-rd",
		} {
			a := s.answer(t, line)
			card := string(a.Card.JSON())
			for _, hidden := range []string{"财务", "市场部", "销售", "研发部", "产品部", "Finance", "Sales", "Marketing"} {
				if strings.Contains(withoutHelp(card), hidden) && !strings.Contains(line, hidden) {
					t.Errorf("%s names %s:\n%s", line, hidden, card)
				}
			}
		}
		for line, want := range map[string]string{"/usage dept:财务部": "没有查看“财务部”的权限", "/usage dept:od-fin": "没有查看这个部门的权限"} {
			if text := s.answer(t, line).Card.Text(); !strings.Contains(text, want) {
				t.Errorf("%s: %q is not said in\n%s", line, want, text)
			}
		}
	})
}

// withoutHelp drops the fixed texts that use 研发部 as an example.
func withoutHelp(card string) string {
	return strings.NewReplacer("研发部/后端组）", "", "部门:研发部", "", "dept:研发部", "").Replace(card)
}

// TestAppNames_InTheOtherLanguage asks in a chat in English, where the platform has an English name for the app, and in one in Chinese.
func TestAppNames_InTheOtherLanguage(t *testing.T) {
	t.Parallel()
	now, asked, failure := time.Now(), 0, error(nil)
	names := &otherNames{
		own: locale.Chinese, known: map[string]otherName{}, now: func() time.Time { return now },
		ask: func(_ context.Context, id string, lang locale.Language) (string, error) {
			asked++
			return map[string]string{"cli_a": "Mall", "cli_b": "报销"}[id], failure
		},
	}
	complete := func() directory.Apps {
		apps := directory.Apps{{ID: "cli_a", Name: "商城"}, {ID: "cli_b", Name: "报销"}}
		names.complete(t.Context(), apps)
		return apps
	}
	apps := complete()
	if apps[0].English != "Mall" || apps[1].English != "" {
		t.Fatalf("the names are %+v", apps)
	}
	for text, want := range map[string]string{"Mall": "cli_a", "商城": "cli_a", "shangcheng": "cli_a", "报销": "cli_b"} {
		if app, ok := apps.Find(text); !ok || app.ID != want {
			t.Errorf("%s is %+v", text, app)
		}
	}
	if got := apps[0].In("en_us").Name + apps[0].In("zh_cn").Name + apps[1].In("en_us").Name; got != "Mall商城报销" {
		t.Error(got)
	}
	if complete(); asked != 2 {
		t.Errorf("the platform was asked %d times, want 2", asked)
	}
	now, failure = now.Add(appNameKept), errors.New("the platform does not answer")
	if apps = complete(); asked != 4 || apps[0].English != "Mall" {
		t.Errorf("after a failure the names are %+v, asked %d times", apps, asked)
	}
}

// TestAppList_IdentifiedDuringARead: the names that the platform gives are not replaced by a read that began before them.
func TestAppList_IdentifiedDuringARead(t *testing.T) {
	t.Parallel()
	asked, goOn := make(chan struct{}), make(chan struct{})
	names := &otherNames{
		own: locale.Chinese, known: map[string]otherName{}, now: time.Now,
		ask: func(context.Context, string, locale.Language) (string, error) {
			close(asked)
			<-goOn
			return "", nil
		},
	}
	l := newAppList(noBook{}, directory.Apps{{ID: "cli_a"}}, names)
	var both sync.WaitGroup
	both.Go(func() { _ = l.read(t.Context()) })
	<-asked
	both.Go(func() { l.identify(directory.Apps{{ID: "cli_a", Name: "商城"}}) })
	close(goOn)
	both.Wait()
	if got := l.name("cli_a"); got != "商城" {
		t.Errorf("the app is called %q, want the platform's name", got)
	}
}

// noBook is an appBook of administrators who have chosen nothing.
type noBook struct{ appBook }

func (noBook) Apps(context.Context) (directory.Apps, error) { return nil, nil }
