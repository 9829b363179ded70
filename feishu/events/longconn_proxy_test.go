package events

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
)

// TestConnectThrough asks a proxy for a connection. What comes right behind its answer belongs to the connection.
func TestConnectThrough(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer string
		want   string // the error
	}{
		"accepted": {"HTTP/1.1 200 Connection established\r\n\r\nhello", ""},
		"refused":  {"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "the proxy answers 407"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ours, proxys := net.Pipe()
			defer ours.Close()
			go func() {
				defer proxys.Close()
				req, err := http.ReadRequest(bufio.NewReader(proxys))
				if err != nil || req.Method != http.MethodConnect || req.Host != "open.example:443" || req.Header.Get("Proxy-Authorization") != "Basic dXNlcjpwYXNz" {
					t.Errorf("the proxy was asked %+v, %v", req, err)
				}
				_, _ = io.WriteString(proxys, tt.answer)
			}()
			err := connectThrough(context.Background(), ours, &url.URL{Host: "proxy:3128", User: url.UserPassword("user", "pass")}, "open.example:443")
			if err != nil || tt.want != "" {
				if err == nil || err.Error() != tt.want {
					t.Errorf("the error is %v, want %q", err, tt.want)
				}
				return
			}
			if rest, err := io.ReadAll(ours); err != nil || string(rest) != "hello" {
				t.Errorf("behind the answer: %q, %v", rest, err)
			}
		})
	}
}
