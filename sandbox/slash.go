package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
)

// The slash panel's limits and the code for a name that is taken.
const (
	maxSlashCommands = 100
	codeSlashExists  = 40000000
)

const (
	scopeSlashRead  = "application:app_slash_command:read"
	scopeSlashWrite = "application:app_slash_command:write"
)

// slashCommand is a line of the panel.
type slashCommand struct {
	ID          string           `json:"command_id"`
	Command     string           `json:"command"`
	Description slashDescription `json:"description"`
}

type slashDescription struct {
	Default string            `json:"default_value"`
	I18n    map[string]string `json:"i18n,omitempty"`
}

func (s *appAPI) slashEndpoints() []endpoint {
	const all, one = "/open-apis/application/v7/app_slash_commands", "/open-apis/application/v7/app_slash_commands/{command_id}"
	read, write := []string{scopeSlashRead}, []string{scopeSlashWrite}
	return []endpoint{
		{"slash.list", "GET", all, read, false, s.listSlash},
		{"slash.create", "POST", all, write, false, s.createSlash},
		{"slash.patch", "PATCH", one, write, false, s.patchSlash},
		{"slash.delete", "DELETE", one, write, false, s.deleteSlash},
	}
}

// SlashCommands returns the names in the panel, in the order in which they came.
func (s *appAPI) SlashCommands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, c := range s.console.slash {
		names = append(names, c.Command)
	}
	return names
}

func (s *appAPI) listSlash(*call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return success(map[string]any{"items": slices.Concat([]slashCommand{}, s.console.slash)})
}

func (s *appAPI) createSlash(c *call) answer {
	var req slashCommand
	if json.Unmarshal(c.body, &req) != nil || !slashName(req.Command) || req.Description.Default == "" {
		return refuseField("command", "letters, digits and underscores, and a description")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.console.slash, func(have slashCommand) bool { return have.Command == req.Command }) {
		return answer{status: http.StatusBadRequest, code: codeSlashExists, body: map[string]any{"code": codeSlashExists, "msg": "command already exists"}}
	}
	if len(s.console.slash) >= maxSlashCommands {
		return refuseField("command", "the panel holds 100 commands already")
	}
	req.ID = s.nextID("cmd_")
	s.console.slash = append(s.console.slash, req)
	return success(map[string]any{"command_id": req.ID})
}

func (s *appAPI) patchSlash(c *call) answer {
	var req slashCommand
	if json.Unmarshal(c.body, &req) != nil || req.Command != "" {
		return refuseField("command", "a command keeps its name")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.slashIndex(c)
	if i < 0 {
		return refuseField("command_id", "there is no such command")
	}
	s.console.slash[i].Description = req.Description
	return success(map[string]any{})
}

func (s *appAPI) deleteSlash(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.slashIndex(c)
	if i < 0 {
		return refuseField("command_id", "there is no such command")
	}
	s.console.slash = slices.Delete(s.console.slash, i, i+1)
	return success(map[string]any{})
}

// slashIndex finds the command that a call is about. The caller holds s.mu.
func (s *appAPI) slashIndex(c *call) int {
	id := c.request.PathValue("command_id")
	return slices.IndexFunc(s.console.slash, func(have slashCommand) bool { return have.ID == id })
}

func slashName(name string) bool {
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' {
			return false
		}
	}
	return name != ""
}
