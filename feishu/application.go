package feishu

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkapplication "github.com/larksuite/oapi-sdk-go/v3/service/application/v6"

	"usagebot/usage"
)

// AppStatus is whether the tenant has an app switched on, in the platform's numbers.
type AppStatus int

// The statuses. Any other number is one that the platform does not explain.
const (
	AppOff   AppStatus = 0
	AppOn    AppStatus = 1
	AppNever AppStatus = 2 // installed and not switched on yet
)

// AppState is an app as the platform's console has it.
type AppState struct {
	Name      string
	Status    AppStatus
	Published bool            // a version of it is online
	Abilities []usage.Ability // those of the online version that figures can be asked for, the whole app left out
}

// AppState returns an app's state. It needs the scope application:application:self_manage for the bot's own app, and
// admin:app.info:readonly for others. Its error is an *Error.
func (c *Client) AppState(ctx context.Context, appID, lang string) (AppState, error) {
	if !validID(appID) {
		return AppState{}, invalidCallError(epApplication, "the app id is not in an id's form")
	}
	app, err := c.application(ctx, appID, localeOf(lang))
	if err != nil {
		return AppState{}, err
	}
	state := AppState{Name: value(app.AppName), Status: -1}
	if app.Status != nil {
		state.Status = AppStatus(*app.Status)
	}
	online := value(app.OnlineVersionId)
	if state.Published = online != ""; !state.Published {
		return state, nil
	}
	state.Abilities, err = c.abilities(ctx, appID, online, localeOf(lang))
	return state, err
}

// application reads an app. What it returns must not be logged: it may hold the app's secret.
func (c *Client) application(ctx context.Context, appID, locale string) (*larkapplication.Application, error) {
	req := larkapplication.NewGetApplicationReqBuilder().AppId(appID).Lang(locale).Build()
	return callWithRetry(ctx, c, true, func() (*larkapplication.Application, error) {
		return call(ctx, c, epApplication, func(t larkcore.RequestOptionFunc) (*larkapplication.Application, error) {
			resp, err := c.sdk.Application.Application.Get(ctx, req, t)
			if err != nil {
				return nil, err
			}
			if resp.Data == nil || resp.Data.App == nil {
				return nil, errors.New("it has no app")
			}
			return resp.Data.App, nil
		})
	})
}

func (c *Client) abilities(ctx context.Context, appID, version, locale string) ([]usage.Ability, error) {
	if !validID(version) {
		return nil, invalidCallError(epVersion, "the version's id is not in an id's form")
	}
	req := larkapplication.NewGetApplicationAppVersionReqBuilder().AppId(appID).VersionId(version).Lang(locale).Build()
	return callWithRetry(ctx, c, true, func() ([]usage.Ability, error) {
		return call(ctx, c, epVersion, func(t larkcore.RequestOptionFunc) ([]usage.Ability, error) {
			resp, err := c.sdk.Application.ApplicationAppVersion.Get(ctx, req, t)
			if err != nil {
				return nil, err
			}
			if resp.Data == nil || resp.Data.AppVersion == nil {
				return nil, errors.New("it has no version")
			}
			return abilitiesOf(resp.Data.AppVersion.Ability), nil
		})
	})
}

func abilitiesOf(a *larkapplication.AppAbility) []usage.Ability {
	var has []usage.Ability
	if a == nil {
		return nil
	}
	if a.Gadget != nil {
		has = append(has, usage.MiniProgram)
	}
	if a.WebApp != nil {
		has = append(has, usage.Web)
	}
	if a.Bot != nil {
		has = append(has, usage.Bot)
	}
	return has
}

// BotInfo is the bot as people see it. Its open_id is what a mention of the bot carries.
type BotInfo struct {
	OpenID string
	Name   string
	State  BotState
}

// Bot returns the bot's open_id, name and state. Its error is an *Error.
func (c *Client) Bot(ctx context.Context) (BotInfo, error) {
	return callWithRetry(ctx, c, true, func() (BotInfo, error) {
		return call(ctx, c, epBot, func(t larkcore.RequestOptionFunc) (BotInfo, error) {
			resp, err := c.sdk.Get(ctx, "/open-apis/bot/v3/info", t)
			if err != nil {
				return BotInfo{}, err
			}
			return botOf(resp.RawBody)
		})
	})
}

// botOf reads the bot, which this answer holds next to the code and not under "data".
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
// *Error. Only the name is kept of the answer, which may hold the app's secret.
func (c *Client) App(ctx context.Context, appID, lang string) (string, error) {
	if !validID(appID) {
		return "", invalidCallError(epApplication, "the app id is not in an id's form")
	}
	app, err := c.application(ctx, appID, localeOf(lang))
	if err != nil {
		return "", err
	}
	if value(app.AppName) == "" {
		return "", unreadableError(epApplication, http.StatusOK, "", errors.New("it has no app name"))
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
