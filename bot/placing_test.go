package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/feishu"
	"usagebot/feishu/events"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/usage"
)

// group makes the scene's chat a group of ou_owner. ou_all may see everything, ou_rd only 研发部, ou_none nothing, and ou_admin
// is an administrator.
func (s *scene) group(t *testing.T) {
	t.Helper()
	s.notes.info = feishu.ChatInfo{OwnerID: "ou_owner"}
	s.rights.Mode, s.rights.Admins = access.Listed, []string{"ou_admin"}
	for person, department := range map[string]string{"ou_all": "", "ou_other": "", "ou_owner": "", "ou_rd": "od-1"} {
		s.notes.grants = append(s.notes.grants, access.Grant{
			Subject: access.Subject{Kind: access.Person, ID: person}, Role: access.Viewer, Department: department,
		})
	}
}

func (s *scene) clickAs(t *testing.T, person string, value map[string]any, option string) events.Response {
	t.Helper()
	r, err := s.bot.Handle(t.Context(), &events.Event{ID: "e2", CreatedAt: time.Now().Add(-s.age), Click: &events.Click{
		OperatorID: person, MessageID: "om_card", ChatID: "oc_1", Value: value, Option: option, Tag: "button",
	}})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return r
}

// told says what became of a click: what its callback says, and what was sent.
func (s *scene) told(r events.Response) string {
	var parts []string
	if r.Toast != nil {
		parts = append(parts, r.Toast.Type)
	}
	if r.Card != nil {
		parts = append(parts, "in place")
	}
	if sent := s.desk.String(); sent != "" {
		parts = append(parts, sent)
	}
	return strings.Join(parts, ", ")
}

func TestPlace_EachKindOfClickInAGroup(t *testing.T) {
	t.Parallel()
	const inPlace, below, refused = "in place", "info, reply om_card ", "error"
	alone := func(person string) string { return "info, ephemeral oc_1 " + person + " problem" }
	for name, tt := range map[string]struct {
		person, line, view string
		with, option       string
		want               string
	}{
		"the same view, another period":         {person: "ou_other", line: "/usage weekly last-week", view: "all", want: inPlace},
		"the same view, another ability":        {person: "ou_other", line: "/usage weekly", view: "all", with: "ability", option: "h5", want: inPlace},
		"the same view, another department":     {person: "ou_other", line: "/usage weekly", view: "all", with: "dept", option: "od-1", want: inPlace},
		"the same view, another metric":         {person: "ou_other", line: "/usage weekly", view: "all", with: "metric", option: "pv", want: inPlace},
		"the same view of a trend":              {person: "ou_other", line: "/trend weekly h5", view: "all", want: inPlace},
		"the same view of a ranking":            {person: "ou_other", line: "/top weekly", view: "all", want: inPlace},
		"a narrower view":                       {person: "ou_rd", line: "/usage weekly", view: "all", want: below + "figures"},
		"a narrower view of one's department":   {person: "ou_rd", line: "/usage weekly dept:od-1", view: "all", want: below + "figures"},
		"a wider view":                          {person: "ou_all", line: "/usage weekly dept:od-1", view: feishu.UUID("od-1")[:8], want: below + "figures"},
		"the same narrow view":                  {person: "ou_rd", line: "/usage weekly dept:od-1", view: feishu.UUID("od-1")[:8], want: inPlace},
		"no view":                               {person: "ou_none", line: "/usage weekly", view: "all", want: refused},
		"a department that may not be seen":     {person: "ou_rd", line: "/usage weekly dept:od-2", view: "all", want: refused},
		"a digest's open button":                {person: "ou_all", line: "/usage weekly last-week", want: below + "figures"},
		"a digest's trend button":               {person: "ou_all", line: "/trend weekly", want: below + "figures"},
		"a digest's ranking button":             {person: "ou_all", line: "/top weekly", want: below + "figures"},
		"a digest's list button":                {person: "ou_all", line: "/subs", want: below + "problem"},
		"a form":                                {person: "ou_owner", line: "/subscribe form weekly", want: below + "problem"},
		"a form for somebody who is no manager": {person: "ou_all", line: "/subscribe form weekly", want: refused},
		"a change":                              {person: "ou_owner", line: "/settings lang:en", want: below + "problem"},
		"a change of somebody who may not":      {person: "ou_all", line: "/settings lang:en", want: refused},
		"the history":                           {person: "ou_all", line: "/history", want: below + "problem"},
		"a question whether to go on":           {person: "ou_all", line: "/forget-me", want: below + "problem"},
		"help":                                  {person: "ou_all", line: "/help", want: alone("ou_all")},
		"a page of help":                        {person: "ou_all", line: "/help usage", want: alone("ou_all")},
		"administrators' help":                  {person: "ou_admin", line: "/admin", want: alone("ou_admin")},
		"an administrators' list":               {person: "ou_admin", line: "/admin subs", want: alone("ou_admin")},
		"all deliveries":                        {person: "ou_admin", line: "/admin history", want: alone("ou_admin")},
		"all changes":                           {person: "ou_admin", line: "/admin audit", want: alone("ou_admin")},
		"all roles":                             {person: "ou_admin", line: "/admin roles", want: alone("ou_admin")},
		"a list of somebody who may not":        {person: "ou_all", line: "/admin subs", want: refused},
		"what is no command":                    {person: "ou_all", line: "/usgae", want: refused},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.group(t)
				value := map[string]any{"cmd": tt.line}
				if tt.view != "" {
					value["view"] = tt.view
				}
				if tt.with != "" {
					value["with"] = tt.with
				}
				if got := s.told(s.clickAs(t, tt.person, value, tt.option)); got != tt.want {
					t.Errorf("it came to %q, want %q", got, tt.want)
				}
			})
		})
	}
}

