package feishu

import (
	"context"
	"encoding/json"
	"net/http"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkapplication "github.com/larksuite/oapi-sdk-go/v3/service/application/v6"
	larkcontact "github.com/larksuite/oapi-sdk-go/v3/service/contact/v3"
	larkim "github.com/larksuite/oapi-sdk-go/v3/service/im/v1"
)

// BaseURL is the platform's address in China.
const BaseURL = "https://open.feishu.cn"

// sdk holds the SDK's services that this program calls. The SDK's own client would hold all of its sixty services, which
// makes the program larger by several megabytes.
type sdk struct {
	config      *larkcore.Config
	Application *larkapplication.V6
	Contact     *larkcontact.V3
	Im          *larkim.V1
}

func newSDK(config *larkcore.Config) *sdk {
	larkcore.NewLogger(config)
	larkcore.NewSerialization(config)
	return &sdk{config, larkapplication.New(config), larkcontact.New(config), larkim.New(config)}
}

// Do makes a call that the SDK has no method for.
func (s *sdk) Do(ctx context.Context, req *larkcore.ApiReq, options ...larkcore.RequestOptionFunc) (*larkcore.ApiResp, error) {
	return larkcore.Request(ctx, req, s.config, options...)
}

// Get makes a GET call that the SDK has no method for, with the bot's token.
func (s *sdk) Get(ctx context.Context, path string, options ...larkcore.RequestOptionFunc) (*larkcore.ApiResp, error) {
	return s.Do(ctx, &larkcore.ApiReq{
		HttpMethod: http.MethodGet, ApiPath: path, SupportedAccessTokenTypes: []larkcore.AccessTokenType{larkcore.AccessTokenTypeTenant},
	}, options...)
}

// tenantToken asks for a token of the app's own tenant.
func (s *sdk) tenantToken(ctx context.Context, appID, secret string) (*larkcore.TenantAccessTokenResp, error) {
	raw, err := s.Do(ctx, &larkcore.ApiReq{
		HttpMethod: http.MethodPost, ApiPath: larkcore.TenantAccessTokenInternalUrlPath,
		Body:                      &larkcore.SelfBuiltTenantAccessTokenReq{AppID: appID, AppSecret: secret},
		SupportedAccessTokenTypes: []larkcore.AccessTokenType{larkcore.AccessTokenTypeNone},
	})
	if err != nil {
		return nil, err
	}
	resp := &larkcore.TenantAccessTokenResp{ApiResp: raw}
	return resp, json.Unmarshal(raw.RawBody, resp)
}
