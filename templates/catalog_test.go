package templates

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usagebot/access"
	"usagebot/bot/sentence"
	"usagebot/locale"
	"usagebot/templates/card"
	"usagebot/usage"
)

func newTemplates(t testing.TB) *Templates {
	t.Helper()
	all, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTextsAreShownWhole(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages() {
		cat := newTemplates(t).In(lang)
		for _, key := range cat.Keys() {
			if text := cat.Raw(key); len([]rune(text)) > card.MaxText-card.MaxName {
				t.Errorf("%s %s: too long to be shown whole: %q", lang, key, text)
			}
		}
	}
}

// families are the keys whose end is only known when a card is drawn.
func families() map[string][]string {
	var cycles, abilities, shown, metrics, problems, weekdays, uv []string
	for _, c := range usage.Cycles() {
		cycles = append(cycles, c.String())
	}
	for _, a := range usage.Abilities() {
		abilities = append(abilities, string(a))
	}
	uv = slices.Clone(abilities)
	shown = append(slices.Clone(abilities), string(usage.All))
	for _, m := range usage.AllMetrics() {
		metrics = append(metrics, string(m))
	}
	for _, k := range ProblemKeys() {
		problems = append(problems, string(k)+".what", string(k)+".todo")
	}
	for i := range 7 {
		weekdays = append(weekdays, strconv.Itoa(i))
	}
	var arguments, titles, months []string
	for i := range 12 {
		months = append(months, strconv.Itoa(i+1))
	}
	for _, a := range []string{
		"cycle", "ability", "dept", "app", "date", "topic", "time", "on", "tz", "until", "id", "lang", "confirm", "n", "metric", "by", "form",
		"to", "person", "chat", "role", "state", "do", "name", "days", "page", "from", "through", "progress", "last", "names",
	} {
		arguments = append(arguments, a, a+".name")
	}
	arguments = append(arguments, "id.todo", "to.todo", "days.todo", "from.todo", "through.todo", "tz.todo", "last.todo") // of these there is more to say
	for _, k := range ProblemKeys() {
		titles = append(titles, k.kind().title)
	}
	var rolesTitles, acts, healths, grades []string
	for _, k := range rolesKinds() {
		rolesTitles = append(rolesTitles, string(k))
	}
	for _, a := range access.Acts() {
		acts = append(acts, string(a))
	}
	for _, h := range Healths() {
		healths = append(healths, string(h))
	}
	for _, g := range Grades() {
		grades = append(grades, string(g))
	}
	var subscribed, done, back, notices, outcomes, causes []string
	for _, k := range subscribedKinds() {
		subscribed = append(subscribed, string(k))
	}
	for _, k := range DoneKeys() {
		back = append(back, string(k))
	}
	for _, k := range NoticeKinds() {
		notices = append(notices, string(k))
	}
	for _, o := range Outcomes() {
		outcomes = append(outcomes, string(o))
	}
	for _, c := range Causes() {
		causes = append(causes, string(c))
	}
	asks, refuses := sentence.Whys()
	var whys []string
	for _, why := range slices.Concat(asks, refuses) {
		whys = append(whys, string(why))
	}
	done = slices.DeleteFunc(slices.Clone(back), func(k string) bool { return k == string(DoneRequeued) })
	return map[string][]string{
		"sentence.title.": {"ask", "cannot", "confirm", "chat", "not_yet"}, "sentence.body.": {"confirm", "chat"}, "sentence.offers.": {"ask", "cannot"},
		"sentence.why.": whys, "sentence.unnamed.": {
			"not_known", "no_department", "several_meanings", "period_unclear", "cycle_contradicts", "one_period_only", "long_periods",
		},
		"digest.cycle.": cycles, "language.": {"zh", "en"}, "timing.weekday.": {"mon", "tue", "wed", "thu", "fri", "sat", "sun"},
		"outcome.": outcomes, "cause.": causes, "paused.": {"by_person", "chat_gone", "chat_forbids", "not_allowed", "bad_schedule", "chat_external"},
		"subscribed.": subscribed, "done.": back, "done.what.": done, "done.back.": back,
		"notice.": {"chat_gone", "chat_forbids", "not_allowed", "bad_schedule", "chat_external", "handed_over"}, "notice.todo.": notices, "notice.button.": notices[1:],
		"cycle.": cycles, "usage.not_out.": cycles, "trend.not_out.": cycles, "trend.no_total.": cycles, "trend.change.": cycles, "month.": months, "usage.unfinished.": cycles, "usage.before.": cycles,
		"usage.before.whole.": cycles, "usage.compared.": cycles, "usage.beside.": cycles,
		"ability.": shown, "explain.uv.": uv, "metric.": metrics, "explain.": metrics[1:], "weekday.": weekdays,
		"problem.": problems, "problem.title.": titles,
		"command.": {
			"usage", "help", "subscribe", "subs", "unsubscribe", "pause", "resume", "test", "history", "retry", "settings", "trend",
			"top", "compare", "why", "forget-me", "admin", "admin status", "admin subs", "admin hand-over", "admin run", "admin retry", "admin grant", "admin revoke",
			"admin roles", "admin apps", "admin chats", "admin history", "admin audit", "admin backfill", "admin refresh", "admin doctor",
		},
		"compare.title.": {"dept", "ability", "app", "date"}, "compare.column.": {"dept", "ability", "app", "date"},
		"compare.overlap.": {"dept", "ability", "app"}, "compare.open.": {"trend", "usage"},
		"roles.title.": rolesTitles, "roles.access.": {"everyone", "listed"}, "role.": {"admin", "viewer"},
		"subject.": {"person", "chat", "department"}, "act.": acts, "health.": healths, "grade.": grades,
		"record.state.": {"active", "paused", "removed"},
		"argument.":     arguments,
		"number.unit.":  {"1", "2", "3"}, "trend.span.": cycles, "top.before.": cycles,
		"told.": {"rose", "fell"}, "told.value.": metrics, "told.count.": metrics, "told.nobody.": cycles, "usage.base.": append([]string{"working_day"}, cycles...), "usage.base.whole.": cycles, "told.against.": cycles,
		"told.mover.": {"rose", "fell"}, "form.title.": {"new", "change"}, "form.submit.": {"new", "change"},
		"zone.": {
			"Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Asia/Seoul", "Asia/Dubai", "Europe/London",
			"Europe/Paris", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Australia/Sydney", "UTC",
		},
	}
}

// keysInSource returns the string constants of the package that look like keys.
func keysInSource(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`^[a-z_]+(\.[a-z0-9_]+)*\.?$`)
	var keys []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil && strings.Contains(s, ".") && key.MatchString(s) {
					keys = append(keys, s)
				}
			}
			return true
		})
	}
	return keys
}

