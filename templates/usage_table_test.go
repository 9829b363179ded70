package templates_test

import (
	"bytes"
	"testing"

	"usagebot/locale"
	"usagebot/templates"
	"usagebot/usage"
)

func TestNoTableIsDrawnOfNoFigures(t *testing.T) {
	t.Parallel()
	r := complete(usage.All, week, usage.Department{}, usage.Section{Ability: usage.Web}, usage.Section{Ability: usage.Bot})
	card := templates.Usage(newTemplates(t).In(locale.English), r, templates.UsageOptions{}).JSON()
	if bytes.Contains(card, []byte(`"tag":"table"`)) {
		t.Errorf("there is one in %s", card)
	}
}
