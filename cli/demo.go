package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"usagebot/app"
	"usagebot/config"
	"usagebot/sandbox"
)

// The demo's app. Nothing but the sandbox knows it.
const (
	demoAppID  = "cli_demo"
	demoSecret = "demo"
)

// Where the demo listens. If a port is in use, the demo takes a free one.
const (
	demoBotAddr     = "127.0.0.1:8080"
	demoSandboxAddr = "127.0.0.1:8090"
)

const demoQuestion = "/usage weekly h5 dept:研发部"

func demoCommand(p *Process) *cobra.Command {
	return &cobra.Command{
		Use: "demo", Short: "Try the bot with a built-in sandbox; no credentials needed", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return runDemo(p) },
	}
}

// runDemo serves the bot and the sandbox, asks one question, and then the questions that are typed. After the end of the
// input it keeps serving until a signal arrives, unless a question was typed: then it ends.
func runDemo(p *Process) error {
	d, err := newDemo(p)
	if err != nil {
		return err
	}
	defer d.close()
	d.welcome()
	if err := d.say(p.Context, demoQuestion); err != nil {
		return err
	}
	asked := d.runPrompt(p.Context)
	if !asked {
		<-p.Context.Done()
	}
	return nil
}

// demo is a bot, the sandbox that replaces its platform, and a person's direct chat with the bot.
type demo struct {
	out            io.Writer
	in             io.Reader
	sb             *sandbox.Sandbox
	app            *app.App
	removeDatabase func() // removes the bot's temporary database
	me             string // open_id
	chat           string

	mu    sync.Mutex
	shown map[string]string // content by message
}

func newDemo(p *Process) (*demo, error) {
	sb, err := sandbox.New(sandbox.Options{AppID: demoAppID, AppSecret: demoSecret})
	if err != nil {
		return nil, fmt.Errorf("making the sandbox: %w", err)
	}
	if err := onFreePort(demoSandboxAddr, func(addr string) error { return sb.Start(context.Background(), addr) }); err != nil {
		return nil, fmt.Errorf("starting the sandbox: %w", err)
	}
	addGroup(sb)
	d := &demo{out: p.Stdout, in: p.Stdin, sb: sb, me: sb.People()[0].OpenID, shown: map[string]string{}}
	chat, _ := sb.Single(d.me)
	d.chat = chat.ID
	if err := d.startBot(p); err != nil {
		return nil, errors.Join(err, sb.Close())
	}
	return d, nil
}

// addGroup opens a second group with the same people and another owner, because rights in a group depend on who owns it.
func addGroup(sb *sandbox.Sandbox) {
	people := sb.People()
	sb.AddGroup("产品运营群", people[1].OpenID, people[2].OpenID, people[0].OpenID)
}

// startBot runs the real program against the sandbox: same parts, same webhook, same signatures.
func (d *demo) startBot(p *Process) error {
	cfg, err := p.config(config.Demo)
	if err != nil {
		return err
	}
	o := d.sb.Options()
	cfg.AppID, cfg.AppSecret, cfg.BaseURL = o.AppID, config.NewSecret(o.AppSecret), d.sb.URL()
	cfg.EncryptKey, cfg.VerificationToken = config.NewSecret(o.EncryptKey), config.NewSecret(o.VerificationToken)
	cfg.Admins = []string{d.me} // so that /admin can be tried
	cfg.DigestJitter = 0        // a digest is to appear as soon as the clock is moved to its minute
	cfg.EventMode = config.Webhook
	cfg.RedisURL, cfg.DatabaseURL, cfg.Apps = config.URL{}, config.URL{}, nil
	for _, app := range d.sb.Apps() {
		cfg.Apps = append(cfg.Apps, config.App{ID: app.ID, Name: app.Name})
	}
	forget, err := useTempDatabase(&cfg)
	if err != nil {
		return err
	}
	d.removeDatabase = forget
	if d.app, err = app.New(p.Context, cfg, p.Version, newLog(p.Stderr, quietLog(cfg)), d.sb.Now); err != nil {
		return err
	}
	listen := func(addr string) error {
		return d.app.Start(addr)
	}
	if err := onFreePort(demoBotAddr, listen); err != nil {
		d.app.Stop()
		return err
	}
	d.sb.SetWebhook(d.app.URL() + "/webhook/event")
	return d.app.WaitReady(p.Context)
}