func TestEveryKeyIsUsedAndEveryUsedKeyExists(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, key := range keysInSource(t) {
		ends, isFamily := families()[key]
		if strings.HasSuffix(key, ".") && !isFamily {
			t.Errorf("the source begins keys with %q, which this test does not know", key)
		}
		for _, end := range ends {
			used[key+end] = true
		}
		if !isFamily {
			used[key] = true
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(used)), newTemplates(t).In(locale.Chinese).Keys()); diff != "" {
		t.Errorf("keys differ (-used in the source +in the files):\n%s", diff)
	}
}

func TestCountUsesTheSingular(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	tests := []struct {
		lang locale.Language
		n    int
		want string
	}{
		{locale.English, 1, "1 department matches “X”. Is it this one?"},
		{locale.English, 2, "2 departments match “X”. Choose one."},
		{locale.English, 1200, "1,200 departments match “X”. Choose one."},
		{locale.Chinese, 1, "找到 1 个匹配“X”的部门，是它吗？"},
	}
	for _, tt := range tests {
		if got := all.In(tt.lang).count("choice.question", tt.n, "word", "X"); got != tt.want {
			t.Errorf("count %d in %s = %q, want %q", tt.n, tt.lang, got, tt.want)
		}
	}
}

func TestEveryReasonHasItsOwnWords(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	for _, lang := range locale.Languages() {
		seen := map[string]usage.Reason{}
		for _, r := range reasons() {
			what := problem(all.In(lang), ReasonKey(r), "what", nil)
			if other, ok := seen[what]; ok {
				t.Errorf("%s: %s and %s are told alike: %q", lang, r, other, what)
			}
			seen[what] = r
		}
	}
	if got := ReasonKey("something new"); got != ReasonKey(usage.Rejected) {
		t.Errorf("an unknown reason has the key %s", got)
	}
}

// TestOutcomesAndCausesAreComplete reads them from the source of reports, which this package does not import.
func TestOutcomesAndCausesAreComplete(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../reports/subscription.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := func(kind string) (all []string) {
		for _, m := range regexp.MustCompile(`(?m)`+kind+`\s+= "([a-z_]+)"`).FindAllSubmatch(source, -1) {
			all = append(all, string(m[1]))
		}
		return slices.Sorted(slices.Values(all))
	}
	var outcomes, causes []string
	for _, o := range Outcomes() {
		outcomes = append(outcomes, string(o))
	}
	for _, c := range Causes() {
		causes = append(causes, string(c))
	}
	slices.Sort(outcomes)
	slices.Sort(causes)
	if diff := cmp.Diff(declared("DeliveryState"), outcomes); diff != "" {
		t.Errorf("outcomes differ (-reports +templates):\n%s", diff)
	}
	if diff := cmp.Diff(declared(" Reason"), causes); diff != "" {
		t.Errorf("causes differ (-reports +templates):\n%s", diff)
	}
}

// TestReasonsAreComplete reads the reasons from the source of usage, so that a new one is not forgotten here.
func TestReasonsAreComplete(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../usage/figures.go")
	if err != nil {
		t.Fatal(err)
	}
	var declared, known []string
	for _, m := range regexp.MustCompile(`(?m)Reason\s+= "([a-z_]+)"`).FindAllSubmatch(source, -1) {
		declared = append(declared, string(m[1]))
	}
	for _, r := range reasons() {
		known = append(known, string(r))
	}
	if diff := cmp.Diff(declared, known); diff != "" {
		t.Errorf("reasons differ (-usage +templates):\n%s", diff)
	}
}
