package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"usagebot/feishu/events"

	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// Answer is what a request gets: a card, and what the edge has to know about it.
type Answer struct {
	Card       templates.Card
	Problem    bool   // the card says why there is no answer
	UsageError bool   // the person has to type or choose something else
	Toast      string // for a click: the problem in a few words
	Refine     Refine // nil when the answer is whole

	// Of an answer in a group: see place.
	Private bool // it is shown to the person alone, where the platform can do that
	Below   bool // of a click: the card stays, and the answer is a message of its own
}

// Refine returns the answer again when more of it has come. That answer may still lack something, and then has its own
// Refine.
type Refine func(ctx context.Context) (Answer, error)

func (a Answer) outcome() string {
	switch {
	case a.UsageError:
		return "misuse"
	case a.Problem:
		return "problem"
	}
	return "answered"
}

// handler carries out one command.
type handler func(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error)

// pipeline leads a request to its answer: it finds out who asks, what they may, and which command they mean, and calls the
// command's handler.
type pipeline struct {
	*conversations
	handlers       map[string]handler
	chats          *chatReader
	external       *externalChats
	subscriptions  *subscriptions
	cache          cache
	usage          *usage.Client
	vocabulary     *vocabulary
	answerExternal bool // people of other organisations
	observe        func(command, outcome string, d time.Duration)
}

