package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/store"
)

// patron is somebody who uses the bot in a group of their own, one thing after the other, and keeps what must have come
// of it.
type patron struct {
	sb     *sandbox.Sandbox
	ledger *store.SQL
	random *rand.Rand
	chat   string
	me     string

	said    []string // ids of the messages that were acknowledged
	clicked int      // clicks that were acknowledged
	want    reports.SubscriptionState
	unsure  bool     // a click got no answer: nobody knows whether it had its effect
	refused []string // what came of deliveries that were not taken
	wrong   []string
	last    string // what was ordered last
}

// questions change nothing. Some need the platform, and are slow when that is.
func (p *patron) question() string {
	lines := []string{"/help", "/subs", "/history", "/settings", "/usage weekly h5", "/usage daily h5", "/usage monthly app", "用量", "/nonsense"}
	if p.random.IntN(6) == 0 { // of a few only: the platform lets a hundred questions a minute through
		return "/usage weekly h5 dept:" + p.sb.Departments()[p.random.IntN(4)].ID
	}
	return lines[p.random.IntN(len(lines))]
}

// act uses the bot until ctx ends.
func (p *patron) act(ctx context.Context, pause time.Duration) {
	for ctx.Err() == nil {
		switch p.random.IntN(5) {
		case 0, 1, 2:
			p.say(ctx, p.question())
		default:
			p.order(ctx)
		}
		linger(ctx, time.Duration(p.random.Int64N(int64(2*pause))))
	}
}

func linger(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// say writes to the bot, is repeated as the platform repeats it until it is acknowledged, and awaits the answer. It
// reports whether the answer says that it was done.
func (p *patron) say(ctx context.Context, line string) bool {
	p.last = line
	d, err := p.sb.Say(context.WithoutCancel(ctx), p.chat, p.me, line)
	for err == nil && !d.Taken {
		p.refused = append(p.refused, fmt.Sprint(d.Attempts[len(d.Attempts)-1]))
		time.Sleep(firstRepetition)
		d, err = p.sb.Repeat(context.WithoutCancel(ctx), d.EventID)
	}
	if err != nil {
		p.wrong = append(p.wrong, err.Error())
		return false
	}
	p.said = append(p.said, d.MessageID)
	return p.await(ctx, line, func() bool { return len(p.answers(d.MessageID)) > 0 && isFinal(p.answers(d.MessageID)[0].Content) }) &&
		isDone(p.answers(d.MessageID)[0].Content)
}

// firstRepetition is when the platform sends an event again. It waits longer each time; here it does not.
const firstRepetition = 15 * time.Second

// await waits for what must come about after an acknowledgement, whether or not ctx ends.
func (p *patron) await(ctx context.Context, what string, holds func() bool) bool {
	for end := time.Now().Add(settling); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if holds() {
			return true
		}
	}
	if ctx.Err() == nil || !holds() {
		p.wrong = append(p.wrong, fmt.Sprintf("%q was acknowledged and never answered", what))
	}
	return false
}

// answers are the bot's replies to a message.
func (p *patron) answers(messageID string) (found []sandbox.Message) {
	for _, m := range p.sb.BotMessages(p.chat) {
		if m.ParentID == messageID {
			found = append(found, m)
		}
	}
	return found
}

// isFinal tells an answer from the notice that it takes longer.
func isFinal(card string) bool { return !strings.Contains(card, "正在查询") }

// isDone tells an answer from a problem, which says so by the colour of its head.
func isDone(card string) bool {
	var c struct {
		Header struct {
			Template string `json:"template"`
		} `json:"header"`
	}
	return json.Unmarshal([]byte(card), &c) == nil && c.Header.Template != "orange" && c.Header.Template != "red"
}

// order changes the chat's subscription, by a line or by a click.
func (p *patron) order(ctx context.Context) {
	if p.unsure {
		p.say(ctx, p.question())
		return
	}
	if p.want == "" || p.want == reports.Removed {
		if p.say(ctx, "/subscribe weekly h5") {
			p.want = reports.Active
		}
		p.check(ctx)
		return
	}
	line, becomes := "/unsubscribe %s confirm", reports.Removed
	switch {
	case p.random.IntN(3) == 0:
	case p.want == reports.Active:
		line, becomes = "/pause %s", reports.Paused
	default:
		line, becomes = "/resume %s", reports.Active
	}
	line = fmt.Sprintf(line, p.subscription(ctx).ID)
	if p.random.IntN(2) == 0 {
		if p.say(ctx, line) {
			p.want = becomes
		}
	} else if p.click(ctx, line) {
		p.want = becomes
	}
	p.check(ctx)
}

// click presses a button on the newest card. It reports whether it was done; without an answer that is not known.
func (p *patron) click(ctx context.Context, line string) bool {
	p.last = "click " + line
	list := p.sb.BotMessages(p.chat)
	card := list[len(list)-1]
	seen, err := p.sb.Click(context.WithoutCancel(ctx), card.ID, p.me, map[string]any{"cmd": line, "for": p.me})
	switch {
	case err != nil:
		p.wrong = append(p.wrong, err.Error())
		return false
	case seen.Status != http.StatusOK:
		p.unsure = true
		p.refused = append(p.refused, fmt.Sprint("a click: ", seen.Status))
		return false
	case seen.Error != 0:
		p.wrong = append(p.wrong, fmt.Sprintf("a click came to %d", seen.Error))
	}
	p.clicked++
	if seen.Card != "" {
		return isDone(seen.Card)
	}
	if seen.ToastType == "error" {
		return false
	}
	// The card changes later, or is answered by a problem.
	edits := len(card.History)
	problem := func() bool { return len(p.answers(card.ID)) > 0 }
	changed := func() bool { m, _ := p.sb.Message(card.ID); return len(m.History) > edits }
	came := p.await(ctx, line, func() bool { return changed() || problem() })
	m, _ := p.sb.Message(card.ID)
	return came && changed() && isDone(m.Content)
}

func (p *patron) subscription(ctx context.Context) (s reports.Subscription) {
	for range 100 { // the database may be on its way back
		list, err := p.ledger.InChat(context.WithoutCancel(ctx), p.chat)
		switch {
		case err == nil && len(list) == 1:
			return list[0]
		case err == nil && len(list) == 0:
			return reports.Subscription{State: reports.Removed}
		case err == nil:
			p.wrong = append(p.wrong, fmt.Sprintf("%d subscriptions", len(list)))
			return s
		}
		time.Sleep(100 * time.Millisecond)
	}
	return s
}

// check holds that what the answers said is so.
func (p *patron) check(ctx context.Context) {
	got := p.subscription(ctx).State
	if none := p.want == "" && got == reports.Removed; got != p.want && !none && !p.unsure {
		p.wrong = append(p.wrong, fmt.Sprintf("after %q the subscription is %q, and the answers say %q", p.last, got, p.want))
		p.want = got
	}
}

// settled holds that each message has one answer, and no notice is left.
func (p *patron) settled(t *testing.T) {
	t.Helper()
	for _, id := range p.said {
		list := p.answers(id)
		if len(list) != 1 || !isFinal(list[0].Content) {
			m, _ := p.sb.Message(id)
			t.Errorf("%s has %d answers: %.300v", m.Content, len(list), list)
		}
	}
	p.check(t.Context())
	for _, wrong := range p.wrong {
		t.Error(wrong)
	}
}
