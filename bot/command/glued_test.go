package command

import (
	"testing"
)

// TestWithoutSpaces reads lines whose words run together, or have other marks between them.
func TestWithoutSpaces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"/usage周报":                "/usage weekly",
		"/用量上周h5":                 "/usage h5 date:last-week",
		"/用量h5上周":                 "/usage h5 date:last-week",
		"/USAGE上周":                "/usage date:last-week",
		"/用量:上周h5":                "/usage h5 date:last-week",
		"/用量部门:研发部":               "/usage dept:研发部",
		"/用量 上周网页":                "/usage h5 date:last-week",
		"/用量 上周五网页应用":             "/usage h5 date:last-friday",
		"/用量 11月3日h5":             "/usage h5 date:11-03",
		"/用量近7天小程序":               "/trend daily mp n:7",
		"/趋势近8周":                  "/trend weekly n:8",
		"/排行上月":                   "/top date:last-month",
		"/部门排行研发":                 `/top name:研发`,
		"/usage市场部":               "/usage name:市场部",
		"/订阅日报":                   "/subscribe daily",
		"/订阅列表":                   "/subs",
		"/退订k7q2mw":               "/unsubscribe k7q2mw",
		"/管理状态":                   "/admin status",
		"/管理订阅已暂停":                "/admin subs paused",
		"/帮助用量":                   "/help usage",
		"/用量，周报，网页":               "/usage weekly h5",
		"/用量 周报、网页、上周。":           "/usage weekly h5 date:last-week",
		"/usage weekly, h5,":      "/usage weekly h5",
		"/usage weekly,dept:a,h5": "/usage weekly h5 dept:a",
		`/usage dept:"a, b"`:      `/usage dept:"a, b"`,
		"/usage?":                 "/usage",
	} {
		if got := parse(t, text).String(); got != want {
			t.Errorf("%s is read as %s, want %s", text, got, want)
		}
	}
}

// TestNames keeps the words that no argument knows as names.
func TestNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"/usage weekly 市场部":              "/usage weekly name:市场部",
		"/top 研发":                        "/top name:研发",
		"/trend weekly Marketing":        "/trend weekly name:Marketing",
		"/usage 商城":                      "/usage name:商城",
		"/usage 研发部/后端组 周报":              "/usage weekly name:研发部/后端组",
		"/usage R&D Center weekly":       `/usage weekly name:"R&D Center"`,
		"/usage dept:R&D Center weekly":  `/usage weekly dept:"R&D" name:Center`,
		"/usage 市场部 上周 商城":               `/usage name:"市场部 商城" date:last-week`,
		`/usage "Growth Team" h5`:        `/usage h5 name:"Growth Team"`,
		"/usage dept:finance department": "/usage dept:finance name:department",
		"/usage 财务 部门":                   `/usage name:"财务 部门"`,
		"/usage name:weekly":             `/usage name:weekly`,
		"/usage app 商城":                  "/usage app name:商城",
		"/subscribe weekly h5 市场部":       "/subscribe weekly h5 name:市场部",
		"/usage weekyl":                  "/usage name:weekyl", // the bot asks after it has looked for the name
	} {
		if got := parse(t, text).String(); got != want {
			t.Errorf("%s is read as %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"/pause k7q2mw 市场部", "/usage city:上海", "/usage dept 研发部", "/usage dept:"} {
		if c, err := registry().Parse(text); err == nil {
			t.Errorf("%s is read as %s", text, c)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	r := registry()
	for _, text := range []string{"/usage weekly h5 dept:研发部", "/usage 2026-11-01..2026-11-15", "/用量上周五网页应用", "/usage weekly the big marketing department of ours please"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				_, _ = r.Parse(text)
			}
		})
	}
}
