package feishu

import (
	"context"
	"encoding/json"
	"errors"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkapplication "github.com/larksuite/oapi-sdk-go/v3/service/application/v6"
)

// BotInfo is the bot as people see it. Its open_id is what a mention of the bot carries.
type BotInfo struct {
	OpenID string
	Name   string
}

// Bot tells who the bot is. Its error is an *Error.
func (c *Client) Bot(ctx context.Context) (BotInfo, error) {
	return again(ctx, c, true, func() (BotInfo, error) {
		return call(ctx, c, epBot, func(t larkcore.RequestOptionFunc) (BotInfo, error) {
			resp, err := c.sdk.Get(ctx, "/open-apis/bot/v3/info", nil, larkcore.AccessTokenTypeTenant, t)
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
		} `json:"bot"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return BotInfo{}, errors.New("its bot is malformed")
	}
	if a.Bot.OpenID == "" {
		return BotInfo{}, errors.New("it has no bot")
	}
	return BotInfo{OpenID: a.Bot.OpenID, Name: a.Bot.AppName}, nil
}

// App returns an app's name in a language: "zh", "en", or a locale of the platform such as "ja_jp". Its error is an
// *Error. Of the answer nothing but the name is kept: it may hold the app's secret.
func (c *Client) App(ctx context.Context, appID, lang string) (string, error) {
	if !validID(appID) {
		return "", invalid(epApplication, "the app id is not in an id's form")
	}
	switch lang {
	case "zh", "":
		lang = "zh_cn"
	case "en":
		lang = "en_us"
	}
	req := larkapplication.NewGetApplicationReqBuilder().AppId(appID).Lang(lang).Build()
	return again(ctx, c, true, func() (string, error) {
		return call(ctx, c, epApplication, func(t larkcore.RequestOptionFunc) (string, error) {
			resp, err := c.sdk.Application.V6.Application.Get(ctx, req, t)
			if err != nil {
				return "", err
			}
			if resp.Data == nil || resp.Data.App == nil || value(resp.Data.App.AppName) == "" {
				return "", errors.New("it has no app name")
			}
			return *resp.Data.App.AppName, nil
		})
	})
}
