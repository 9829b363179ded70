package bot

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/access"
	"usagebot/bot/sentence"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// inWords asks in words, in direct messages.
func (s *scene) inWords(t *testing.T, text string) (Answer, string) {
	t.Helper()
	a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: text, Single: true})
	return a, string(a.Card.JSON())
}

func TestSentence_Rights(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)))
		s := newScene(t)
		s.organise(t, []usage.Department{
			{ID: "od-rd", ParentID: "0", Name: "研发部"},
			{ID: "od-be", ParentID: "od-rd", Name: "后端组"},
			{ID: "od-mk", ParentID: "0", Name: "Marketing"},
			{ID: "od-be2", ParentID: "od-mk", Name: "后端组"},
			{ID: "od-none", ParentID: "0"},
		})
		s.rights.Mode = access.Listed
		s.notes.grants = []access.Grant{viewerGrant(access.Person, "ou_1", "od-rd")}
		for _, tt := range []struct{ say, has, lacks string }{
			{"研发部上周多少人用", "理解为 /用量 周报 部门:研发部 日期:2026-11-09", "cannot"},
			{"后端组上周多少人用", "研发部/后端组", "Marketing"},
			{"Markting 上周", "markting", "Marketing"},
			{"marketing 上周多少人用", "没有查看", "42"},
			{"mark 上周多少人用", "mark", "Marketing"},
			{"每周五下午5点推研发部的周报", "/subscribe weekly 17:00 on:fri dept:研发部", "理解为"},
		} {
			if _, card := s.inWords(t, tt.say); !strings.Contains(card, tt.has) || strings.Contains(card, tt.lacks) {
				t.Errorf("%q is answered without %q or with %q:\n%s", tt.say, tt.has, tt.lacks, card)
			}
		}
	})
}

func TestSentence_WithoutDirectory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)))
		s := newScene(t)
		s.organise(t, tree())(&usage.Failure{Reason: usage.MissingScope, Code: 40004, Scopes: []string{"contact:department"}})
		if a, card := s.inWords(t, "运营部上周用得怎么样"); !a.Problem || !strings.Contains(card, "contact:department") {
			t.Errorf("a department while none is known:\n%s", card)
		}
		if a, card := s.inWords(t, "昨天多少人用了"); a.Problem || !strings.Contains(card, "理解为") {
			t.Errorf("no department is named:\n%s", card)
		}
	})
}

// TestSentence_BareCommands writes commands without their slash.
func TestSentence_BareCommands(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		for text, has := range map[string]string{
			"list": "本会话的订阅", "help usage": "/用量", "forget-me": "执行", "settings lang:en": "执行", "退订 k7q2mw": "执行", "settings": "设置",
		} {
			if _, card := s.inWords(t, text); !strings.Contains(card, has) {
				t.Errorf("%q is answered without %q:\n%s", text, has, card)
			}
		}
	})
}

// TestSentence_NotYet carries out lines that the grammar does not read.
func TestSentence_NotYet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		c := s.bot.answers.in(t.Context(), "oc_1")
		c.rights = access.Rights{Everything: true}
		for line, want := range map[string][]string{
			"/export trend weekly n:12":          {"/trend weekly n:12"},
			"/teleport daily":                    {"/subs"},
			"/top weekly by:nothing":             {"/top weekly"},
			"/apps weekly date:2026-11-09 weird": {"/subs"},
		} {
			_, err := plainQuestions{c}.carryOut(t.Context(), sentence.Reading{Kind: sentence.Run, Line: line})
			if no := new(notRun); !errors.As(err, &no) || no.reading.Why != sentence.NotYet || !slices.Equal(no.offers, want) {
				t.Errorf("%s gives %+v, want %q", line, err, want)
			}
		}
	})
}

// TestSentence_OffersAskFirst clicks the offer of a subscription: it is confirmed before it is made.
func TestSentence_OffersAskFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)))
		s := newScene(t)
		_, card := s.inWords(t, "订阅研发部，早上9点")
		const offer = "subscribe weekly 09:00 dept:研发部"
		if !strings.Contains(card, `"`+offer+`"`) || strings.Contains(card, `"/subscribe`) {
			t.Fatalf("the offers are not %q and the like:\n%s", offer, card)
		}
		a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", MessageID: "om_1", Text: offer, Click: true, Single: true})
		if asked := string(a.Card.JSON()); !strings.Contains(asked, `"/`+offer+`"`) {
			t.Errorf("the click does not ask for confirmation:\n%s", asked)
		}
		if list, _ := s.notes.ledger.InChat(t.Context(), "oc_1"); len(list) != 0 {
			t.Errorf("the click subscribed: %v", list)
		}
	})
}

// TestSentence_Holidays reads a holiday by the calendar of the settings.
func TestSentence_Holidays(t *testing.T) {
	t.Parallel()
	list := holidays(usage.NewWorkdays(usage.China), usage.NewDate(2026, 11, 18))
	for _, want := range []sentence.Holiday{
		{Name: "国庆节", First: usage.NewDate(2026, 10, 1), Last: usage.NewDate(2026, 10, 7)},
		{Name: "国庆中秋", First: usage.NewDate(2025, 10, 1), Last: usage.NewDate(2025, 10, 8)},
		{Name: "春节", First: usage.NewDate(2026, 2, 15), Last: usage.NewDate(2026, 2, 23)},
	} {
		if !slices.Contains(list, want) {
			t.Errorf("%v is not among %v", want, list)
		}
	}
	if list := holidays(usage.NewWorkdays(usage.NoCountry), usage.NewDate(2026, 11, 18)); len(list) != 0 {
		t.Errorf("without a calendar there is %v", list)
	}
}

// TestSentence_AppInEnglish names an app in English, and gets it in English in a chat in English.
func TestSentence_AppInEnglish(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)))
		s := newScene(t)
		s.settings.Apps = directory.Apps{{ID: "cli_a", Name: "商城", English: "Mall"}, {ID: "cli_b", Name: "报销", English: "Expenses"}}
		s.make()
		for language, has := range map[string]string{"zh": "报销", "en": "Expenses"} {
			s.notes.set.Language = language
			if _, card := s.inWords(t, "Expenses last week"); !strings.Contains(card, has) {
				t.Errorf("in %s the card does not name %s:\n%s", language, has, card)
			}
		}
	})
}
