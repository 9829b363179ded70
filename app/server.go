package app

import (
	"log/slog"
	"net/http"
	"time"
)

const (
	// maxHeaders is how many bytes a request's line and headers may have. net/http adds 4096 to what it is told.
	maxHeaders = 16 << 10
	// maxHeaderLines is how many headers they may be: a short one takes up much more memory than it has bytes. The platform
	// and a proxy send about twenty.
	maxHeaderLines = 100
)

// newServer makes a server that bounds what a client may take up before anybody knows who it is.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true) // TLS is the proxy's, and what a stream of HTTP/2 takes up would have to be bounded as well
	return &http.Server{
		Handler: limitHeaderLines(handler), MaxHeaderBytes: maxHeaders - 4096, Protocols: protocols,
		ReadHeaderTimeout: 2500 * time.Millisecond, ReadTimeout: 5 * time.Second,
		WriteTimeout: 15 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

func limitHeaderLines(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lines := 0
		for _, values := range r.Header {
			lines += len(values)
		}
		if lines > maxHeaderLines {
			w.Header().Set("Connection", "close")
			http.Error(w, "too many headers", http.StatusRequestHeaderFieldsTooLarge)
			return
		}
		next.ServeHTTP(w, r)
	})
}
