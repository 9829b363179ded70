package command

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"usagebot/locale"
)

func seeds(f *testing.F) []string {
	f.Helper()
	lines := []string{
		"", "/", "／用量　周报　网页　部门：研发部", `/usage dept:"研发 ""一"" 部" app:'a b' date:“last week”`, "/usage dept: app : x :y",
		"/usage weekyl", "/用量周报", "/usage dpet:x", "/usage dept 研发部", "/usage weekly 2026-10", "/usage 2026-02-30", "/help usgae",
		"\ufeff/us\u200bage \u200b dept:\u200b\u200b", "/usage \xff dept:\xc3", "/usage 'unclosed", "monthly", "部门:全部", "谢谢", "weekly please",
		"/subscribe weekly on monday at 10:30", "/订阅 每周一 周报 下午3点半 时区：New York", "/subscribe daily on:mon 25:61", "/订阅 月报 每月15日 9点",
		"/subscribe monthly on last day tz:etc/GMT+8 app:“10:30”", "/subcsribe dayly", "/pause K7Q2MW 3天", "/pause until 2026-12-01", "/暂停 k7q2mw 到:+400d",
		"/unsubscribe k7q2mw confrim", "/retry 234567 20261116", "/history k7q2m0", "/settings language english", "/设置 中文 应用:商城", "/resume k7q2mw x",
		"/compare weekly dept:a dept:b dept:all", "/对比 小程序 网页 上周 本周", "/compare 2026-10 2026-09-01 metric:pv h5", "/比较 部门:a 部门：“b c” app:x app:y",
		"/compare dept:a dept:b dept:c dept:d dept:e dept:f weekly", "/top by: change n:5", "/排行 按 变化", "/为什么 上周",
		"/趋势 周报 数量：１２ 指标：新增", "/trend bot metric:pv n:40", "/trend n 30 weekly", "/top 20", "/排行榜 全部 期数:50", "/排名周报", "/trend 新增",
		"n", "n:31", "metric: page views", "/subscribe form on:15", "/usage 11-01..11-15 市场部", "/用量近7天h5", "近30天", "Q3 2026", "/top 上上周五", "/usage last:8w name:周报", "/订阅 每 天 表单", "/subscribe on: every day", "/usage weekly 指标:累计用户",
	}
	for _, s := range Builtin() {
		lines = append(lines, append(s.Examples.In(locale.English), s.Examples.In(locale.Chinese)...)...)
	}
	return lines
}

func FuzzParse(f *testing.F) {
	for _, line := range seeds(f) {
		f.Add(line)
	}
	r := registry()
	f.Fuzz(func(t *testing.T, text string) {
		c, err := r.Parse(text)
		if err != nil {
			checkError(t, r, err)
		} else {
			checkAgain(t, r, c)
		}
	})
}

func checkAgain(t *testing.T, r *Registry, c Command) {
	t.Helper()
	for _, line := range []string{c.String(), r.Line(c, locale.Chinese)} {
		again, err := r.Parse(line)
		if err != nil || again != c {
			t.Fatalf("Parse(%q) = %+v, %v, want %+v", line, again, err, c)
		}
	}
}

// becomes returns the command that a line may lead to.
func (s *Spec) becomes(args Args) string {
	if s.Becomes == nil {
		return s.Name()
	}
	return s.Becomes(args)
}

func checkError(t *testing.T, r *Registry, err error) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %T, want an *Error", err)
	}
	if n := utf8.RuneCountInString(e.Word); n > 64 || !utf8.ValidString(e.Word) {
		t.Fatalf("word %q of %d runes", e.Word, n)
	}
	if _, err := r.Parse(e.Corrected); e.Corrected != "" && err != nil {
		t.Fatalf("the corrected line %q is wrong: %v", e.Corrected, err)
	}
	if e.Corrected != "" && e.Suggestion == "" {
		t.Fatalf("corrected to %q without a suggestion", e.Corrected)
	}
	for _, lang := range []locale.Language{locale.English, locale.Chinese} {
		if _, err := r.Parse(e.Example(lang)); err != nil {
			t.Fatalf("the example %q is wrong: %v", e.Example(lang), err)
		}
	}
}

func FuzzReplaceMentions(f *testing.F) {
	f.Add("@_user_1 /usage", "@_user_1", "@_user_10")
	f.Add("@_user_10@_user_1周报 @_all", "@_user_1", "@_all")
	f.Add("a@\xff", "@", "")
	f.Fuzz(func(t *testing.T, text, key, other string) {
		got := ReplaceMentions(text, Mentions{key: "", other: ""})
		if len(got) > len(text)+strings.Count(text, key)+strings.Count(text, other) {
			t.Fatalf("PutMentions(%q) grew to %q", text, got)
		}
		if !strings.Contains(text, key) && !strings.Contains(text, other) && got != ReplaceMentions(text, nil) {
			t.Fatalf("PutMentions(%q, %q, %q) = %q changed what is no mention", text, key, other, got)
		}
	})
}
