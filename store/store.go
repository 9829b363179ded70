// Package store has the terms that the stores share: why a store refuses access, who owns a piece of work, and what a limit
// is. Package sqlstore keeps what must last, redisstore what may be lost, and memstore the same where there is no Redis.
package store

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
)

// Fault is why a store refuses access, as far as it says so.
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

// Untrusted reports whether TLS failed. PostgreSQL's library has no error type for a server without TLS.
func Untrusted(err error) bool {
	_, plain := errors.AsType[tls.RecordHeaderError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	_, verified := errors.AsType[*tls.CertificateVerificationError](err)
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, host := errors.AsType[x509.HostnameError](err)
	return plain || alert || verified || unknown || host || SpeaksOfTLS(err.Error())
}

// SpeaksOfTLS reports whether an error's text is about TLS, for libraries that have no type for it.
func SpeaksOfTLS(text string) bool {
	return strings.Contains(text, "refused TLS") || strings.Contains(text, "tls: ") || strings.Contains(text, "x509: ")
}
