package redisstore

import (
	"strings"

	"usagebot/store"
)

// redisFault names what is wrong by the words of Redis: its errors have nothing else.
func redisFault(err error) store.Fault {
	if err == nil {
		return ""
	}
	text := err.Error()
	for _, told := range []struct {
		words string
		fault store.Fault
	}{
		{"WRONGPASS", store.Refused},
		{"NOAUTH", store.Refused},
		{"NOPERM", store.Refused},
		{"invalid password", store.Refused}, // before Redis 6
		{"without any password configured", store.Refused},
		{"no password is set", store.Refused},
		{"DB index is out of range", store.Missing},
		{"SELECT is not allowed in cluster mode", store.Missing},
		{"max number of clients reached", store.Crowded},
	} {
		if strings.Contains(text, told.words) {
			return told.fault
		}
	}
	if store.SpeaksOfTLS(text) {
		return store.Insecure
	}
	return store.NoAnswer
}
