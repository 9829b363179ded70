package command

import (
	"testing"

	"usagebot/usage"
)

// TestOtherFormsOfTheSame reads the several ways in which people write the same, and refuses some that are none of ours.
func TestOtherFormsOfTheSame(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"/usage dept=研发部 weekly":                        "/usage weekly dept:研发部",
		"/用量 部门＝研发部 应用=商城":                              "/usage dept:研发部 app:商城",
		`/usage dept="研发 部"`:                            `/usage dept:"研发 部"`,
		"/usage dept = 研发部":                             "/usage dept:研发部",
		"/usage dept:a=b":                               `/usage dept:"a=b"`,
		"/trend n=12":                                   "/trend n:12",
		"/usage ability:h5 cycle:weekly":                "/usage weekly h5",
		"/用量 能力:网页 周期=周报":                               "/usage weekly h5",
		"/usage ability h5":                             "/usage h5",
		"/usage today":                                  "/usage date:today",
		"/用量 周报 今天":                                     "/usage weekly date:today",
		"/help admin backfill":                          `/help "admin backfill"`,
		"/帮助 管理 补数":                                     `/help "admin backfill"`,
		"/help /admin grant":                            `/help "admin grant"`,
		"/admin backfill 30":                            "/admin backfill 30d",
		"/管理 补数 30天 应用:商城":                              "/admin backfill 30d app:商城",
		"/admin backfill days:30days":                   "/admin backfill 30d",
		"/admin refresh":                                "/admin refresh",
		"/管理 刷新 7天 应用:商城 部门:研发部":                        "/admin refresh 7d dept:研发部 app:商城",
		"/管理 刷新 从:2026年11月1日 到：2026/11/7":               "/admin refresh from:2026-11-01 to:2026-11-07",
		"/admin refresh since:2026-11-1 until:20261107": "/admin refresh from:2026-11-01 to:2026-11-07",
		"/管理 刷新 上周":                                     "/admin refresh date:last-week",
		"/admin refresh 2026-10 app:商城":                 "/admin refresh app:商城 date:2026-10",
		"/管理 刷新 进度 应用:商城":                               "/admin refresh app:商城 progress",
		"/admin grant to:chat:this viewer":              "/admin grant to:\"this\" viewer",
		"/管理 授权 给:会话:本群 查看者":                            "/admin grant to:\"this\" viewer",
		"/admin grant to:members:财务部 viewer":            "/admin grant to:财务部 viewer",
		"/管理 授权 给：成员：财务部 查看者":                           "/admin grant to:财务部 viewer",
		"/admin grant user:" + anID + " admin":          "/admin grant to:" + anID + " admin",
		"/admin grant to:user:@" + anID + " viewer":     "/admin grant to:" + anID + " viewer",
	} {
		if got := parse(t, text).String(); got != want {
			t.Errorf("%s is read as %s, want %s", text, got, want)
		}
	}
}

func TestTodayIsADay(t *testing.T) {
	t.Parallel()
	c := parse(t, "/用量 今日")
	if c.Args.When.Kind != usage.Today || c.Args.ResolvedCycle() != usage.Daily {
		t.Errorf("%+v", c.Args)
	}
	today := usage.Date{Year: 2026, Month: 11, Day: 25}
	for cycle, start := range map[usage.Cycle]string{usage.Daily: "2026-11-25", usage.Weekly: "2026-11-23", usage.Monthly: "2026-11-01"} {
		if p, ok := c.Args.When.Period(cycle, today); !ok || p.Start.String() != start || !c.Args.When.Fits(cycle) {
			t.Errorf("%s: %v, %v", cycle, p, ok)
		}
	}
}
