package app

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"usagebot/feishu/events"
)

const (
	// maxHeaders is how many bytes a request's line and headers may have. net/http adds 4096 to MaxHeaderBytes.
	maxHeaders = 16 << 10
	// maxHeaderLines is how many headers a request may have: a short header takes up much more memory than its bytes. The
	// platform and a proxy send about twenty.
	maxHeaderLines = 100
)

// newServer returns a server that bounds the memory and time which an unauthenticated client can use.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true) // no HTTP/2: the proxy terminates TLS, and the streams would need limits of their own
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

// routes returns the handler of all HTTP requests. webhook is nil if events come over the long connection.
func (a *App) routes(webhook *events.Webhook) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.HandleMethodNotAllowed = true
	_ = router.SetTrustedProxies(nil) // nothing depends on the client's address; nil cannot fail
	router.Use(gin.CustomRecoveryWithWriter(nil, func(c *gin.Context, p any) {
		a.Log.Error("a handler panicked", "panic", p)
		c.AbortWithStatusJSON(http.StatusInternalServerError, gin.H{"code": 500, "msg": "internal error"})
	}))
	if webhook != nil {
		router.POST("/webhook/event", webhook.ServeGin)
	}
	router.GET("/healthz", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "alive"}) })
	router.GET("/readyz", a.health.serve)
	router.GET("/metrics", gin.WrapH(promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})))
	router.NoRoute(func(c *gin.Context) { c.JSON(http.StatusNotFound, gin.H{"code": 404, "msg": "not found"}) })
	router.NoMethod(func(c *gin.Context) {
		c.JSON(http.StatusMethodNotAllowed, gin.H{"code": 405, "msg": "method not allowed"})
	})
	return router
}
