package feishu

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
)

// MaxSlashCommands is how many commands an app's panel holds.
const MaxSlashCommands = 100

// Codes of the slash panel's endpoints.
const (
	codeSlashExists = 40000000
	codeSlashScope  = 99991640
)

const slashPath = "/open-apis/application/v7/app_slash_commands"

// SlashCommand is a line in the panel that a client opens when a user types a slash. The panel does not show arguments.
type SlashCommand struct {
	ID          string            // assigned by the platform; empty in a command to add
	Name        string            // without the slash
	Description string            // shown if Localized lacks the reader's language
	Localized   map[string]string // by locale, such as zh_cn
}

// same reports whether both would look the same in the panel.
func (s SlashCommand) same(other SlashCommand) bool {
	return s.Description == other.Description && maps.Equal(s.Localized, other.Localized)
}

// slashBody is a command as the platform writes it.
type slashBody struct {
	ID          string           `json:"command_id,omitempty"`
	Command     string           `json:"command,omitempty"`
	Description slashDescription `json:"description"`
}

type slashDescription struct {
	Default string            `json:"default_value"`
	I18n    map[string]string `json:"i18n,omitempty"`
}

func (s SlashCommand) body() slashBody {
	return slashBody{Command: s.Name, Description: slashDescription{s.Description, s.Localized}}
}

// SlashPanel is the list of commands that the client offers when a person types a slash to the bot.
type SlashPanel struct{ client *Client }

// SlashPanel returns the bot's panel.
func (c *Client) SlashPanel() SlashPanel { return SlashPanel{c} }

// Commands lists the panel. Its error is an *Error.
func (p SlashPanel) Commands(ctx context.Context) ([]SlashCommand, error) {
	return callWithRetry(ctx, p.client, true, func() ([]SlashCommand, error) {
		return call(ctx, p.client, epSlashList, func(t larkcore.RequestOptionFunc) ([]SlashCommand, error) {
			resp, err := p.client.sdk.Get(ctx, slashPath, t)
			if err != nil {
				return nil, err
			}
			return slashCommandsOf(resp.RawBody)
		})
	})
}

func slashCommandsOf(body []byte) ([]SlashCommand, error) {
	var a struct {
		Data struct {
			Items []slashBody `json:"items"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, errors.New("its commands are malformed")
	}
	list := make([]SlashCommand, 0, len(a.Data.Items))
	for _, item := range a.Data.Items {
		// The platform's own words differ on whether the name begins with a slash.
		list = append(list, SlashCommand{item.ID, strings.TrimPrefix(item.Command, "/"), item.Description.Default, item.Description.I18n})
	}
	return list, nil
}

// Add adds a command to the panel. Its error is an *Error.
func (p SlashPanel) Add(ctx context.Context, s SlashCommand) error {
	return p.change(ctx, epSlashPut, http.MethodPost, "", s.body())
}

// Change gives the command of the id another description. Its error is an *Error.
func (p SlashPanel) Change(ctx context.Context, id string, s SlashCommand) error {
	body := s.body()
	body.Command = "" // its name stays
	return p.change(ctx, epSlashPatch, http.MethodPatch, id, body)
}

// Remove takes the command of the id out of the panel. Its error is an *Error.
func (p SlashPanel) Remove(ctx context.Context, id string) error {
	return p.change(ctx, epSlashDelete, http.MethodDelete, id, nil)
}

// change makes one change. It may be repeated: a command that was added already is answered with codeSlashExists.
func (p SlashPanel) change(ctx context.Context, e endpoint, method, id string, body any) error {
	path := slashPath
	if e != epSlashPut {
		if !validID(id) {
			return invalidCallError(e, "the command's id is not in an id's form")
		}
		path += "/" + id
	}
	req := &larkcore.ApiReq{
		HttpMethod: method, ApiPath: path, Body: body, PathParams: larkcore.PathParams{}, QueryParams: larkcore.QueryParams{},
		SupportedAccessTokenTypes: []larkcore.AccessTokenType{larkcore.AccessTokenTypeTenant},
	}
	_, err := callWithRetry(ctx, p.client, true, func() (struct{}, error) {
		return call(ctx, p.client, e, func(t larkcore.RequestOptionFunc) (struct{}, error) {
			_, err := p.client.sdk.Do(ctx, req, t)
			return struct{}{}, err
		})
	})
	return err
}

// ErrNoSlashScope means that the app may not change its panel, because it lacks the scopes
// application:app_slash_command:read and application:app_slash_command:write.
var ErrNoSlashScope = errors.New("the app has no scope for its slash panel")

// Sync adds the missing commands to the panel and corrects those that differ. It keeps other commands, which
// somebody else may have added, and returns an error if the panel has no room left. changed is the number of changed lines.
// If the scope is missing the error is ErrNoSlashScope.
func (p SlashPanel) Sync(ctx context.Context, want []SlashCommand) (changed int, err error) {
	list, err := p.Commands(ctx)
	if err != nil {
		return 0, slashError(err)
	}
	shown := make(map[string]SlashCommand, len(list))
	for _, s := range list {
		shown[s.Name] = s
	}
	room := MaxSlashCommands - len(list)
	for _, w := range want {
		have, there := shown[w.Name]
		switch {
		case there && have.same(w):
			continue
		case there:
			err = p.Change(ctx, have.ID, w)
		case room <= 0:
			return changed, fmt.Errorf("adding %q to the slash panel: it holds %d commands already", w.Name, MaxSlashCommands)
		default:
			err = p.Add(ctx, w)
			room--
		}
		if hasCode(err, codeSlashExists) {
			continue // another replica has added it meanwhile
		}
		if err != nil {
			return changed, slashError(err)
		}
		changed++
	}
	return changed, nil
}

func slashError(err error) error {
	if e, ok := errors.AsType[*Error](err); ok && e.NoScope() {
		return fmt.Errorf("%w (%w)", ErrNoSlashScope, err)
	}
	return fmt.Errorf("synchronising the slash panel: %w", err)
}