// TestPlace_NoCommandReplacesACardOfAnotherView clicks on each command's examples in a group, on a card that shows no figures.
func TestPlace_NoCommandReplacesACardOfAnotherView(t *testing.T) {
	t.Parallel()
	r := command.NewRegistry(command.Builtin()...)
	specs := r.Specs(nil)
	for _, spec := range specs {
		specs = append(specs, r.Under(spec.Name(), nil)...)
	}
	for _, spec := range specs {
		for _, line := range append(spec.Examples.En, "/"+spec.Name()) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.group(t)
				for _, person := range []string{"ou_admin", "ou_rd"} {
					for _, value := range []map[string]any{{"cmd": line}, {"cmd": line, "view": "other"}, {"cmd": line, "view": ownCard}} {
						if r := s.clickAs(t, person, value, ""); r.Card != nil || strings.Contains(s.desk.String(), "update card") {
							t.Errorf("%s of %s replaced the card", line, person)
						}
					}
				}
			})
		}
	}
}

// TestPlace_DirectMessages_InPlace clicks on the same in direct messages, where cards change in place.
func TestPlace_DirectMessages_InPlace(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"/usage weekly", "/trend weekly", "/subs", "/help", "/settings lang:en", "/subscribe form weekly", "/forget-me"} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			if got := s.told(s.clickAs(t, "ou_1", map[string]any{"cmd": line}, "")); got != "in place" {
				t.Errorf("%s came to %q", line, got)
			}
		})
	}
}

// TestPlace_CardsSayTheirView looks at which buttons of a card may replace it.
func TestPlace_CardsSayTheirView(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.group(t)
		answer := func(person, line string) Answer {
			return s.bot.answers.Answer(t.Context(), Request{Text: line, ChatID: "oc_1", UserID: person})
		}
		for _, tt := range []struct{ person, line, command, view string }{
			{"ou_all", "/usage weekly", "/usage", "all"},
			{"ou_rd", "/usage weekly", "/usage", feishu.UUID("od-1")[:8]},
			{"ou_all", "/trend weekly", "/trend", "all"},
			{"ou_all", "/top weekly", "/top", "all"},
		} {
			a := answer(tt.person, tt.line)
			for form, card := range map[string]string{"whole": string(a.Card.JSON()), "compact": string(a.Card.Compact())} {
				marked := fmt.Sprintf(`"value":{"view":%q,"cmd":"%s `, tt.view, tt.command)
				if form == "whole" && !strings.Contains(card, marked) || strings.Contains(card, `"value":{"cmd":"`+tt.command+" ") {
					t.Errorf("%s: a button of the %s card does not tell its view:\n%s", tt.line, form, card)
				}
				if strings.Count(card, `"view":`) != strings.Count(card, marked) {
					t.Errorf("%s: a button of the %s card tells the view of another command:\n%s", tt.line, form, card)
				}
			}
		}
		for _, line := range []string{"/help", "/subs", "/usage dept:none", "/settings"} {
			if card := string(answer("ou_all", line).Card.JSON()); strings.Contains(card, `"view"`) {
				t.Errorf("%s: the card has a view:\n%s", line, card)
			}
		}
		digest := s.bot.Digests().Digest(t.Context(), usage.DigestData{Report: usage.Report{Query: usage.Query{Cycle: usage.Weekly}}}, reports.DigestOptions{SubscriptionID: "k7q2mw"})
		if strings.Contains(string(digest.JSON()), `"view"`) {
			t.Errorf("a digest has a view:\n%s", digest.JSON())
		}
	})
}

