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

// Greeted reports whether a person was greeted.
func (s People) Greeted(ctx context.Context, openID string) (bool, error) {
	n, err := s.queryInt(ctx, "look whether a person was greeted", `SELECT count(*) FROM greeted_people WHERE id = $1`, openID)
	return n > 0, err
}

// Greet records that a person was greeted.
func (s People) Greet(ctx context.Context, openID string, now time.Time) error {
	_, err := s.execChanged(ctx, "greet a person", `INSERT INTO greeted_people (id, at_ms) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`,
		openID, millis(now))
	return err
}

const (
	// forgetBatch is the number of audit entries that one transaction reads.
	forgetBatch = 500
	// forgetLease is how long after a step another process may continue a forgetting.
	forgetLease = time.Minute
	// forgottenFor is how long the result of a finished forgetting is kept: as long as its event may come again.
	forgottenFor = 24 * time.Hour
)

// seenEvery is how exactly it is recorded when a person last wrote: most messages write nothing.
const seenEvery = 30 * 24 * time.Hour

// Meet records that a chat is a person's direct message with the bot, and about when they last wrote there.
func (s People) Meet(ctx context.Context, openID, chatID string, now time.Time) error {
	known, err := s.queryInt(ctx, "look whose single chat it is", `SELECT count(*) FROM direct_chats WHERE chat_id = $1 AND open_id = $2 AND seen_ms > $3`,
		chatID, openID, millis(now.Add(-seenEvery)))
	if err != nil || known > 0 {
		return err
	}
	return s.transaction(ctx, "note whose single chat it is", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO direct_chats (chat_id, open_id, seen_ms) VALUES ($1, $2, $3)
			ON CONFLICT (chat_id) DO UPDATE SET open_id = excluded.open_id, seen_ms = excluded.seen_ms`, chatID, openID, millis(now))
		if err == nil {
			_, err = tx.ExecContext(ctx, `UPDATE greeted_people SET at_ms = $1 WHERE id = $2`, millis(now), openID)
		}
		return err
	})
}

// BeginForgetting records that a person is to be forgotten, so that another process can finish it. If the person or the
// event has one already, that is returned unchanged, even if it is finished.
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
		if _, err = tx.ExecContext(ctx, `INSERT INTO direct_chats (chat_id, open_id, seen_ms) SELECT DISTINCT chat_id, owner_id, CAST($2 AS BIGINT) FROM subscriptions
			WHERE owner_id = $1 AND single = 1 AND NOT EXISTS (SELECT 1 FROM changes WHERE subject = subscriptions.id AND act = 'hand_over')
			ON CONFLICT (chat_id) DO NOTHING`, f.OpenID, millis(now)); err != nil {
			return err
		}
		for _, chat := range f.Chats {
			if _, err = tx.ExecContext(ctx, `INSERT INTO direct_chats (chat_id, open_id, seen_ms) VALUES ($1, $2, $3)
				ON CONFLICT (chat_id) DO UPDATE SET open_id = excluded.open_id`, chat, f.OpenID, millis(now)); err != nil {
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
	chats, err := selectAll(ctx, s.conn, "look for a person's single chats", readText, `SELECT chat_id FROM direct_chats WHERE open_id = $1 ORDER BY chat_id`, f.OpenID)
	f.Chats = chats
	return f, err
}

// ClaimForgetting claims an unfinished forgetting whose lease has ended, and deletes finished ones that are no longer
// needed.
func (s People) ClaimForgetting(ctx context.Context, now time.Time) (f access.Forgetting, ok bool, err error) {
	lapsed, err := selectAll(ctx, s.conn, "look for a forgetting", readForgetting, `SELECT `+forgettingColumns+` FROM forgettings
		WHERE lease <= $1 ORDER BY lease, id LIMIT 16`, millis(now))
	if err != nil {
		return f, false, err
	}
	for _, f := range lapsed {
		if f.Done() {
			if _, err := s.execChanged(ctx, "drop a forgetting", `DELETE FROM forgettings WHERE id = $1`, f.ID); err != nil {
				return f, false, err
			}
			continue
		}
		mine, err := s.execChanged(ctx, "take up a forgetting", `UPDATE forgettings SET lease = $1 WHERE id = $2 AND lease <= $3 AND open_id <> ''`,
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

// LetGo makes edits of a person's subscriptions and counts their results. The audit entries name the pseudonym instead of
// the person.
func (s People) LetGo(ctx context.Context, f access.Forgetting, edits []reports.Edit, now time.Time) (access.Forgetting, error) {
	var entries []access.Change
	err := s.transaction(ctx, "let subscriptions go", func(ctx context.Context, tx *sql.Tx) (err error) {
		entries = nil
		for _, e := range edits {
			_, more, err := edit(ctx, tx, e)
			if err != nil && !errors.Is(err, reports.ErrUnchanged) {
				return err
			}
			entries = append(entries, more...)
		}
		for i := range entries {
			entries[i] = pseudonymize(entries[i], f)
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
		s.notifyChanged(c)
	}
	return f, nil
}

// pseudonymize replaces the ids of a person and of their direct message by the pseudonym. It clears the chat of an entry
// if that is the direct message: the chat would lead to the person.
func pseudonymize(c access.Change, f access.Forgetting) access.Change {
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

// chatsOfPerson selects the person's direct messages; $1 is the person.
const chatsOfPerson = "(SELECT chat_id FROM direct_chats WHERE open_id = $1)"

// eraseStatements delete what is stored about a person ($1) or replace their id by the pseudonym ($2), some rows at a
// time. Everything in the direct message is deleted, with its history. What others rely on stays. LetGo runs before. Every
// table that holds a person, a chat or text of theirs needs a line here.
func eraseStatements() []string {
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
		`UPDATE subscriptions SET state = 'removed', version = version + 1 WHERE ` + someOf("subscriptions", "id", "chat_id IN "+chatsOfPerson+" AND state <> 'removed'"),
		remove("notices", "subscription_id, reason, cycle, start", ofSubscriptions("chat_id IN "+chatsOfPerson)),
		remove("notices", "subscription_id, reason, cycle, start", ofSubscriptions("owner_id = $1 AND state = 'removed'")),
		remove("notices", "subscription_id, reason, cycle, start", "batch_id <> '' AND batch_id IN (SELECT id FROM notice_batches WHERE owner_id = $1)"),
		remove("notice_batches", "id", "owner_id = $1"),
		remove("deliveries", "subscription_id, cycle, start", ofSubscriptions("chat_id IN "+chatsOfPerson)),
		remove("subscriptions", "id", "chat_id IN "+chatsOfPerson+" AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.subscription_id = subscriptions.id)"+
			" AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.subscription_id = subscriptions.id)"),
		`UPDATE subscriptions SET owner_id = $2, version = version + 1 WHERE ` + someOf("subscriptions", "id", "owner_id = $1 AND state = 'removed'"),
		remove("grants", "kind, subject, role, department_id", "kind = 'person' AND subject = $1 OR kind = 'chat' AND subject IN "+chatsOfPerson),
		`UPDATE grants SET by_id = $2 WHERE ` + someOf("grants", "kind, subject, role, department_id", "by_id = $1"),
		`UPDATE backfills SET by_id = $2 WHERE ` + someOf("backfills", "app_id", "by_id = $1"),
		`UPDATE refreshes SET by_id = $2 WHERE ` + someOf("refreshes", "app_id", "by_id = $1"),
		// The name of what one replica does for a chat holds the chat's id.
		remove("tasks", "name", "EXISTS (SELECT 1 FROM direct_chats d WHERE d.open_id = $1 AND replace(tasks.name, d.chat_id, '') <> tasks.name)"),
		remove("greeted_people", "id", "id = $1"),
		remove("chats", "id", "id IN "+chatsOfPerson),
	}
}

// Erase removes what is stored about a person besides the subscriptions that LetGo handles, in as many transactions as it
// takes.
func (s People) Erase(ctx context.Context, f access.Forgetting) error {
	for _, statement := range eraseStatements() {
		args := []any{f.OpenID}
		if strings.Contains(statement, "$2") {
			args = append(args, f.Pseudonym)
		}
		for {
			changed, err := s.execChanged(ctx, "forget a person", statement, args...)
			if err != nil {
				return err
			}
			if !changed {
				break
			}
		}
	}
	for _, chat := range f.Chats {
		if _, err := s.execChanged(ctx, "forget a chat's refusals", `DELETE FROM send_refusals WHERE target = $1`, reports.RefusalTarget(chat)); err != nil {
			return err
		}
	}
	return s.renameInChanges(ctx, f)
}

// renameInChanges puts the pseudonym into the audit log, from the first entry to the last.
func (s People) renameInChanges(ctx context.Context, f access.Forgetting) error {
	for last := ""; ; {
		entries, err := selectAll(ctx, s.conn, "read the record of changes", readChange,
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

// renameEntries rewrites the entries that name the person. The ids of entries by the person are hashes of their messages'
// ids, so they get new ones; entries of one change keep a common beginning.
func (s People) renameEntries(ctx context.Context, f access.Forgetting, entries []access.Change) error {
	ids := map[string]string{}
	var changed []access.Change
	for _, was := range entries {
		is := pseudonymize(was, f)
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
	return s.transaction(ctx, "forget a person in the record of changes", func(ctx context.Context, tx *sql.Tx) error {
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

// EndForgetting records that a person is forgotten and removes the last ids from the forgetting. It then removes deleted
// rows from the database's files.
func (s People) EndForgetting(ctx context.Context, f access.Forgetting, c access.Change) (access.Forgetting, error) {
	var made []access.Change
	err := s.transaction(ctx, "have forgotten a person", func(ctx context.Context, tx *sql.Tx) (err error) {
		made = nil
		if _, err = tx.ExecContext(ctx, `DELETE FROM direct_chats WHERE open_id = $1`, f.OpenID); err != nil {
			return err
		}
		err = txExecChanged(ctx, tx, `UPDATE forgettings SET event = '', open_id = '', pseudonym = '', lease = $1 WHERE id = $2 AND open_id <> ''`,
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
		s.notifyChanged(c)
	}
	f.OpenID, f.Pseudonym, f.Event, f.Chats = "", "", "", nil
	return f, s.scrub(ctx)
}
