package redisstore

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseAddress(t *testing.T) {
	t.Parallel()
	type want struct {
		Hosts                                []string
		User, Password, Master, SentinelPass string
		DB                                   int
		TLS                                  bool
		ServerName                           string
	}
	for name, c := range map[string]struct {
		address string
		want    want
	}{
		"one server":        {"redis://h:1", want{Hosts: []string{"h:1"}}},
		"default port":      {"redis://h", want{Hosts: []string{"h:6379"}}},
		"login, database":   {"redis://u:p%2Fw@h:1/3", want{Hosts: []string{"h:1"}, User: "u", Password: "p/w", DB: 3}},
		"TLS":               {"rediss://h:1", want{Hosts: []string{"h:1"}, TLS: true, ServerName: "h"}},
		"IPv6":              {"redis://[::1]:7", want{Hosts: []string{"[::1]:7"}}},
		"cluster":           {"redis://:p@a:1,b:2,c", want{Hosts: []string{"a:1", "b:2", "c:6379"}, Password: "p"}},
		"schemes repeated":  {"rediss://a:1, rediss://b:2", want{Hosts: []string{"a:1", "b:2"}, TLS: true}},
		"schemes, no space": {"redis://a:1,redis://b:2", want{Hosts: []string{"a:1", "b:2"}}},
		"sentinel": {
			"redis://:p@a,b:2/1?master_name=m&sentinel_password=sp",
			want{Hosts: []string{"a:26379", "b:2"}, Password: "p", Master: "m", SentinelPass: "sp", DB: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, err := parseAddress(c.address)
			if err != nil {
				t.Fatal(err)
			}
			got := want{
				Hosts: o.Addrs, User: o.Username, Password: o.Password, Master: o.MasterName,
				SentinelPass: o.SentinelPassword, DB: o.DB, TLS: o.TLSConfig != nil,
			}
			if o.TLSConfig != nil {
				got.ServerName = o.TLSConfig.ServerName
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestParseAddressRefusesWithoutQuotingThePassword(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"localhost:6379", "http://:secret@h", "redis://", "redis://:sec/ret@h:1", "redis://:1/secret@h:1/0", "redis://:secret@h:x",
		"redis://:secret@h:1/db", "redis://:secret@h:1?secret=1", "redis://:secret@a:1,b:2/3", "redis://:secret@a:1,,b:2", "redis://:%secret@h",
	} {
		_, err := Open(address, Options{})
		if err == nil {
			t.Errorf("%q was accepted", address)
			continue
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error for %q quotes it: %v", address, err)
		}
	}
}
