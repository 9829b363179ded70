package sqlstore

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"usagebot/store"

	sqlite3 "modernc.org/sqlite/lib"
)

// sqlFault names what is wrong by PostgreSQL's and SQLite's codes.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func sqlFault(err error) store.Fault {
	if err == nil {
		return ""
	}
	if postgres, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch {
		case strings.Contains(postgres.Message, "no encryption"): // of a server that takes nobody without
			return store.Insecure
		case strings.HasPrefix(postgres.Code, "28"), postgres.Code == "42501": // authorization, insufficient_privilege
			return store.Refused
		case postgres.Code == "3D000": // invalid_catalog_name
			return store.Missing
		case postgres.Code == "53300": // too_many_connections
			return store.Crowded
		}
		return store.NoAnswer
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		switch lite.Code() & 0xff { // without the extension
		case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
			return store.Corrupt
		}
		return store.NoAnswer
	}
	if store.Untrusted(err) {
		return store.Insecure
	}
	return store.NoAnswer
}
