package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"usagebot/sandbox/company"
	"usagebot/usage"
)

// DuplicateUUID is the answer to a second message with the same uuid within an hour. The platform promises that only one
// message is sent, and does not document the answer.
type DuplicateUUID int

// The two answers that are plausible.
const (
	AnswerFirst     DuplicateUUID = iota // code 0 with the data of the first message
	AnswerBeingSent                      // code 230049
)

// Options configure a sandbox. The zero Options are a complete, usable sandbox.
type Options struct {
	AppID             string // of the bot; random when empty
	AppSecret         string // random when empty
	EncryptKey        string // random when empty
	VerificationToken string // random when empty
	TenantKey         string // "sandbox-tenant" when empty

	// Clock is the time that the sandbox starts from; the machine's when nil. Sandbox.Clock moves it.
	Clock func() time.Time

	Seed   uint64     // of the company's people and their habits; equal seeds give equal figures
	Since  usage.Date // the first day with figures; 400 days before the clock's day when zero
	People int        // 3000 when 0, at least 3

	// Apps are the tenant's apps, the bot's own first; an empty ID of the first one stands for AppID. Three when empty.
	Apps []company.App

	Limits          Limits        // DefaultLimits when zero
	DuplicateUUID   DuplicateUUID // AnswerFirst when zero
	RootDepartment  bool          // department_overview takes "0" for the whole tenant; otherwise there is no such department
	WrongSecretCode int           // 10015, as the list of common codes has it, when 0; 10014 has been seen as well
	Webhook         string        // where events go; can be set later
	EventTimeout    time.Duration // how long the webhook may take for an event; the platform's 3 s when zero

	// LongConnection sends events over the long connection even if a webhook is set. Otherwise they go there only if no
	// webhook is set and a connection has been open.
	LongConnection bool
	ClientConfig   ClientConfig // settings that the platform sends to clients of the long connection; the SDK's defaults when zero
}

func (o Options) withDefaults(now time.Time) Options {
	setDefault(&o.AppID, "cli_"+randomHex(8))
	setDefault(&o.AppSecret, randomHex(16))
	setDefault(&o.EncryptKey, randomHex(16))
	setDefault(&o.VerificationToken, randomHex(16))
	setDefault(&o.TenantKey, "sandbox-tenant")
	setDefault(&o.People, 3000)
	setDefault(&o.WrongSecretCode, codeWrongSecret)
	setDefault(&o.Limits, DefaultLimits())
	setDefault(&o.EventTimeout, eventTimeout)
	setDefault(&o.ClientConfig, defaultClientConfig())
	setDefault(&o.Since, usage.DateOf(now.In(zone())).AddDays(-400))
	if len(o.Apps) == 0 {
		o.Apps = defaultApps(o.AppID)
	} else {
		o.Apps = append([]company.App(nil), o.Apps...)
		setDefault(&o.Apps[0].ID, o.AppID)
	}
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func defaultApps(own string) []company.App {
	return []company.App{
		{ID: own, Name: "用量助手", NameEN: "Usage Assistant", Abilities: []usage.Ability{usage.Web, usage.Bot}},
		{ID: "cli_" + company.Digest("mall of " + own)[:16], Name: "商城", NameEN: "Mall", Abilities: []usage.Ability{usage.MiniProgram, usage.Web, usage.Bot}},
		{ID: "cli_" + company.Digest("expenses of " + own)[:16], Name: "报销", NameEN: "Expenses", Abilities: []usage.Ability{usage.Web}},
	}
}

// randomHex returns 2n random hexadecimal digits.
func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: it ends the program when the system has no randomness
	return hex.EncodeToString(b)
}

func (o Options) check() error {
	for _, app := range o.Apps {
		if app.ID == "" {
			return fmt.Errorf("sandbox: app %q has no id", app.Name)
		}
	}
	if o.People < len(company.PersonNames()) {
		return fmt.Errorf("sandbox: %d people are too few for the demo's chats", o.People)
	}
	if o.Apps[0].ID != o.AppID {
		return fmt.Errorf("sandbox: the first app must be the bot's own, %s", o.AppID)
	}
	return nil
}