// TestSendEphemeral_OtherwiseAReply has the platform take an ephemeral card, refuse it, or lose the answer. Nobody is left
// without an answer, and no later attempt shows a second ephemeral card.
func TestSendEphemeral_OtherwiseAReply(t *testing.T) {
	t.Parallel()
	lost := &feishu.Error{Endpoint: "ephemeral", Class: feishu.Ambiguous}
	refused := &feishu.Error{Endpoint: "ephemeral", Code: 230001, Class: feishu.InvalidContent}
	const alone, reply = "ephemeral oc_1 ou_rd problem", "reply om_1 problem"
	for name, tt := range map[string]struct {
		text      string
		err       error
		age       time.Duration
		thread    string
		replyErrs []error
		want      string
	}{
		"a refusal":                        {text: "/admin subs", want: alone},
		"a department that is closed":      {text: "/usage dept:od-2", want: alone},
		"help":                             {text: "/help", want: alone},
		"an answer with figures":           {text: "/usage", want: "reply om_1 figures"},
		"a mistyped word":                  {text: "/usage weekyl", want: reply},
		"a list":                           {text: "/subs", want: reply},
		"the platform refuses":             {text: "/help", err: refused, want: alone + "; " + reply},
		"the answer is lost":               {text: "/help", err: lost, want: alone + "; " + reply},
		"an old message":                   {text: "/help", age: 2 * time.Minute, want: reply},
		"in a topic":                       {text: "/help", thread: "omt_1", want: reply},
		"the reply is refused for a while": {text: "/help", err: lost, replyErrs: []error{errBusy}, want: alone + "; refused om_1; " + reply + "; update answ problem"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.group(t)
				s.desk.aloneErr, s.desk.replyErrs = tt.err, tt.replyErrs
				e := &events.Event{ID: "e1", CreatedAt: time.Now().Add(-tt.age), Message: &events.Message{
					ID: "om_1", ChatID: "oc_1", ThreadID: tt.thread, ChatType: feishu.GroupChat, SenderID: "ou_rd", SenderType: "user", Type: "text",
					Text: "@_user_1 " + tt.text, Mentions: []events.Mention{{Key: "@_user_1", Kind: "bot"}},
				}}
				if _, err := s.bot.Handle(t.Context(), e); err != nil {
					t.Fatal(err)
				}
				s.rescued(t)
				if got := s.desk.String(); got != tt.want {
					t.Errorf("sent: %s\nwant: %s", got, tt.want)
				}
			})
		})
	}
}

// rescued lets the bot take up what it could not finish at first.
func (s *scene) rescued(t *testing.T) {
	t.Helper()
	synctest.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	s.bot.RunRescuer(ctx)
	synctest.Wait()
}

// TestPlace_CardThatCannotBeRepliedTo clicks on a card that one person alone sees, and on one that is gone.
func TestPlace_CardThatCannotBeRepliedTo(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		view string
		errs []error
	}{
		"one person's card":  {view: ownCard},
		"a card that's gone": {errs: []error{&feishu.Error{Endpoint: "reply", Code: 230011, Class: feishu.MessageGone}}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			s.group(t)
			s.desk.replyErrs = tt.errs
			s.clickAs(t, "ou_all", map[string]any{"cmd": "/usage weekly", "view": tt.view}, "")
			if s.notes.sendings() != 1 || strings.Contains(s.desk.String(), "reply") {
				t.Errorf("%s: %d messages to the chat; %s", name, s.notes.sendings(), s.desk)
			}
		})
	}
}
