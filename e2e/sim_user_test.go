package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/sandbox"
)

// inChat lists a chat's subscriptions.
type inChat interface {
	InChat(ctx context.Context, chatID string) ([]reports.Subscription, error)
}

// simUser is a simulated user. They use the bot in a group of their own, one command after the other, and record what must
// have come of it.
type simUser struct {
	sb     *sandbox.Sandbox
	store  inChat
	random *rand.Rand
	chat   string
	me     string

	repeated sync.WaitGroup  // questions that were not taken at once
	mu       sync.Mutex      // holds the next eight
	said     []string        // ids of the messages that were acknowledged
	helps    int             // those of them that ask for help, which is shown to the person alone
	shown    map[string]bool // the cards for this person alone that are taken as an answer to a message
	below    map[string]int  // how many replies each clicked card must have
	asked    []asked         // those of them that were answered, and not by a problem
	clicked  int             // clicks that were acknowledged
	refused  []string        // what came of deliveries that were not taken
	wrong    []string

	last   string // what was ordered last
	unsure bool   // a click got no answer, so its effect is unknown
	older  bool   // an older version may have begun what another then could not do again

	admin    bool         // may grant roles
	made     []access.Act // what was ordered and done, in its order
	want     reports.SubscriptionState
	language string // that the chat was set to
	granted  bool   // whether the chat was given a role
}

// asked is a question and the message that asked it.
type asked struct{ line, message string }

// questions change nothing. Some need the platform, and are slow when that is.
func (p *simUser) question() string {
	lines := []string{help, "/subs", "/history", "/settings", "/usage weekly h5", "/usage daily h5", "/usage monthly app", "用量", "/nonsense"}
	if p.random.IntN(6) == 0 { // of a few only: the platform lets a hundred questions a minute through
		return "/usage weekly h5 dept:" + p.sb.Departments()[p.random.IntN(4)].ID
	}
	return lines[p.random.IntN(len(lines))]
}

// act uses the bot until ctx ends, or until a click gets no answer: from then on the expected state is unknown.
func (p *simUser) act(ctx context.Context, pause time.Duration) {
	for ctx.Err() == nil && !p.unsure {
		switch p.random.IntN(5) {
		case 0, 1, 2:
			p.ask(ctx, p.question())
		default:
			p.order(ctx)
		}
		linger(ctx, time.Duration(p.random.Int64N(int64(2*pause))))
	}
	p.repeated.Wait()
}

