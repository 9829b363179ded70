package command

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestMessage_Line(t *testing.T) {
	t.Parallel()
	mentions := Mentions{"@_user_1": "", "@_user_2": "ou_peter", "@_all": "", "@ou_anna": "ou_anna", "@ou_bot": ""}
	names := []string{"usagebot", "用量助手", "Usage Bot"}
	for name, tt := range map[string]struct {
		title, text, want string
		rich              bool
	}{
		"the bot":                                 {text: "@_user_1 /usage weekly", want: "/usage weekly"},
		"a person before the bot":                 {text: "@_user_2 @_user_1 /usage weekly", want: "/usage weekly"},
		"a person before the bot and a sentence":  {text: "@_user_2 @_user_1 上周h5", want: "上周h5"},
		"a person behind the bot":                 {text: "@_user_1 @_user_2 /usage weekly", want: "/usage weekly"},
		"a person who is asked about":             {text: "@_user_1 @_user_2 上周用了吗", want: "@ou_peter  上周用了吗"},
		"a person who gets a role":                {text: "@_user_2 @_user_1 /admin grant @_user_2 viewer", want: "/admin grant  @ou_peter  viewer"},
		"everybody before the bot":                {text: "@_all @_user_1 /help", want: "/help"},
		"an id":                                   {text: "@ou_bot /usage @ou_anna weekly", want: "/usage  @ou_anna  weekly"},
		"no space":                                {text: "@_user_1/usage", want: "/usage"},
		"a typed name":                            {text: "@usagebot /usage", want: "/usage"},
		"a typed name in capitals":                {text: "＠UsageBot：/usage", want: "/usage"},
		"a typed name of two words":               {text: "@usage bot, /usage", want: "/usage"},
		"a typed name before a sentence":          {text: "@usagebot usage last week", want: "usage last week"},
		"a typed Chinese name without a space":    {text: "@用量助手上周h5", want: "上周h5"},
		"a typed name that goes on":               {text: "@usagebot2 usage last week", want: "@usagebot2 usage last week"},
		"another typed name before a command":     {text: "@Peter /usage", want: "/usage"},
		"another typed name before a sentence":    {text: "@张三 上周用了吗", want: "@张三 上周用了吗"},
		"a typed name after a person":             {text: "@_user_2 @usagebot help", want: "help"},
		"a typed name alone":                      {text: "@usagebot", want: ""},
		"an address":                              {text: "a@b.c /usage", want: "a@b.c /usage"},
		"invisible characters":                    {text: "\u2068@_user_1\u2069 /us\u00adage\u200b \u202adept:研\u200b发部\u202c\ufeff", want: "/usage dept:研发部"},
		"the entry of a list":                     {text: "@_user_1 - /usage", want: "/usage"},
		"the entry of a numbered list":            {text: "1. /usage", want: "/usage"},
		"a numbered entry without a space":        {text: "2、/用量", want: "/用量"},
		"a quote":                                 {text: "> /usage", want: "/usage"},
		"code":                                    {text: "@_user_1 `/usage weekly`", want: "/usage weekly"},
		"a block of code":                         {text: "```\n/usage weekly\n```", want: "/usage weekly"},
		"a list that is no command":               {text: "- 上周", want: "- 上周"},
		"a date that is no number of a list":      {text: "11.30 /usage", want: "11.30 /usage"},
		"a command below another line":            {text: "你好\n/usage", want: "你好\n/usage"},
		"a title":                                 {title: "周报", text: "@_user_1 /usage weekly", rich: true, want: "/usage weekly"},
		"a title that is the command":             {title: "/usage weekly", text: "@_user_1", rich: true, want: "/usage weekly"},
		"a title that begins the command":         {title: "/usage", text: "@_user_1 weekly", rich: true, want: "/usage\nweekly"},
		"a title over a sentence":                 {title: "研发部", text: "@_user_1 上周", rich: true, want: "研发部\n上周"},
		"a title alone":                           {title: "上周h5", rich: true, want: "上周h5"},
		"a quote above the command":               {text: "Anna: 看看\n@_user_1 /usage", rich: true, want: "/usage"},
		"a mention above the command":             {text: "@_user_2\n@_user_1\n/usage weekly\nh5", rich: true, want: "/usage weekly\nh5"},
		"the entry of a list in a rich text":      {title: "请看", text: "要看的:\n• /usage h5", rich: true, want: "/usage h5"},
		"a rich text without a command":           {text: "上周\nh5", rich: true, want: "上周\nh5"},
		"nothing":                                 {text: "\u200b \n", want: ""},
		"nothing in a rich text":                  {rich: true, want: ""},
		"a slash that is not at the beginning":    {text: "研发部/前端 上周", want: "研发部/前端 上周"},
		"a typed name before a full-width slash":  {text: "@usagebot ／用量", want: "／用量"},
		"a path of departments after a mention":   {text: "@_user_1 研发部/前端", want: "研发部/前端"},
		"two mentions of the bot":                 {text: "@_user_1 @_user_1 help", want: "help"},
		"a person between two mentions of bots":   {text: "@_user_1 @_user_2 @_user_1 help", want: "help"},
		"a person before everybody":               {text: "@_user_2 @_all help", want: "help"},
		"a word before a person and the bot":      {text: "请 @_user_2 @_user_1 看", want: "请  @ou_peter    看"},
		"a typed name before the bot's own":       {text: "@Peter @_user_1 /usage", want: "/usage"},
		"a mail address that ends with a command": {text: "@a.b /usage", want: "/usage"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := Message{Title: tt.title, Text: tt.text, Rich: tt.rich, Mentions: mentions, BotNames: names}
			if got := m.Line(); got != tt.want {
				t.Errorf("%q is read as %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

// FuzzMessageLine checks that reading a message ends, adds nothing, and that a line that was read reads the same again.
func FuzzMessageLine(f *testing.F) {
	f.Add("", "@_user_1 /usage weekly", "@_user_1", "", false)
	f.Add("周报", "@_user_2 @_user_1\n1. /usage", "@_user_2", "ou_a", true)
	f.Add("", "＠usagebot\u2068 `/用量`", "", "", false)
	f.Add("/", "@\n>*`", "@", "ou_1", true)
	f.Fuzz(func(t *testing.T, title, text, key, id string, rich bool) {
		m := Message{Title: title, Text: text, Rich: rich, Mentions: Mentions{key: id}, BotNames: []string{"usagebot"}}
		line := m.Line()
		if !utf8.ValidString(line) && utf8.ValidString(text) && utf8.ValidString(title) && utf8.ValidString(key) {
			t.Fatalf("%q became invalid: %q", text, line)
		}
		if strings.ContainsFunc(line, func(r rune) bool { return unicode.Is(unicode.Cf, r) }) {
			t.Fatalf("%q keeps invisible characters", line)
		}
		if again := (Message{Text: line, BotNames: m.BotNames}).Line(); again != line && IsCommand(line) {
			t.Fatalf("%q is read as %q, and that as %q", text, line, again)
		}
	})
}
