package bot

import (
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"time"

	"usagebot/bot/command"
	"usagebot/feishu"
	"usagebot/feishu/events"
	"usagebot/templates"
	"usagebot/usage"
)

// Answer is what a request gets: a card, and what is known about it beside its looks.
type Answer struct {
	Card    templates.Card
	Problem bool   // it says why there is no answer
	Misuse  bool   // what was typed has to be typed otherwise, or chosen
	Toast   string // for a click: the problem in a few words
	More    More   // nil when the answer is whole
}

// handler carries out one command.
type handler func(b speaker, ctx context.Context, req Request, c command.Command) (Answer, error)

// register binds each command to what carries it out. A command is in the grammar only if something does.
func (b *Bot) register() {
	b.handlers = map[string]handler{
		"usage": speaker.usage,
		"trend": speaker.trend,
		"top":   speaker.top,
		"help":  speaker.help,

		"subscribe":   speaker.subscribe,
		"subs":        speaker.subs,
		"unsubscribe": speaker.unsubscribe,
		"pause":       speaker.pause,
		"resume":      speaker.resume,
		"test":        speaker.test,
		"history":     speaker.history,
		"retry":       speaker.retry,
		"settings":    speaker.settings,
		"forget-me":   speaker.forgetMe,
	}
	maps.Copy(b.handlers, administration())
	if b.Doctor == nil {
		delete(b.handlers, "admin doctor")
	}
	var specs []*command.Spec
	for _, spec := range command.Builtin() {
		if b.handlers[spec.Name()] != nil {
			specs = append(specs, spec)
		}
	}
	b.all = command.NewRegistry(specs...)
}

// Ask answers one line that somebody typed outside of any chat, once the answer is whole.
func (b *Bot) Ask(ctx context.Context, text string) Answer {
	a := b.speaker(ctx, "").answer(ctx, Request{Text: text, Local: true})
	for a.More != nil {
		whole, err := a.More(ctx)
		if err != nil {
			return a
		}
		a = whole
	}
	return a
}

// answer always gives an answer: whatever goes wrong becomes a problem that the person can read.
func (b speaker) answer(ctx context.Context, req Request) (a Answer) {
	start, name := b.Now(), "none"
	defer func() {
		if p := recover(); p != nil {
			a = b.problem(ctx, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
		b.Observe(name, a.outcome(), b.Now().Sub(start))
	}()
	req = b.recalled(ctx, req)
	if err := b.refusal(ctx, req); err != nil {
		return b.problem(ctx, err)
	}
	b, err := b.serving(ctx, req)
	if err != nil {
		return b.problem(ctx, err)
	}
	b.share = usage.People.For(req.UserID)
	c, err := b.understand(ctx, req)
	if err != nil {
		return b.problem(ctx, b.withIDs(ctx, req, err))
	}
	if c.Name == "" {
		return b.pointer(req.Text)
	}
	name = c.Name
	if req.Click && req.For == "" {
		c.Args.Confirm = false // it has not asked whoever clicked
	}
	if spec := b.commands.Find(name); req.Local && !answersLocally(spec) {
		return b.problem(ctx, &notLocal{c})
	}
	if err := b.guard(b.commands.Find(name)); err != nil {
		return b.problem(ctx, err)
	}
	if a, err = b.handlers[name](b, ctx, req, c); err != nil {
		return b.problem(ctx, b.withIDs(ctx, req, err))
	}
	return a
}

func (a Answer) content() feishu.Content { return feishu.Content{Card: a.Card.JSON()} }

func (a Answer) outcome() string {
	switch {
	case a.Misuse:
		return "misuse"
	case a.Problem:
		return "problem"
	}
	return "answered"
}

// understand reads the command out of a request. A name of "" means that it is none.
func (b speaker) understand(ctx context.Context, req Request) (command.Command, error) {
	if req.Click || command.IsCommand(req.Text) {
		return b.commands.Parse(req.Text)
	}
	previous, ok := b.previous(ctx, req)
	if !ok {
		return command.Command{}, nil
	}
	c, ok, err := b.commands.FollowUp(req.Text, previous)
	if !ok {
		return command.Command{}, nil
	}
	return c, err
}

// sessionLength is how long a follow-up may leave out what it repeats.
const sessionLength = 30 * time.Minute

func sessionKey(req Request) string { return "session:" + req.ChatID + ":" + req.UserID }

func (b speaker) previous(ctx context.Context, req Request) (command.Command, bool) {
	line, ok := b.Sessions.Get(ctx, sessionKey(req))
	if !ok || req.UserID == "" {
		return command.Command{}, false
	}
	c, err := b.commands.Parse(string(line))
	return c, err == nil
}

func (b *Bot) rememberSession(ctx context.Context, req Request, c command.Command) {
	if req.UserID != "" {
		b.Sessions.Put(ctx, sessionKey(req), []byte(c.String()), sessionLength)
	}
}

func (b speaker) pointer(text string) Answer {
	v := templates.PointerView{Help: templates.Button{Command: "/help"}}
	if c, ok := b.commands.Guess(text); ok {
		v.Suggestion = &templates.Button{Label: b.commands.Line(c, b.lang()), Command: c.String()}
	}
	return Answer{Card: b.templates.Pointer(b.language, v), Misuse: true}
}

func (b speaker) working(req Request) []byte {
	return b.templates.Working(b.language, templates.WorkingView{Question: command.Addressed(req.Text), Wait: b.Asker.Backlog(usage.People.For(req.UserID))}).JSON()
}

// respond puts a click's answer into its callback: the card in place of the old one, or a toast that says what is wrong.
func respond(a Answer) events.Response {
	if a.Problem {
		return events.Response{Toast: &events.Toast{Type: "error", Content: a.Toast}}
	}
	return events.Response{Card: a.Card.JSON()}
}

func (b speaker) wait() events.Response {
	return events.Response{Toast: &events.Toast{Type: "info", Content: b.templates.WorkingToast(b.language)}}
}
