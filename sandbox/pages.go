package sandbox

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// pageRule is how an endpoint cuts its lists.
type pageRule struct {
	standard, most    int // page sizes
	badSize, badToken int // codes
}

// tokenMark makes a page token recognisable: the platform's are opaque, and so no caller may make one up.
const tokenMark = "sandbox page from "

// paged answers with the page of the list that the call asks for.
func paged[T any](c *call, list []T, rule pageRule) answer {
	query := c.request.URL.Query()
	size := rule.standard
	if v := query.Get("page_size"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > rule.most {
			return refuse(rule.badSize)
		}
		size = n
	}
	from, ok := readPageToken(query.Get("page_token"), len(list))
	if !ok {
		return refuse(rule.badToken)
	}
	until := min(from+size, len(list))
	data := map[string]any{"has_more": until < len(list), "items": append([]T{}, list[from:until]...)}
	if until < len(list) {
		data["page_token"] = base64.StdEncoding.EncodeToString([]byte(tokenMark + strconv.Itoa(until)))
	}
	return success(data)
}

func readPageToken(t string, length int) (from int, ok bool) {
	if t == "" {
		return 0, true
	}
	raw, err := base64.StdEncoding.DecodeString(t)
	if err != nil {
		return 0, false
	}
	number, marked := strings.CutPrefix(string(raw), tokenMark)
	from, err = strconv.Atoi(number)
	return from, marked && err == nil && from >= 0 && from <= length
}
