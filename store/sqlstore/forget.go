package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"usagebot/access"
	"usagebot/reports"
)

const (
	// forgetBatch is how many rows one transaction of a forgetting changes at most.
	forgetBatch = 500
	// forgetLease is how long a forgetting waits after a step before another process takes it up.
	forgetLease = time.Minute
	// forgottenFor is how long it is known how a forgetting went: as long as its event may come again.
	forgottenFor = 24 * time.Hour
)

// Meet notes that a chat is a person's single chat with the bot.
func (s People) Meet(ctx context.Context, openID, chatID string) error {
	known, err := s.number(ctx, "look whose single chat it is", `SELECT count(*) FROM direct_chats WHERE chat_id = $1 AND open_id = $2`, chatID, openID)
	if err != nil || known > 0 {
		return err
	}
	_, err = s.update(ctx, "note whose single chat it is", `INSERT INTO direct_chats (chat_id, open_id) VALUES ($1, $2)
		ON CONFLICT (chat_id) DO UPDATE SET open_id = excluded.open_id`, chatID, openID)
	return err
}

// BeginForgetting keeps that a person is to be forgotten, so that it is done
// whatever becomes of this process. One that has begun for the person or by the
// same event is returned as it is, also when it is done.
func (s People) BeginForgetting(ctx context.Context, f access.Forgetting, now time.Time) (kept access.Forgetting, err error) {
	f.ID = entryID(f.Event, string(access.Forgotten))
	err = s.transactionFor(ctx, f.Event, "begin to forget a person", func(ctx context.Context, tx *sql.Tx) error {
		begun, err := all(ctx, tx, readForgetting, `SELECT `+forgettingColumns+` FROM forgettings WHERE id = $1 OR open_id = $2
			ORDER BY id = $1 DESC`, f.ID, f.OpenID)
		if err == nil && len(begun) > 0 {
			kept = begun[0]
			return err
		}
		if err != nil {
			return err
		}
		kept = f
		if _, err = tx.ExecContext(ctx, `INSERT INTO forgettings (`+forgettingColumns+`, lease) VALUES (`+placeholders(7)+`)`,
			f.ID, f.Event, f.OpenID, f.Pseudonym, int64(0), int64(0), millis(now.Add(forgetLease))); err != nil {
			return err
		}
		// A subscription that was never handed over tells whose chat it is in, where nobody has written since.
		if _, err = tx.ExecContext(ctx, `INSERT INTO direct_chats (chat_id, open_id) SELECT DISTINCT chat_id, owner_id FROM subscriptions
			WHERE owner_id = $1 AND single = 1 AND NOT EXISTS (SELECT 1 FROM changes WHERE subject = subscriptions.id AND act = 'hand_over')
			ON CONFLICT (chat_id) DO NOTHING`, f.OpenID); err != nil {
			return err
		}
		for _, chat := range f.Chats {
			if _, err = tx.ExecContext(ctx, `INSERT INTO direct_chats (chat_id, open_id) VALUES ($1, $2)
				ON CONFLICT (chat_id) DO UPDATE SET open_id = excluded.open_id`, chat, f.OpenID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return kept, err
	}
	return s.withChats(ctx, kept)
}

const forgettingColumns = "id, event, open_id, pseudonym, handed_over, removed"

func readForgetting(row scan) (f access.Forgetting, err error) {
	err = row(&f.ID, &f.Event, &f.OpenID, &f.Pseudonym, &f.HandedOver, &f.Removed)
	return f, err
}

func (s People) withChats(ctx context.Context, f access.Forgetting) (access.Forgetting, error) {
	if f.Done() {
		return f, nil
	}
	chats, err := lookUp(ctx, s.conn, "look for a person's single chats", readText, `SELECT chat_id FROM direct_chats WHERE open_id = $1 ORDER BY chat_id`, f.OpenID)
	f.Chats = chats
	return f, err
}

// ClaimForgetting takes up one that is not done and on which nobody has worked
// for a while, and drops those that have been done for long.
func (s People) ClaimForgetting(ctx context.Context, now time.Time) (f access.Forgetting, ok bool, err error) {
	lapsed, err := lookUp(ctx, s.conn, "look for a forgetting", readForgetting, `SELECT `+forgettingColumns+` FROM forgettings
		WHERE lease <= $1 ORDER BY lease, id LIMIT 16`, millis(now))
	if err != nil {
		return f, false, err
	}
	for _, f := range lapsed {
		if f.Done() {
			if _, err := s.update(ctx, "drop a forgetting", `DELETE FROM forgettings WHERE id = $1`, f.ID); err != nil {
				return f, false, err
			}
			continue
		}
		mine, err := s.update(ctx, "take up a forgetting", `UPDATE forgettings SET lease = $1 WHERE id = $2 AND lease <= $3 AND open_id <> ''`,
			millis(now.Add(forgetLease)), f.ID, millis(now))
		if err != nil {
			return f, false, err
		}
		if mine {
			f, err = s.withChats(ctx, f)
			return f, err == nil, err
		}
	}
	return access.Forgetting{}, false, nil
}

// LetGo edits some of a person's subscriptions, and counts what became of them.
// In what is recorded of that the pseudonym stands in the person's place.
func (s People) LetGo(ctx context.Context, f access.Forgetting, edits []reports.Edit, now time.Time) (access.Forgetting, error) {
	var entries []access.Change
	err := s.transactionFor(ctx, f.Event, "let subscriptions go", func(ctx context.Context, tx *sql.Tx) (err error) {
		entries = nil
		for _, e := range edits {
			_, more, err := edit(ctx, tx, e)
			if err != nil && !errors.Is(err, reports.ErrUnchanged) {
				return err
			}
			entries = append(entries, more...)
		}
		for i := range entries {
			entries[i] = pseudonymous(entries[i], f)
		}
		if entries, err = record(ctx, tx, rand.Text(), entries); err != nil {
			return err
		}
		counts := map[access.Act]int{}
		for _, c := range entries {
			counts[c.Act]++
		}
		kept, err := all(ctx, tx, readForgetting, `UPDATE forgettings SET handed_over = handed_over + $1, removed = removed + $2, lease = $3
			WHERE id = $4 RETURNING `+forgettingColumns, int64(counts[access.HandedOver]), int64(counts[access.Removed]), millis(now.Add(forgetLease)), f.ID)
		if err == nil && len(kept) > 0 {
			f.HandedOver, f.Removed = kept[0].HandedOver, kept[0].Removed
		}
		return err
	})
	if err != nil {
		return f, err
	}
	for _, c := range entries {
		s.tell(c)
	}
	return f, nil
}

// pseudonymous puts the pseudonym in the place of a person and of his chats. It
// does not say in which chat of his something was done: there is one, and it
// would lead to him.
func pseudonymous(c access.Change, f access.Forgetting) access.Change {
	if slices.Contains(f.Chats, c.ChatID) {
		c.ChatID = ""
	}
	for _, id := range append([]string{f.OpenID}, f.Chats...) {
		for _, field := range []*string{&c.By, &c.Of, &c.Before, &c.After} {
			*field = strings.ReplaceAll(*field, id, f.Pseudonym)
		}
	}
	return c
}

// theirs are the person's chats, $1 being the person.
const theirs = "(SELECT chat_id FROM direct_chats WHERE open_id = $1)"

// erasures remove what is kept of a person ($1) or put the pseudonym ($2) in
// its place, each some rows at a time: what is in the single chat goes, with
// its history, and what others go by stays. Subscriptions are let go before.
// Every table that holds a person, a chat or what they wrote has its line here.
func erasures() []string {
	someOf := func(table, key, where string) string {
		return `(` + key + `) IN (SELECT ` + key + ` FROM ` + table + ` WHERE ` + where + ` LIMIT 500)`
	}
	remove := func(table, key, where string) string {
		return `DELETE FROM ` + table + ` WHERE ` + someOf(table, key, where)
	}
	ofSubscriptions := func(where string) string {
		return `subscription_id IN (SELECT id FROM subscriptions WHERE ` + where + `)`
	}
	return []string{
		`UPDATE subscriptions SET state = 'removed', version = version + 1 WHERE ` + someOf("subscriptions", "id", "chat_id IN "+theirs+" AND state <> 'removed'"),
		remove("notices", "subscription_id, reason, cycle, start", ofSubscriptions("chat_id IN "+theirs)),
		remove("notices", "subscription_id, reason, cycle, start", ofSubscriptions("owner_id = $1 AND state = 'removed'")),
		remove("notices", "subscription_id, reason, cycle, start", "batch_id <> '' AND batch_id IN (SELECT id FROM notice_batches WHERE owner_id = $1)"),
		remove("notice_batches", "id", "owner_id = $1"),
		remove("deliveries", "subscription_id, cycle, start", ofSubscriptions("chat_id IN "+theirs)),
		remove("subscriptions", "id", "chat_id IN "+theirs+" AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.subscription_id = subscriptions.id)"+
			" AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.subscription_id = subscriptions.id)"),
		`UPDATE subscriptions SET owner_id = $2, version = version + 1 WHERE ` + someOf("subscriptions", "id", "owner_id = $1 AND state = 'removed'"),
		remove("grants", "kind, subject, role, department_id", "kind = 'person' AND subject = $1 OR kind = 'chat' AND subject IN "+theirs),
		`UPDATE grants SET by_id = $2 WHERE ` + someOf("grants", "kind, subject, role, department_id", "by_id = $1"),
		`UPDATE backfills SET by_id = $2 WHERE ` + someOf("backfills", "app_id", "by_id = $1"),
		`UPDATE refreshes SET by_id = $2 WHERE ` + someOf("refreshes", "app_id", "by_id = $1"),
		// The name of what one replica does for a chat holds the chat's id.
		remove("tasks", "name", "EXISTS (SELECT 1 FROM direct_chats d WHERE d.open_id = $1 AND replace(tasks.name, d.chat_id, '') <> tasks.name)"),
		remove("greeted_people", "id", "id = $1"),
		remove("chats", "id", "id IN "+theirs),
	}
}

// Erase removes what is kept of a person beside the subscriptions that are let
// go, in as many transactions as it takes.
func (s People) Erase(ctx context.Context, f access.Forgetting) error {
	for _, statement := range erasures() {
		args := []any{f.OpenID}
		if strings.Contains(statement, "$2") {
			args = append(args, f.Pseudonym)
		}
		for {
			changed, err := s.update(ctx, "forget a person", statement, args...)
			if err != nil {
				return err
			}
			if !changed {
				break
			}
		}
	}
	for _, chat := range f.Chats {
		if _, err := s.update(ctx, "forget a chat's refusals", `DELETE FROM send_refusals WHERE target = $1`, reports.RefusalTarget(chat)); err != nil {
			return err
		}
	}
	return s.renameInChanges(ctx, f)
}

// renameInChanges puts the pseudonym into the record of changes, which it goes
// through from the first entry to the last.
func (s People) renameInChanges(ctx context.Context, f access.Forgetting) error {
	for last := ""; ; {
		entries, err := lookUp(ctx, s.conn, "read the record of changes", readChange,
			`SELECT `+changeColumns+` FROM changes WHERE id > $1 ORDER BY id LIMIT $2`, last, int64(forgetBatch))
		if err != nil || len(entries) == 0 {
			return err
		}
		last = entries[len(entries)-1].ID
		if err := s.renameEntries(ctx, f, entries); err != nil {
			return err
		}
	}
}

// renameEntries rewrites those of the entries that speak of the person. The
// ids of what they did themselves are made of their messages' ids: these get
// others, which begin alike where they did before.
func (s People) renameEntries(ctx context.Context, f access.Forgetting, entries []access.Change) error {
	ids := map[string]string{}
	var changed []access.Change
	for _, was := range entries {
		is := pseudonymous(was, f)
		if is == was {
			continue
		}
		if was.By == f.OpenID {
			of, n, _ := strings.Cut(was.ID, "-")
			if ids[of] == "" {
				ids[of] = rand.Text()
			}
			is.ID = ids[of] + "-" + n
		}
		changed = append(changed, was, is)
	}
	if len(changed) == 0 {
		return nil
	}
	return s.transactionFor(ctx, f.Event, "forget a person in the record of changes", func(ctx context.Context, tx *sql.Tx) error {
		for pair := range slices.Chunk(changed, 2) {
			was, is := pair[0], pair[1]
			if _, err := tx.ExecContext(ctx, `UPDATE changes SET id = $1, by_id = $2, chat_id = $3, subject = $4, before = $5, after = $6 WHERE id = $7`,
				is.ID, is.By, is.ChatID, is.Of, is.Before, is.After, was.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// EndForgetting records that a person is forgotten, when nothing is left but
// that, and keeps how it went without telling of whom. What the database has
// kept of deleted rows goes as well.
func (s People) EndForgetting(ctx context.Context, f access.Forgetting, c access.Change) (access.Forgetting, error) {
	var made []access.Change
	err := s.transactionFor(ctx, f.Event, "have forgotten a person", func(ctx context.Context, tx *sql.Tx) (err error) {
		made = nil
		if _, err = tx.ExecContext(ctx, `DELETE FROM direct_chats WHERE open_id = $1`, f.OpenID); err != nil {
			return err
		}
		err = alter(ctx, tx, `UPDATE forgettings SET event = '', open_id = '', pseudonym = '', lease = $1 WHERE id = $2 AND open_id <> ''`,
			millis(c.At.Add(forgottenFor)), f.ID)
		if errors.Is(err, reports.ErrUnchanged) {
			return nil // another process was faster
		}
		if err == nil {
			made, err = record(ctx, tx, rand.Text(), []access.Change{c})
		}
		return err
	})
	if err != nil {
		return f, err
	}
	for _, c := range made {
		s.tell(c)
	}
	f.OpenID, f.Pseudonym, f.Event, f.Chats = "", "", "", nil
	return f, s.scrub(ctx)
}
