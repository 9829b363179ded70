package check

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// exported are the metrics that the program exports, and up, which Prometheus adds.
func exported(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"up": true}
	for name := range strings.FieldsSeq(string(text)) {
		known[name] = true
	}
	return known
}

// asked returns the metrics that an expression asks for, those of a histogram by its own name.
func asked(t *testing.T, expression string) []string {
	t.Helper()
	// Grafana puts a duration and a name into these places.
	expression = strings.NewReplacer("$__rate_interval", "5m", "$job", "usagebot").Replace(expression)
	expr, err := parser.ParseExpr(expression)
	if err != nil {
		t.Errorf("%s: %v", expression, err)
		return nil
	}
	var names []string
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		if v, ok := n.(*parser.VectorSelector); ok {
			name := v.Name
			for _, m := range v.LabelMatchers {
				if m.Name == labels.MetricName {
					name = m.Value
				}
			}
			for _, suffix := range []string{"_bucket", "_count", "_sum"} {
				name = strings.TrimSuffix(name, suffix)
			}
			names = append(names, name)
		}
		return nil
	})
	return names
}

func TestAlertsLoadAndAskForWhatIsTold(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	groups, errs := rulefmt.Parse(text, false, model.UTF8Validation)
	for _, err := range errs {
		t.Error(err)
	}
	manual, err := os.ReadFile("../../doc/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	known, rules := exported(t), 0
	for _, g := range groups.Groups {
		for _, rule := range g.Rules {
			rules++
			for _, name := range asked(t, rule.Expr) {
				if !known[name] {
					t.Errorf("%s asks for %s, which the program does not tell", rule.Alert, name)
				}
			}
			if rule.Annotations["summary"] == "" || rule.Labels["severity"] == "" {
				t.Errorf("%s has no summary or no severity", rule.Alert)
			}
			if !bytes.Contains(manual, []byte("`"+rule.Alert+"`")) {
				t.Errorf("doc/operations.md does not say what to do about %s", rule.Alert)
			}
		}
	}
	if rules < 10 {
		t.Errorf("%d rules were looked at", rules)
	}
}

func TestDashboardLoadsAndAsksForWhatIsTold(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../grafana-dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var typed dashboard.Dashboard
	if err := json.Unmarshal(text, &typed); err != nil {
		t.Fatal(err)
	}
	// The targets' form is the data source's and not the dashboard's: they are read by themselves.
	var d struct {
		Panels []struct {
			Title, Type string
			Targets     []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	known, targets := exported(t), 0
	for _, p := range d.Panels {
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("the panel %q shows nothing", p.Title)
		}
		for _, target := range p.Targets {
			targets++
			for _, name := range asked(t, target.Expr) {
				if !known[name] {
					t.Errorf("the panel %q asks for %s, which the program does not tell", p.Title, name)
				}
			}
		}
	}
	if targets < 10 {
		t.Errorf("%d targets were looked at", targets)
	}
}
