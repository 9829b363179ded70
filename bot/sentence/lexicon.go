package sentence

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"usagebot/bot/command"
	"usagebot/usage"
)

// sort is what a token is, grammatically.
type sort int

const (
	unknown     sort = iota
	filler           // carries no meaning
	separator        // a comma, a full stop
	noun             // says only that usage is spoken of: 数据, users
	verb             // to use
	join             // 和, and
	within           // 的, /, inside
	toward           // 到, to
	since            // 以来, since
	metric           // value: a metric; cycle: 日活 has one
	people           // how many people
	times            // how many times
	vagueMetric      // 流量, hits
	cycle            // 周报, weekly
	each             // 每天, day by day: a series
	series           // 每个月: a series or a cycle
	ability          // value: an ability
	company          // 全公司
	units            // the departments below one
	unitSuffix       // 部, team
	ownUnit          // 我们部门, my team
	name             // a department or an app
	when             // a period
	span             // 近8周
	bareSpan         // 8周
	number           //
	percent          //
	rank             // 前三, top 3
	clock            //
	schedule         // 每周一, workdays; value: as in `on:`
	identity         // k7q2mw
	weekOf           // week of
	intent           // value: a command
	versus           // 对比
	together         // 一共, combined
	growth           // 增长
	most             // 用得最多
	changed          // 涨得最多
	coverage         //
	which            // 哪个部门, by department
	allApps          // 所有应用, which app
	send             // 发, send
	target           // 发到群里
	report           // a digest
	below            //
	above            //
	drop             //
	anomaly          //
	language         // value: as in `lang:`
	format           // value: as in `format:`
	export           //
	chart            // 画个图
	byUsers          // by:users: not by their change
	yearAgo          // 同比
	how              // how do I
	why              //
	refused          // value: a Why
	hinted           // like refused, if usage is spoken of
	greeting         // hello, thanks
	follow           // 那, what about
)

type entry struct {
	sort  sort
	value string
	cycle usage.Cycle
}

// lexicon returns the vocabulary: what each folded word or phrase is. It is made once.
var lexicon = sync.OnceValue(func() (words struct {
	of      map[string]entry
	longest map[rune]int // in runes, by the first rune
},
) {
	words.of, words.longest = map[string]entry{}, map[rune]int{}
	add := func(e entry, text string) {
		for _, word := range strings.Split(text, "|") {
			words.of[word] = e
			first, _ := utf8.DecodeRuneInString(word)
			words.longest[first] = max(words.longest[first], utf8.RuneCountInString(word))
		}
	}
	for _, v := range command.AbilityArg().Values {
		if v.Means == string(usage.AppAbility) || v.Means == string(usage.All) {
			continue
		}
		for _, word := range slices.Concat(v.En, v.Zh) {
			add(entry{sort: ability, value: v.Means}, word)
		}
	}
	for _, v := range command.MetricArg().Values {
		for _, word := range slices.Concat(v.En, v.Zh) { // with the key they mean this alone
			add(entry{sort: metric, value: v.Means}, "metric:"+word+"|指标:"+word)
		}
	}
	for _, group := range [][]definition{questionWords, subjectWords, changeWords, refusals, smallWords, holidayWords()} {
		for _, d := range group {
			add(entry{sort: d.sort, value: d.value, cycle: d.cycle}, d.words)
		}
	}
	return words
})

// definition gives words, separated by bars, one meaning.
type definition struct {
	sort  sort
	value string
	cycle usage.Cycle
	words string
}

// corrigible returns the words that a misspelt one may mean: those that carry meaning and are long enough to be told from
// others.
var corrigible = sync.OnceValue(func() (list []spelled) {
	for word, e := range lexicon().of {
		meaningful := slices.Contains([]sort{metric, cycle, intent, ability, which, allApps, coverage, export}, e.sort)
		if meaningful && (utf8.RuneCountInString(word) > 4 || word == "周报" || word == "日报" || word == "月报") && !strings.Contains(word, " ") {
			list = append(list, spelled{word, e})
		}
	}
	slices.SortFunc(list, func(a, b spelled) int { return strings.Compare(a.word, b.word) })
	return list
})