// Answer answers a request. Whatever goes wrong becomes a problem that the person can read.
func (p *pipeline) Answer(ctx context.Context, req Request) (a Answer) {
	start, name := p.now(), "none"
	c := p.in(ctx, req.ChatID)
	defer func() {
		if cause := recover(); cause != nil {
			a = c.problem(ctx, fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
		}
		a = p.place(ctx, c, req, name, a)
		p.observe(name, a.outcome(), p.now().Sub(start))
	}()
	if p.wasForgotten(ctx, c, req) {
		return p.forgottenMeanwhile(ctx, c)
	}
	req = p.chats.recall(ctx, req)
	if err := p.refusal(ctx, req); err != nil {
		return c.problem(ctx, err)
	}
	c, err := c.authorize(ctx, req, sync.OnceValue(func() bool {
		return p.subscriptions.mayManage(ctx, c.rights, p.chats.complete(ctx, req), nil) == nil
	}))
	if err != nil {
		return c.problemOf(ctx, p.question(ctx, c, req), err)
	}
	c.share = usage.People.For(req.UserID)
	if req.limited != nil {
		c.share = usage.Stored.For(req.UserID)
	}
	cmd, err := p.understand(ctx, c, req)
	if no := new(notRun); errors.As(err, &no) {
		return plainQuestions{c}.sentenceAnswer(no)
	}
	if err != nil {
		return c.problem(ctx, p.withIDs(ctx, c, req, err))
	}
	name = cmd.Name
	if req.Click && req.For == "" {
		cmd.Args.Confirm = false // the card did not ask the person who clicked
	}
	spec := c.commands.Find(name)
	if req.Local && !answersLocally(spec) {
		return c.problem(ctx, notLocal(cmd))
	}
	if err := c.mayUse(spec); err != nil {
		return c.problem(ctx, err)
	}
	if cmd, err = named(ctx, c, cmd, req.Text); err != nil {
		return c.problem(ctx, err)
	}
	began := time.Now()
	a, err = p.handlers[name](ctx, c, req, cmd)
	if req.limited != nil && p.usage.CalledSince(c.share, began) {
		return c.problem(ctx, req.limited.problem())
	}
	if isQuestion(spec) && p.wasForgotten(ctx, c, req) { // it may have waited long for the platform
		p.dropTraces(ctx, req)
		return p.forgottenMeanwhile(ctx, c)
	}
	if err != nil {
		err = p.withIDs(ctx, c, req, err)
		if !isQuestion(spec) {
			return c.problem(ctx, err)
		}
		return c.problemOf(ctx, cmd, err)
	}
	if isSentence(req) {
		a = plainQuestions{c}.understoodAs(cmd, a)
	}
	return a
}

// isQuestion reports whether a command asks for figures and changes nothing, so that it may be asked again.
func isQuestion(s *command.Spec) bool { return s.FollowUp != nil || s.Name() == "test" }

// question returns the question that a request asks; an empty command if it asks none, or cannot be understood.
func (p *pipeline) question(ctx context.Context, c conversation, req Request) command.Command {
	cmd, err := p.understand(ctx, c, req)
	if err != nil || !isQuestion(c.commands.Find(cmd.Name)) {
		return command.Command{}
	}
	return cmd
}

// refusal says why a request is not answered, whatever it asks; nil if it is.
func (p *pipeline) refusal(ctx context.Context, req Request) error {
	switch {
	case req.For != "" && req.For != req.UserID:
		return saying("somebody else was asked", templates.ProblemView{Key: templates.NotAsked})
	case p.answerExternal || req.Local:
		return nil
	case req.External:
		return externalUser()
	case req.Single || req.ChatID == "":
		return nil
	}
	external, err := p.external.isExternal(ctx, req.ChatID)
	if external {
		return externalUser()
	}
	return err
}

// externalUser says that the person is of another organisation, or that the chat is shared with one.
func externalUser() error {
	return saying("not of this organisation", templates.ProblemView{Key: templates.ExternalUser})
}

// understand reads the command of a request, from a line or from a sentence.
func (p *pipeline) understand(ctx context.Context, c conversation, req Request) (command.Command, error) {
	switch {
	case req.command != nil:
		return *req.command, nil
	case command.IsCommand(req.Text):
		return c.commands.Parse(req.Text)
	}
	return p.readSentence(ctx, c, req)
}

// sessionLength is how long after a question a follow-up may leave out what it repeats.
const sessionLength = 30 * time.Minute

func sessionKey(req Request) string { return "session:" + req.place() + ":" + req.UserID }

// previous returns the person's last question in the chat.
func (p *pipeline) previous(ctx context.Context, c conversation, req Request) (command.Command, bool) {
	line, ok := p.cache.Get(ctx, sessionKey(req))
	if !ok || req.UserID == "" {
		return command.Command{}, false
	}
	cmd, err := c.commands.Parse(string(line))
	return cmd, err == nil
}

// withIDs adds the ids to choose from to an error about a subscription's id: the chat's own, or all for an administrator's
// command.
func (p *pipeline) withIDs(ctx context.Context, c conversation, req Request, err error) error {
	typed := new(command.Error)
	about := errors.As(err, &typed) && typed.Arg == command.IDArg().Name
	if !about && !errors.Is(err, errUnknownSubscription) {
		return err
	}
	listing := "subs"
	list, failed := p.subscriptions.listed(ctx, req)
	if c.rights.Admin && typed.Spec != nil && typed.Spec.Parent != nil {
		listing = "admin subs"
		list, failed = p.subscriptions.overview.All(ctx, reports.SubscriptionFilter{}, listLength)
	}
	if failed != nil { // what was wrong with the command matters more
		return err
	}
	var ids []string
	for _, s := range list {
		ids = append(ids, s.ID)
	}
	return unknownIDError(err, ids, listing)
}

// working returns the "still working" notice.
func (p *pipeline) working(ctx context.Context, req Request) templates.Card {
	c := p.in(ctx, req.ChatID)
	return templates.Working(c.words(), templates.WorkingView{
		Question: command.WithoutMentions(req.Text), Wait: p.usage.Backlog(usage.People.For(req.UserID)),
	})
}

// workingToast tells the person who clicked that the answer takes longer.
func (p *pipeline) workingToast(ctx context.Context, req Request) events.Response {
	c := p.in(ctx, req.ChatID)
	return events.Response{Toast: &events.Toast{Type: "info", Content: templates.WorkingToast(c.words())}}
}
