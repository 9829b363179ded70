package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Access says who sees figures without a grant.
type Access string

// The kinds of access.
const (
	Everyone Access = "everyone"
	Listed   Access = "listed"
)

// External says whether people and chats of other tenants are answered.
type External string

// The values of External.
const (
	Refuse External = "refuse"
	Allow  External = "allow"
)

// Rate is a number of commands per minute.
type Rate int

// String returns the form that Load reads, such as 20/min.
func (r Rate) String() string { return fmt.Sprintf("%d/min", int(r)) }

// Days is a retention period; 0 means for ever.
type Days int

// String returns the form that Load reads, such as 400d, or 0.
func (d Days) String() string {
	if d == 0 {
		return "0"
	}
	return fmt.Sprintf("%dd", int(d))
}

// Before returns the time before which records are deleted; ok is false if everything is kept.
func (d Days) Before(now time.Time) (limit time.Time, ok bool) {
	return now.AddDate(0, 0, -int(d)), d > 0
}

const (
	mostPerChat, mostPerPerson, mostInAll = 1000, 10_000, 1_000_000
	mostRate                              = 100_000
	leastDays, mostDays                   = 31, 3650
)

func accessSettings() []setting {
	return []setting{
		newSetting("ACCESS",
			"`everyone`: all people see figures, except those who are limited to departments. `listed`: only those to whom an administrator granted it",
			"everyone or listed",
			func(c *Config) *Access { return &c.Access }, oneOf(Everyone, Listed)),
		newSetting("EXTERNAL",
			"whether people of other organisations, and chats shared with them, get answers",
			"refuse or allow",
			func(c *Config) *External { return &c.External }, oneOf(Refuse, Allow)),
		countSetting("MAX_SUBSCRIPTIONS_PER_CHAT", "the most subscriptions of one chat", "20", mostPerChat, func(c *Config) *int { return &c.MaxSubscriptionsPerChat }),
		countSetting("MAX_SUBSCRIPTIONS_PER_PERSON", "the most subscriptions that one person owns, in all chats. It does not limit administrators", "50", mostPerPerson, func(c *Config) *int { return &c.MaxSubscriptionsPerPerson }),
		countSetting("MAX_SUBSCRIPTIONS", "the most subscriptions of all chats together. Chats that are gone do not count", "20000", mostInAll, func(c *Config) *int { return &c.MaxSubscriptions }),
		rateSetting("RATE_PERSON", "questions of one person that are answered in a minute. A click counts like a question if its answer needed a call to the platform; of all clicks, six times as many are answered", "20/min", func(c *Config) *Rate { return &c.RatePerson }),
		rateSetting("RATE_CHAT", "questions of all people in one chat that are answered in a minute, counted in the same way. It does not limit administrators", "60/min", func(c *Config) *Rate { return &c.RateChat }),
		daysSetting("RETENTION_DELIVERIES", "how long the history of digests is kept", "400d", func(c *Config) *Days { return &c.RetentionDeliveries }),
		daysSetting("RETENTION_AUDIT", "how long the record of changes is kept", "1000d", func(c *Config) *Days { return &c.RetentionAudit }),
		daysSetting("RETENTION_HISTORY", "how long figures are kept. 0: for good", "400d", func(c *Config) *Days { return &c.RetentionHistory }),
	}
}

func countSetting(name, about, example string, most int, field func(*Config) *int) setting {
	return newSetting(name, about, fmt.Sprintf("a number from 1 to %d, such as %s", most, example), field, numberWithin(1, most))
}

func rateSetting(name, about, example string, field func(*Config) *Rate) setting {
	want := fmt.Sprintf("a rate per minute from 1 to %d, e.g. %s", mostRate, example)
	return newSetting(name, about, want, field, func(text string) (Rate, error) {
		n, err := numberWithin(1, mostRate)(strings.TrimSuffix(text, "/min"))
		return Rate(n), err
	})
}

func daysSetting(name, about, example string, field func(*Config) *Days) setting {
	want := fmt.Sprintf("a number of days from %dd to %dd, such as %s, or 0 to keep everything", leastDays, mostDays, example)
	return newSetting(name, about, want, field, parseDays)
}

// parseDays requires the unit, so that a number is not mistaken for hours.
func parseDays(text string) (Days, error) {
	if text == "0" || text == "0d" {
		return 0, nil
	}
	number, unit := strings.CutSuffix(text, "d")
	n, err := numberWithin(leastDays, mostDays)(number)
	if err == nil && !unit {
		return 0, errors.New("has no unit")
	}
	return Days(n), err
}

func numberWithin(low, high int) func(string) (int, error) {
	return func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		switch {
		case errors.Is(err, strconv.ErrSyntax):
			return 0, errors.New("is not a whole number")
		case err != nil, n < low, n > high:
			return 0, errors.New("is out of range")
		}
		return n, nil
	}
}