func linger(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// ask writes a question. While one that was not taken waits to be sent again, its asker goes on.
func (p *simUser) ask(ctx context.Context, line string) {
	d, err := p.sb.Say(context.WithoutCancel(ctx), p.chat, p.me, line)
	if err == nil && !d.Taken {
		p.repeated.Go(func() { p.awaitAnswer(ctx, line, d, nil) })
		return
	}
	p.awaitAnswer(ctx, line, d, err)
}

// say writes to the bot and awaits the answer. It reports whether that says that it was done.
func (p *simUser) say(ctx context.Context, line string) bool {
	p.last = line
	d, err := p.sb.Say(context.WithoutCancel(ctx), p.chat, p.me, line)
	return p.awaitAnswer(ctx, line, d, err)
}

// awaitAnswer has a message repeated, as the platform repeats it, until it is acknowledged, and waits for the answer.
func (p *simUser) awaitAnswer(ctx context.Context, line string, d sandbox.Delivery, err error) (done bool) {
	for err == nil && !d.Taken {
		p.keep(&p.refused, fmt.Sprint(d.Attempts[len(d.Attempts)-1]))
		time.Sleep(firstRepetition)
		d, err = p.sb.Repeat(context.WithoutCancel(ctx), d.EventID)
	}
	if err != nil {
		p.keep(&p.wrong, err.Error())
		return false
	}
	p.keep(&p.said, d.MessageID)
	if line == help {
		p.mu.Lock()
		p.helps++
		p.mu.Unlock()
	}
	var got sandbox.Message
	if !p.await(ctx, line, func() (found bool) { got, found = p.answer(d.MessageID, line); return found }) {
		return false
	}
	if done = isDone(got.Content); done {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.asked = append(p.asked, asked{line, d.MessageID})
	}
	return done
}

// help is the question whose answer is shown to the person alone. Problems may be, too.
const help = "/help"

// answer is what the bot has answered to a message: a reply, or a card for this person alone.
func (p *simUser) answer(messageID, line string) (m sandbox.Message, found bool) {
	if replies := p.answers(messageID); len(replies) > 0 {
		return replies[0], isFinal(replies[0].Content)
	}
	all := p.sb.Messages(p.chat)
	from := slices.IndexFunc(all, func(m sandbox.Message) bool { return m.ID == messageID })
	return p.shownSince(from+1, line == help)
}

// shownSince is a card for this person alone, of the messages from a place on. It names no message that it answers, so it is
// the answer to the first that waits: problems to any, others to a request for help.
func (p *simUser) shownSince(from int, helpToo bool) (m sandbox.Message, found bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.sb.Messages(p.chat)[from:] {
		if m.VisibleTo != "" && !p.shown[m.ID] && (helpToo || !isDone(m.Content)) {
			if p.shown == nil {
				p.shown = map[string]bool{}
			}
			p.shown[m.ID] = true
			return m, true
		}
	}
	return m, false
}

func (p *simUser) keep(list *[]string, what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*list = append(*list, what)
}

// firstRepetition is when the platform sends an event again. It waits longer each time; here it does not.
const firstRepetition = 15 * time.Second

// await waits for what must come about after an acknowledgement, whether or not ctx ends.
func (p *simUser) await(ctx context.Context, what string, holds func() bool) bool {
	for end := time.Now().Add(settling); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if holds() {
			return true
		}
	}
	if ctx.Err() == nil || !holds() {
		p.keep(&p.wrong, fmt.Sprintf("%q was acknowledged and never answered", what))
	}
	return false
}

// answers are the bot's replies to a message.
func (p *simUser) answers(messageID string) (found []sandbox.Message) {
	for _, m := range p.sb.BotMessages(p.chat) {
		if m.ParentID == messageID {
			found = append(found, m)
		}
	}
	return found
}

// isFinal reports whether a card is an answer, and not the notice that it takes longer.
func isFinal(card string) bool {
	return !strings.Contains(card, "正在查询") && !strings.Contains(card, "Working on it")
}

// isDone reports whether a card is an answer, and not a problem: those differ in the colour of the header.
func isDone(card string) bool {
	var c struct {
		Header struct {
			Template string `json:"template"`
		} `json:"header"`
	}
	return json.Unmarshal([]byte(card), &c) == nil && c.Header.Template != "orange" && c.Header.Template != "red"
}

// order changes stored data, by a line or by a click.
func (p *simUser) order(ctx context.Context) {
	o := p.nextOrder(ctx)
	card, clickable := p.card()
	var done bool
	if clickable && p.random.IntN(2) == 0 {
		done = p.click(ctx, card, o.line)
	} else {
		done = p.say(ctx, o.line)
	}
	if done {
		o.made()
		p.made = append(p.made, o.act)
	} else if p.older {
		p.unsure = true
	}
	p.check(ctx)
}

// card is the newest that everybody sees and that nothing but a click changes any more: no notice, and no chart that may be
// filled up.
func (p *simUser) card() (m sandbox.Message, ok bool) {
	for _, m = range slices.Backward(p.sb.BotMessages(p.chat)) {
		if m.VisibleTo == "" && isFinal(m.Content) && !strings.Contains(m.Content, `"chart"`) {
			return m, true
		}
	}
	return m, false
}

