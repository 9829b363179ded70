package store

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Fault is why a store does not let us in, as far as it says so.
type Fault string

// The faults.
const (
	NoAnswer Fault = "away"    // nothing is said of why
	Refused  Fault = "refused" // it does not take the user or the password
	Missing  Fault = "missing" // it has no such database
	Insecure Fault = "tls"     // the two do not agree on TLS, or the certificate is not trusted
	Crowded  Fault = "crowded" // it has no connection left
	Corrupt  Fault = "corrupt" // the file is no database
)

// sqlFault names what is wrong by PostgreSQL's and SQLite's codes.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func sqlFault(err error) Fault {
	if err == nil {
		return ""
	}
	if postgres, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch {
		case strings.Contains(postgres.Message, "no encryption"): // of a server that takes nobody without
			return Insecure
		case strings.HasPrefix(postgres.Code, "28"), postgres.Code == "42501": // authorization, insufficient_privilege
			return Refused
		case postgres.Code == "3D000": // invalid_catalog_name
			return Missing
		case postgres.Code == "53300": // too_many_connections
			return Crowded
		}
		return NoAnswer
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		switch lite.Code() & 0xff { // without the extension
		case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
			return Corrupt
		}
		return NoAnswer
	}
	if untrusted(err) {
		return Insecure
	}
	return NoAnswer
}

// untrusted reports whether TLS failed. PostgreSQL's library has no type for a server that knows no TLS.
func untrusted(err error) bool {
	_, plain := errors.AsType[tls.RecordHeaderError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	_, verified := errors.AsType[*tls.CertificateVerificationError](err)
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, host := errors.AsType[x509.HostnameError](err)
	return plain || alert || verified || unknown || host || speaksOfTLS(err.Error())
}

func speaksOfTLS(text string) bool {
	return strings.Contains(text, "refused TLS") || strings.Contains(text, "tls: ") || strings.Contains(text, "x509: ")
}

// redisFault names what is wrong by the words of Redis: its errors have nothing else.
func redisFault(err error) Fault {
	if err == nil {
		return ""
	}
	text := err.Error()
	for _, told := range []struct {
		words string
		fault Fault
	}{
		{"WRONGPASS", Refused},
		{"NOAUTH", Refused},
		{"NOPERM", Refused},
		{"invalid password", Refused}, // before Redis 6
		{"without any password configured", Refused},
		{"no password is set", Refused},
		{"DB index is out of range", Missing},
		{"SELECT is not allowed in cluster mode", Missing},
		{"max number of clients reached", Crowded},
	} {
		if strings.Contains(text, told.words) {
			return told.fault
		}
	}
	if speaksOfTLS(text) {
		return Insecure
	}
	return NoAnswer
}
