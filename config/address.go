package config

import (
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

var (
	errNoHost      = errors.New("has no host")
	errBadHost     = errors.New("has an invalid host; percent-encode special characters in the password")
	errBadPort     = errors.New("has an invalid port (0–65535); percent-encode special characters in the password")
	errBadUserinfo = errors.New("has an incorrectly percent-encoded user or password")
)

// parseBaseURL returns scheme and host. The URL must have no path, because the platform's paths are appended to it.
func parseBaseURL(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", errors.New("is not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("does not begin with https:// or http://")
	case u.Hostname() == "":
		return "", errNoHost
	case u.Port() != "" && !isPort(u.Port()):
		return "", errors.New("has an invalid port (0–65535)")
	case u.User != nil:
		return "", errors.New("has a user or a password")
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(text, "#"):
		return "", errors.New("has a query or a fragment")
	case u.Path != "" && u.Path != "/":
		return "", errors.New("has a path")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return "", errors.New("is not https: the app secret and all figures would cross the network in plain text")
	}
	return u.Scheme + "://" + u.Host, nil
}

// isLoopback reports whether the host is this machine, so that traffic to it does not cross the network.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// address holds the parts of a server's URL. It is not parsed by net/url, which supports no lists of hosts and repeats
// passwords in its errors.
type address struct{ scheme, userinfo, hosts, path, query string }

func cutAddress(text string) (a address) {
	a.scheme, a.hosts, _ = strings.Cut(text, "://")
	a.hosts, a.query, _ = strings.Cut(a.hosts, "?")
	a.hosts, a.path, _ = strings.Cut(a.hosts, "/")
	if at := strings.LastIndex(a.hosts, "@"); at >= 0 {
		a.userinfo, a.hosts = a.hosts[:at], a.hosts[at+1:]
	}
	return a
}

// check validates the parts that all server addresses have. Its errors contain no part of the address.
func (a address) check() error {
	if _, err := url.PathUnescape(a.userinfo); err != nil {
		return errBadUserinfo
	}
	// An @ or # after the host means that a password contains an unescaped / or ?.
	if strings.ContainsAny(a.path+a.hosts+a.userinfo, "@#") {
		return errBadHost
	}
	for host := range strings.SplitSeq(a.hosts, ",") {
		if err := checkHost(host); err != nil {
			return err
		}
	}
	return nil
}

func checkHost(text string) error {
	host, port := text, "0"
	if i := strings.LastIndex(text, ":"); i > strings.LastIndex(text, "]") {
		var err error
		if host, port, err = net.SplitHostPort(text); err != nil {
			return errBadHost
		}
	}
	inBrackets := strings.HasPrefix(text, "[")
	switch {
	case host == "":
		return errNoHost
	case !isPort(port):
		return errBadPort
	case inBrackets && net.ParseIP(strings.Trim(host, "[]")) == nil:
		return errBadHost
	case !inBrackets && strings.ContainsAny(host, ":[]"): // perhaps a user and a password without their @
		return errBadHost
	case strings.ContainsFunc(host, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return errBadHost
	}
	return nil
}

// parseRedisURL reads one or several addresses. All but the first may be given as host:port.
func parseRedisURL(text string) (URL, error) {
	if strings.ContainsFunc(text, unicode.IsControl) {
		return URL{}, errControl
	}
	var scheme string
	for i, part := range strings.Split(text, ",") {
		if i > 0 && !strings.Contains(part, "://") {
			if strings.Contains(part, "@") {
				return URL{}, errors.New("has a comma in its user or password; percent-encode it as %2C")
			}
			part = scheme + "://" + part
		}
		a := cutAddress(part)
		switch {
		case a.scheme != "redis" && a.scheme != "rediss" || !strings.Contains(part, "://"):
			return URL{}, errors.New("does not begin with redis:// or rediss://")
		case i > 0 && a.scheme != scheme:
			return URL{}, errors.New("mixes redis:// and rediss://")
		case strings.Trim(a.path, "0123456789") != "":
			return URL{}, errors.New("ends with something that is not a database number")
		}
		if err := a.check(); err != nil {
			return URL{}, err
		}
		scheme = a.scheme
	}
	return NewURL(text), nil
}

func parseDatabaseURL(text string) (URL, error) {
	a := cutAddress(text)
	if !slices.Contains([]string{"postgres", "postgresql"}, a.scheme) || !strings.Contains(text, "://") {
		return URL{}, errors.New("does not begin with postgres://")
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return URL{}, errControl
	}
	// For a Unix socket the host is empty and the query contains the folder.
	if q, err := url.ParseQuery(a.query); err == nil && a.hosts == "" && q.Has("host") {
		a.hosts = "localhost"
	}
	if err := a.check(); err != nil {
		return URL{}, err
	}
	return NewURL(text), nil
}
