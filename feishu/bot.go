package feishu

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
)

// BotInfo is the bot as people see it. Its open_id is what a mention of the bot carries.
type BotInfo struct {
	OpenID string
	Name   string
	State  BotState
}

// Bot tells who the bot is. Its error is an *Error.
func (c *Client) Bot(ctx context.Context) (BotInfo, error) {
	return again(ctx, c, true, func() (BotInfo, error) {
		return call(ctx, c, epBot, func(t larkcore.RequestOptionFunc) (BotInfo, error) {
			resp, err := c.sdk.Get(ctx, "/open-apis/bot/v3/info", t)
			if err != nil {
				return BotInfo{}, err
			}
			return botOf(resp.RawBody)
		})
	})
}

// botOf reads the bot, which stands beside the code in this answer and not under "data".
func botOf(body []byte) (BotInfo, error) {
	var a struct {
		Bot struct {
			OpenID  string `json:"open_id"`
			AppName string `json:"app_name"`
			State   int    `json:"activate_status"`
		} `json:"bot"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return BotInfo{}, errors.New("its bot is malformed")
	}
	if a.Bot.OpenID == "" {
		return BotInfo{}, errors.New("it has no bot")
	}
	return BotInfo{OpenID: a.Bot.OpenID, Name: a.Bot.AppName, State: BotState(a.Bot.State)}, nil
}

// App returns an app's name in a language: "zh", "en", or a locale of the platform such as "ja_jp". Its error is an
// *Error. Of the answer nothing but the name is kept: it may hold the app's secret.
func (c *Client) App(ctx context.Context, appID, lang string) (string, error) {
	if !validID(appID) {
		return "", invalid(epApplication, "the app id is not in an id's form")
	}
	app, err := c.application(ctx, appID, localeOf(lang))
	if err != nil {
		return "", err
	}
	if value(app.AppName) == "" {
		return "", unreadable(epApplication, http.StatusOK, "", errors.New("it has no app name"))
	}
	return *app.AppName, nil
}

// localeOf is the platform's name of a language.
func localeOf(lang string) string {
	switch lang {
	case "zh", "":
		return "zh_cn"
	case "en":
		return "en_us"
	}
	return lang
}
