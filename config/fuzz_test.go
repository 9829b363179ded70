package config_test

import (
	"fmt"
	"strings"
	"testing"

	"usagebot/config"
)

// FuzzLoad puts secrets into broken surroundings: whatever follows them in a variable, in the YAML file or in a secret's
// own file, Load returns, and neither its error nor the config's dump and warnings show them.
func FuzzLoad(f *testing.F) {
	for _, seed := range [][3]string{
		{"", "", ""},
		{" ", "\nlanguage: en\n", "\n"},
		{"@host:1", ": {x", "\r\n"},
		{":port/@", "\"\nfeishu_app_secret: [", "\x00"},
		{"?x=@", "\n---\napps: [cli_a=b, *x]\n", "\nx"},
		{",redis://%zz", "\n\tadmins: &a !!str |\n  x", "\n\n"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	const hidden = "SeCrEt7f3a"
	f.Fuzz(func(t *testing.T, address, yaml, file string) {
		env := []string{
			"CONFIG_FILE=c", "FEISHU_APP_SECRET=" + hidden + address, "FEISHU_ENCRYPT_KEY_FILE=k", "FEISHU_VERIFICATION_TOKEN_FILE=" + hidden,
			"REDIS_URL=redis://u:" + hidden + address, "DATABASE_URL=postgres://u:" + hidden + address,
			"FEISHU_BASE_URL=https://u:" + hidden + "@" + address, "LISTEN_ADDR=" + address, "APPS=" + address, "LANGUAGE=" + address,
		}
		c, err := config.Load(config.Serve, env, files{"c": "feishu_app_secret: " + hidden + yaml, "k": hidden + file}.read)
		shown := fmt.Sprintf("%v %+v %#v %q", err, c, c, c.Warnings)
		// What a fuzzer might write by itself is no leak.
		if strings.Contains(shown, hidden) && !strings.Contains(address+yaml+file, hidden) {
			t.Errorf("a secret is shown: %s", shown)
		}
	})
}
