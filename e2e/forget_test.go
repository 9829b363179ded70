package e2e

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/redis/go-redis/v9"

	"usagebot/config"
	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
)

// storedData is all that a program stores: its database, its files and its Redis.
type storedData struct {
	db      *sql.DB
	columns string // asks for the tables and their columns
	dir     string // of the files; empty for a server
	redis   *redis.Client
}

// traces lists where one of the texts is.
func (k storedData) traces(t *testing.T, texts []string) (found []string) {
	t.Helper()
	rows, err := k.db.QueryContext(t.Context(), k.columns)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var columns [][2]string
	for rows.Next() {
		var c [2]string
		if err := rows.Scan(&c[0], &c[1]); err != nil {
			t.Fatal(err)
		}
		columns = append(columns, c)
	}
	if err := rows.Err(); err != nil || len(columns) < 50 {
		t.Fatalf("%d columns, %v", len(columns), err)
	}
	for _, c := range columns {
		all := k.column(t, c[0], c[1])
		for _, text := range texts {
			if strings.Contains(all, text) {
				found = append(found, fmt.Sprintf("table %s: %s has %s", c[0], c[1], text))
			}
		}
	}
	return append(append(found, k.inFiles(t, texts)...), k.inRedis(t, texts)...)
}

// column returns all that is in a column.
func (k storedData) column(t *testing.T, table, column string) string {
	t.Helper()
	rows, err := k.db.QueryContext(t.Context(), `SELECT CAST(`+column+` AS TEXT) FROM `+table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all strings.Builder
	for rows.Next() {
		var value sql.NullString
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		all.WriteString(value.String + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func (k storedData) inFiles(t *testing.T, texts []string) (found []string) {
	t.Helper()
	if k.dir == "" {
		return nil
	}
	err := filepath.WalkDir(k.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, text := range texts {
			if n := bytes.Count(content, []byte(text)); n > 0 {
				found = append(found, fmt.Sprintf("file %s has %s %d times", d.Name(), text, n))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func (k storedData) inRedis(t *testing.T, texts []string) (found []string) {
	t.Helper()
	keys, err := k.redis.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) < 3 {
		t.Fatalf("%q, %v", keys, err)
	}
	for _, key := range keys {
		all := key + " " + content(t.Context(), k.redis, key)
		for _, text := range texts {
			if strings.Contains(all, text) {
				found = append(found, fmt.Sprintf("redis %s has %s", key, text))
			}
		}
	}
	return found
}

// content is the value of a key of any type, as text.
func content(ctx context.Context, r *redis.Client, key string) string {
	switch r.Type(ctx, key).Val() {
	case "hash":
		return fmt.Sprint(r.HGetAll(ctx, key).Val())
	case "zset":
		return fmt.Sprint(r.ZRange(ctx, key, 0, -1).Val())
	case "set":
		return fmt.Sprint(r.SMembers(ctx, key).Val())
	case "list":
		return fmt.Sprint(r.LRange(ctx, key, 0, -1).Val())
	}
	return r.Get(ctx, key).Val()
}

// TestForget_LeavesNoTrace uses all that the program has, as one person among others, and then searches every
// table, every file and every key for what leads to that person.
func TestForget_LeavesNoTrace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		postgres bool
		from     func(h *testEnv, group string) string // the chat in which it is asked for
	}{
		{"SQLite, asked in the direct message chat", false, func(h *testEnv, _ string) string { return h.p2p }},
		{"SQLite, asked in a group", false, func(_ *testEnv, group string) string { return group }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server, dir, database := redistest.Start(t), t.TempDir(), ""
			if tt.postgres {
				database = pgtest.Start(t).NewDatabase(t)
			}
			h := withAccess(t, config.Listed, fastEngine, func(c *config.Config) {
				c.DataDir, c.RedisURL, c.RatePerson, c.RateChat = dir, config.NewURL(server.URL()+"?read_timeout=5s&pool_timeout=5s"), 500, 500
				if database != "" {
					c.DatabaseURL = config.NewURL(database)
				}
			})
			k := openStoredData(t, server.URL(), database, dir)
			group := useEverything(t, h)
			texts := []string{h.me, h.People()[2].UnionID, h.People()[2].UserID, h.p2p}
			if before := k.traces(t, texts); len(before) < 15 {
				t.Fatalf("there is hardly anything to forget: %q", before)
			}
			h.sayAs(t, h.me, tt.from(h, group), "/forget-me confirm").has("已删除你的信息")
			for _, chat := range h.Chats() {
				for _, m := range h.Messages(chat.ID) {
					if m.SenderID == h.me {
						texts = append(texts, m.ID)
					}
				}
			}
			// What was written down of the request itself goes when it is answered, and soon after out of the log.
			deadline := time.Now().Add(45 * time.Second)
			found := k.traces(t, texts)
			for len(found) > 0 && time.Now().Before(deadline) {
				time.Sleep(200 * time.Millisecond)
				found = k.traces(t, texts)
			}
			for _, trace := range found {
				t.Error(trace)
			}
			for line := range strings.Lines(h.log.String()) {
				if strings.Contains(line, "forgotten-") && (strings.Contains(line, h.me) || strings.Contains(line, h.p2p)) {
					t.Errorf("the log leads from the pseudonym to the person: %s", line)
				}
			}
			adminChat, _ := h.Single(h.admin())
			h.sayAs(t, h.admin(), adminChat.ID, "/admin audit").has("forgotten-")
		})
	}
}

func openStoredData(t *testing.T, redisURL, database, dir string) storedData {
	t.Helper()
	k := storedData{columns: "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'", dir: dir}
	driver, address := "sqlite", "file:"+filepath.Join(dir, "usagebot.db")+"?_pragma=busy_timeout(10000)"
	if database != "" {
		driver, address, k.dir = "pgx", database, ""
		k.columns = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	options, err := redis.ParseURL(redisURL)
	if err != nil {
		t.Fatal(err)
	}
	k.db, k.redis = db, redis.NewClient(options)
	t.Cleanup(func() { _, _ = db.Close(), k.redis.Close() })
	return k
}

// useEverything leaves traces of h.me: settings, roles by and for them, subscriptions in their chat and in groups, some
// handed to them, questions in several chats, clicks, digests that went out, failed and wait, notices, and what an
// administrator does. It returns one of the groups.
func useEverything(t *testing.T, h *testEnv) (group string) {
	t.Helper()
	adminChat, _ := h.Single(h.admin())
	admin := func(line string) answer { return h.sayAs(t, h.admin(), adminChat.ID, line) }
	admin("/admin grant @" + h.me + " admin")
	admin("/admin grant @" + h.me + " viewer dept:研发部")
	d, err := h.Enter(t.Context(), h.me)
	taken(t, h.Sandbox, d, err)
	h.handled(t)
	mine := h.AddGroup("我的群", h.me, h.People()[1].OpenID).ID
	theirs := h.AddGroup("周会", h.People()[1].OpenID, h.me).ID
	for _, chat := range []string{h.p2p, mine, theirs} {
		h.sayAs(t, h.me, chat, "/usage weekly")
		h.sayAs(t, h.me, chat, "/trend daily")
		h.sayAs(t, h.me, chat, "/subscribe daily 10:30")
		h.sayAs(t, h.me, chat, "/settings lang:zh")
	}
	for _, line := range []string{
		"/subscribe weekly h5", "/admin grant @" + h.People()[1].OpenID + " viewer", "/admin grant " + h.p2p + " viewer", "/admin backfill 3d",
		"/admin apps add app:" + h.Options().Apps[1].ID,
	} {
		h.sayAs(t, h.me, h.p2p, line).lacks("没看懂", "出错了")
	}
	handed := h.subscribedAs(t, h.admin(), adminChat.ID, "/subscribe monthly")
	admin("/admin hand-over " + handed + " @" + h.me)
	gone := h.subscribedIn(t, h.p2p, "/subscribe monthly")
	card := h.sayAs(t, h.me, h.p2p, "/unsubscribe "+gone)
	h.clickCommand(t, card, h.me, "/settings app:"+h.Options().Apps[0].ID)
	h.clickCommand(t, card, h.me, "/usage monthly")
	list, err := h.app.SQL.Subscriptions.InChat(t.Context(), h.p2p)
	if err != nil || len(list) < 2 {
		t.Fatalf("%v, %v", list, err)
	}
	h.sayAs(t, h.me, h.p2p, "/admin run "+list[0].ID)
	h.awaitState(t, h.p2p, reports.Delivered)
	h.AddFault(sandbox.Fault{Endpoint: "message.create", Code: 230001, Times: 1})
	h.sayAs(t, h.me, h.p2p, "/admin run "+list[1].ID)
	h.awaitState(t, h.p2p, reports.Failed)
	return theirs
}