// click presses a button on a card. It reports whether it was done; without an answer that is not known.
func (p *simUser) click(ctx context.Context, card sandbox.Message, line string) bool {
	p.last = "click " + line
	replies, from := len(p.answers(card.ID)), len(p.sb.Messages(p.chat))
	seen, err := p.sb.Click(context.WithoutCancel(ctx), card.ID, p.me, map[string]any{"cmd": line, "for": p.me})
	switch {
	case err != nil:
		p.keep(&p.wrong, err.Error())
		return false
	case seen.Status != http.StatusOK:
		p.unsure = true
		p.keep(&p.refused, fmt.Sprint("a click: ", seen.Status))
		return false
	case seen.Error != 0:
		p.keep(&p.wrong, fmt.Sprintf("a click came to %d", seen.Error))
	}
	p.clicked++
	if seen.Card != "" {
		return isDone(seen.Card)
	}
	if seen.ToastType == "error" {
		return false
	}
	// The answer comes below the card, a problem maybe to this person alone. An older version changes the card later.
	var got sandbox.Message
	came := p.await(ctx, line, func() (found bool) {
		if list := p.answers(card.ID); len(list) > replies {
			got = list[len(list)-1]
			return true
		}
		if got, found = p.shownSince(from, false); found {
			return true
		}
		got, _ = p.sb.Message(card.ID)
		return p.older && len(got.History) > len(card.History)
	})
	if came && got.ParentID == card.ID {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.below == nil {
			p.below = map[string]int{}
		}
		p.below[card.ID]++
	}
	return came && isDone(got.Content)
}

func (p *simUser) subscription(ctx context.Context) (s reports.Subscription) {
	for range 100 { // the database may be on its way back
		list, err := p.store.InChat(context.WithoutCancel(ctx), p.chat)
		switch {
		case err == nil && len(list) == 1:
			return list[0]
		case err == nil && len(list) == 0:
			return reports.Subscription{State: reports.Removed}
		case err == nil:
			p.keep(&p.wrong, fmt.Sprintf("%d subscriptions", len(list)))
			return s
		}
		time.Sleep(100 * time.Millisecond)
	}
	return s
}

// check holds that what the answers said is so.
func (p *simUser) check(ctx context.Context) {
	got := p.subscription(ctx).State
	if none := p.want == "" && got == reports.Removed; got != p.want && !none && !p.unsure {
		p.keep(&p.wrong, fmt.Sprintf("after %q the subscription is %q, and the answers say %q", p.last, got, p.want))
		p.want = got
	}
}

// settled holds that each message has one answer, that each click that was answered below its card has one, and that no notice
// is left. What was shown to the person alone cannot be told from what was not if a process then dies, so that may be
// answered by a reply as well.
func (p *simUser) settled(t *testing.T) {
	t.Helper()
	helps, problems := 0, 0
	for _, m := range p.sb.BotMessages(p.chat) {
		switch {
		case m.VisibleTo == "":
		case isDone(m.Content):
			helps++
		default:
			problems++
		}
	}
	if helps > p.helps {
		t.Errorf("help was asked for %d times, and shown to the person alone %d times", p.helps, helps)
	}
	for _, id := range p.said {
		list := p.answers(id)
		m, _ := p.sb.Message(id)
		switch alone := strings.Contains(m.Content, help); {
		case len(list) == 1 && isFinal(list[0].Content):
		case len(list) == 0 && alone && helps > 0:
			helps--
		case len(list) == 0 && problems > 0:
			problems--
		default:
			t.Errorf("%s (%s) has %d answers: %.300v", m.Content, id, len(list), list)
		}
	}
	for id, want := range p.below {
		if list := p.answers(id); len(list) != want && !p.unsure {
			t.Errorf("a card has %d replies to %d clicks: %.300v", len(list), want, list)
		}
	}
	p.check(t.Context())
	for _, wrong := range p.wrong {
		t.Error(wrong)
	}
}
