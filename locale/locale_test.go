package locale

import (
	"strings"
	"testing"
	"testing/fstest"
)

func load(zh, en string) (Catalogs, error) {
	return Load(fstest.MapFS{"locale/zh.json": {Data: []byte(zh)}, "locale/en.json": {Data: []byte(en)}})
}

func TestLoad_RefusesWhatDoesNotMatch(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, zh, en, want string }{
		{"missing in English", `{"a": "x"}`, `{}`, "text a in en: is missing"},
		{"missing in Chinese", `{}`, `{"a": "x"}`, "text a in zh: is missing"},
		{"another placeholder", `{"a": "{n} x"}`, `{"a": "{m} x"}`, "text a in en: has the placeholders [{m}], not [{n}]"},
		{"a placeholder in one form only", `{"a": "{n} x"}`, `{"a": {"one": "an x", "other": "{n} xs"}}`, ""},
		{"empty", `{"a": "x"}`, `{"a": ""}`, "text a in en: is empty"},
		{"a key twice", `{"a": "x", "a": "y"}`, `{"a": "x"}`, "text a stands there twice"},
		{"a number", `{"a": 7}`, `{"a": "x"}`, "neither a text nor a pair of texts"},
		{"no object", `[]`, `{}`, "no object"},
		{"cut off", `{"a": "x"`, `{"a": "x"}`, ""},
		{"a key that is cut off", `{"a`, `{}`, "understand the texts of zh"},
	} {
		_, err := load(tt.zh, tt.en)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := Load(fstest.MapFS{}); err == nil {
		t.Error("missing files are no error")
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	texts := `{"plain": "plain", "x": "a {x} b", "unclosed": "a {x", "n": {"one": "{n} thing", "other": "{n} things"}}`
	all, err := load(texts, texts)
	if err != nil {
		t.Fatal(err)
	}
	c := all.In("fr")
	if c.Language != Chinese {
		t.Errorf("an unknown language is %s, want %s", c.Language, Chinese)
	}
	for _, tt := range []struct{ got, want string }{
		{c.Text("x", "x", "X"), "a X b"},
		{c.Text("x"), "a — b"},
		{c.Text("x", "x", ""), "a — b"},
		{c.Text("x", "x", "X", "left over"), "a X b"},
		{c.Text("x", "x", "{x}"), "a {x} b"}, // a value is not filled again
		{c.TextWith("x", map[string]string{"x": "X", "y": "Y"}), "a X b"},
		{c.Text("unclosed", "x", "X"), "a "},
		{c.Text("plain"), "plain"},
		{c.Text("unknown"), ""},
		{c.Raw("x"), "a {x} b"},
		{c.Count("n", 1, "n", "1"), "1 thing"},
		{c.Count("n", 2, "n", "2"), "2 things"},
		{c.Count("plain", 1), "plain"},
		{strings.Join(c.Keys(), " "), "n plain unclosed x"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}
