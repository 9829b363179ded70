package app

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"usagebot/feishu/events"
)

// routes are all that the bot answers over HTTP; the webhook is nil when events come over the long connection.
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
