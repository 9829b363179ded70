package e2e

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/usage"
)

// invariants compares what a cluster has stored, row by row, with what was acknowledged and what the platform has.
type invariants struct {
	*testing.T
	*cluster
	db *sql.DB
}

func (f *cluster) checkInvariants(t *testing.T) {
	t.Helper()
	db, err := sql.Open(f.database[0], f.database[1])
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	r := invariants{t, f, db}
	r.digestsAndDeliveries()
	if f.older == nil { // what an older version records, and how surely, is its own affair
		r.changesAndAudit()
	}
	r.subscriptionsAndSettings()
	r.figures()
	r.leftovers()
}

// rows reads what a query finds, each column as text.
func (r invariants) rows(query string, args ...any) (found [][]string) {
	r.Helper()
	rows, err := r.db.QueryContext(r.Context(), query, args...)
	if err != nil {
		r.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		r.Fatal(err)
	}
	for rows.Next() {
		row, fields := make([]string, len(columns)), make([]any, len(columns))
		for i := range row {
			fields[i] = &row[i]
		}
		if err := rows.Scan(fields...); err != nil {
			r.Fatal(err)
		}
		found = append(found, row)
	}
	if err := rows.Err(); err != nil {
		r.Fatal(err)
	}
	return found
}

// digestsAndDeliveries checks that each stored delivery has one message in its chat, and each message that is no answer has
// one delivery.
func (r invariants) digestsAndDeliveries() {
	r.Helper()
	stored := map[string]string{} // the chat of each message, by its id
	for _, row := range r.rows(`SELECT d.message, s.chat_id, d.state, d.reason FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id`) {
		if _, twice := stored[row[0]]; twice || row[2] != string(reports.Delivered) {
			r.Errorf("the database has a delivery %q, twice: %v", row, twice)
		}
		stored[row[0]] = row[1]
	}
	for _, m := range r.sb.BotMessages("") {
		if m.ParentID != "" || m.VisibleTo != "" {
			continue
		}
		if stored[m.ID] != m.ChatID || m.UUID == "" {
			r.Errorf("a message of the bot in %s is not in the database: %.300s", m.ChatID, m.Content)
		}
		delete(stored, m.ID)
	}
	if len(stored) > 0 {
		r.Errorf("the database names messages that are not there: %v", stored)
	}
}

// changesAndAudit compares the audit entries with what each simulated user changed according to the answers. If one of
// their clicks got no answer, the audit may have that click or not.
func (r invariants) changesAndAudit() {
	r.Helper()
	for _, p := range r.simUsers {
		var recorded []access.Act
		for _, row := range r.rows(`SELECT act, by_id FROM changes WHERE chat_id = $1 ORDER BY at_ms, id`, p.chat) {
			if row[1] != p.me {
				r.Errorf("the record says that somebody else did it: %v", row)
			}
			recorded = append(recorded, access.Act(row[0]))
		}
		if more := len(recorded) - len(p.made); p.unsure && more == 1 {
			recorded = recorded[:len(p.made)]
		}
		if !slices.Equal(recorded, p.made) {
			r.Errorf("the record of a chat has\n%v, and these were made\n%v", recorded, p.made)
		}
	}
	n := 0
	for _, p := range r.simUsers {
		n += len(r.rows(`SELECT id FROM changes WHERE chat_id = $1`, p.chat))
	}
	if all := len(r.rows(`SELECT id FROM changes`)); all != n {
		r.Errorf("the record has %d entries, of the simulated users' chats %d", all, n)
	}
}

// subscriptionsAndSettings checks the other things that simulated users change.
func (r invariants) subscriptionsAndSettings() {
	r.Helper()
	var known []string
	for _, p := range r.simUsers {
		known = append(known, p.chat)
		if p.unsure {
			continue
		}
		state, language := "", ""
		for _, row := range r.rows(`SELECT state FROM subscriptions WHERE chat_id = $1`, p.chat) {
			state += row[0]
		}
		for _, row := range r.rows(`SELECT language FROM chats WHERE id = $1`, p.chat) {
			language = row[0]
		}
		grants := len(r.rows(`SELECT role FROM grants WHERE kind = 'chat' AND subject = $1`, p.chat))
		if state != string(p.want) || language != p.language || grants > 0 != p.granted {
			r.Errorf("a chat has a subscription %q, language %q, %d grants; want %q, %q, %v",
				state, language, grants, p.want, p.language, p.granted)
		}
	}
	for _, row := range r.rows(`SELECT chat_id, count(*) FROM subscriptions GROUP BY chat_id`) {
		if !slices.Contains(known, row[0]) && !slices.Contains(r.digests, row[0]) || row[1] != "1" {
			r.Errorf("%s subscriptions of chat %s", row[1], row[0])
		}
	}
}

// figures holds those that are remembered, those in answers and those in digests against the platform's.
func (r invariants) figures() {
	r.Helper()
	for _, row := range r.rows(`SELECT app_id, ability, CAST(cycle AS TEXT), start, department_id, metric, CAST(value AS TEXT) FROM usage_history`) {
		day, err := usage.ParseDate(row[3])
		if err != nil {
			r.Fatal(err)
		}
		ask := usage.Request{AppID: row[0], Ability: usage.Ability(row[1]), Date: day, DepartmentID: row[4]}
		for _, cycle := range []usage.Cycle{usage.Daily, usage.Weekly, usage.Monthly} {
			if fmt.Sprint(int(cycle)) == row[2] {
				ask.Cycle = cycle
			}
		}
		figures, _ := r.sb.Figures(ask)
		if row[5] != "" && fmt.Sprint(figures[usage.Metric(row[5])]) != row[6] || row[5] == "" && len(figures) > 0 {
			r.Errorf("the history has %v, the platform %v", row, figures)
		}
	}
	for _, chat := range r.digests {
		r.show(r.sb.BotMessages(chat), usage.Daily)
	}
	for _, p := range r.simUsers {
		for _, q := range p.asked {
			switch q.line {
			case "/usage daily h5":
				r.show(p.answers(q.message), usage.Daily)
			case "/usage weekly h5":
				r.show(p.answers(q.message), usage.Weekly)
			}
		}
	}
}

// show holds that each card showed the active users of the newest period that was over when it was sent. A click may have
// put another card in its place since.
func (r invariants) show(list []sandbox.Message, cycle usage.Cycle) {
	r.Helper()
	for _, m := range list {
		today := usage.DateOf(m.CreatedAt.In(wednesday.Location()))
		want := `"` + r.activeUsers(usage.PeriodOf(cycle, today).Previous()) + `"`
		if !slices.ContainsFunc(append(m.History, m.Content), func(card string) bool { return strings.Contains(card, want) }) {
			r.Errorf("a card does not show %s: %.500s", want, m.Content)
		}
	}
}

// activeUsers are the platform's, as cards write them.
func (r invariants) activeUsers(p usage.Period) string {
	r.Helper()
	figures, code := r.sb.Figures(usage.Request{AppID: r.sb.Options().AppID, Ability: usage.Web, Cycle: p.Cycle, Date: p.Start})
	if code != 0 {
		r.Fatalf("the sandbox has no figures: %d", code)
	}
	return thousands(figures[usage.ActiveUsers])
}

// leftovers checks that no work is left in the database.
func (r invariants) leftovers() {
	r.Helper()
	for _, table := range []string{"events WHERE done_at = 0", "notices", "notice_batches", "backfills", "refreshes"} {
		if n := len(r.rows(`SELECT 1 AS one FROM ` + table)); n > 0 {
			r.Errorf("%d rows are left in %s", n, table)
		}
	}
}