// quietLog raises the default log level to warnings, so that the log does not disturb the conversation.
func quietLog(cfg config.Config) config.Config {
	if cfg.LogLevel == 0 {
		cfg.LogLevel = 4 // warnings
	}
	return cfg
}

func onFreePort(addr string, listen func(addr string) error) error {
	err := listen(addr)
	if opError := new(net.OpError); errors.As(err, &opError) {
		return listen("127.0.0.1:0")
	}
	return err
}

func (d *demo) close() {
	d.app.Stop()
	_ = d.sb.Close()
	d.removeDatabase()
}

func (d *demo) welcome() {
	fmt.Fprintf(d.out, `usagebot demo: a made-up company of about 3,000 people, and the bot.
usagebot 演示：一家约 3,000 人的虚构公司和机器人。

  chat     %s
  bot      %s  (webhook, /healthz, /readyz, /metrics)
  sandbox  %s  (stands in for the platform; calls made to it: /sandbox/calls)

From another terminal:
  FEISHU_BASE_URL=%s FEISHU_APP_ID=%s FEISHU_APP_SECRET=%s %s ask "%s"

Type a message to the bot. Follow-ups such as "monthly" or "部门:市场部" keep the rest of the question. Press Ctrl-C to quit.
直接输入要发给机器人的话；追问只写变化的部分，例如“月报”。按 Ctrl-C 退出。
`, d.chatPage(), d.app.URL(), d.sb.URL(), d.sb.URL(), demoAppID, demoSecret, os.Args[0], demoQuestion)
}

// chatPage returns the address of the chat page, or why there is none.
func (d *demo) chatPage() string {
	if !sandbox.PageBuilt() {
		return "not available: needs Node.js and npm (make web). Continue in this terminal."
	}
	return d.sb.URL() + "/  (open it in a browser: people, groups, cards, clock, faults)"
}

// runPrompt sends the lines that are typed to the bot until the input ends. It reports whether there were any.
func (d *demo) runPrompt(ctx context.Context) (asked bool) {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(d.in); scan.Scan(); {
			select {
			case lines <- scan.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	fmt.Fprint(d.out, "> ")
	for {
		select {
		case <-ctx.Done():
			return asked
		case <-tick.C:
			d.show()
		case line, ok := <-lines:
			if !ok {
				d.awaitAnswer(ctx)
				d.show()
				return asked
			}
			if strings.TrimSpace(line) != "" {
				asked = true
				if err := d.say(ctx, line); err != nil {
					fmt.Fprintln(d.out, err)
				}
			}
			fmt.Fprint(d.out, "> ")
		}
	}
}

// say sends a message to the bot and prints the answer.
func (d *demo) say(ctx context.Context, text string) error {
	fmt.Fprintf(d.out, "\n%s\n\n", text)
	delivery, err := d.sb.Say(ctx, d.chat, d.me, text)
	if err != nil {
		return fmt.Errorf("telling the bot: %w", err)
	}
	if !delivery.Taken {
		return fmt.Errorf("the bot didn't accept the message (HTTP %d)", delivery.Status())
	}
	d.awaitAnswer(ctx)
	d.show()
	return nil
}

// answerWait is how long a typed line is waited for. A slow answer has its notice by then, and is shown when it comes.
const answerWait = 30 * time.Second

// awaitAnswer waits until the bot has answered everything, or has sent its "still working" notice.
func (d *demo) awaitAnswer(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	before := len(d.sb.BotMessages(d.chat))
	for ctx.Err() == nil {
		open, _, err := d.app.SQL.Events.Backlog(ctx)
		if err == nil && open == 0 || len(d.sb.BotMessages(d.chat)) > before {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// show prints the bot's messages that are new or were edited since they were printed.
func (d *demo) show() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, m := range d.sb.BotMessages(d.chat) {
		if d.shown[m.ID] == m.Content {
			continue
		}
		d.shown[m.ID] = m.Content
		fmt.Fprintln(d.out, sandbox.CardText(m.Content))
		fmt.Fprintln(d.out)
	}
}
