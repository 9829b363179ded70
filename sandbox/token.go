package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// tokenLife is the longest that a token lasts; in its last renewal time a new one is given beside it.
const (
	tokenLife    = 2 * time.Hour
	tokenRenewal = 30 * time.Minute
)

type token struct {
	value   string
	expires time.Time
}

// RevokeTokens makes every token invalid that was given so far.
func (s *gateway) RevokeTokens() { s.locked(func() { s.tokens = nil }) }

func (s *gateway) tenantToken(c *call) answer {
	var req struct {
		AppID     string `json:"app_id"`
		AppSecret string `json:"app_secret"`
	}
	if json.Unmarshal(c.body, &req) != nil {
		return refuse(codeBadCredentials)
	}
	if req.AppID != s.opts.AppID {
		return refuse(codeBadCredentials)
	}
	if req.AppSecret != s.opts.AppSecret {
		return refuse(s.opts.WrongSecretCode)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.currentToken(c.now)
	return answer{status: http.StatusOK, body: map[string]any{
		"code": 0, "msg": "ok", "tenant_access_token": t.value, "expire": int(t.expires.Sub(c.now).Seconds()),
	}}
}

// currentToken returns the newest token while it has half an hour left, and otherwise a new one.
func (s *gateway) currentToken(now time.Time) token {
	if n := len(s.tokens); n > 0 && s.tokens[n-1].expires.Sub(now) >= tokenRenewal {
		return s.tokens[n-1]
	}
	t := token{"t-" + randomHex(20), now.Add(tokenLife)}
	s.tokens = append(s.tokens, t)
	return t
}

// checkToken returns the code with which the request's token is refused, or 0. The caller holds s.mu.
func (s *gateway) checkToken(c *call) int {
	value, ok := strings.CutPrefix(c.request.Header.Get("Authorization"), "Bearer ")
	switch {
	case !ok || value == "":
		return codeNeedToken
	case !strings.HasPrefix(value, "t-") && !strings.HasPrefix(value, "u-"):
		return codeTokenForm
	}
	for _, t := range s.tokens {
		if t.value == value && c.now.Before(t.expires) {
			return 0
		}
	}
	return codeInvalidToken
}
