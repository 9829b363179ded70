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
		{
			name: "ACCESS", want: "everyone or listed",
			read:  func(c *Config, g rawValue) error { return assign(&c.Access, g, oneOf(Everyone, Listed)) },
			shown: func(c Config) any { return c.Access },
		},
		{
			name: "EXTERNAL", want: "refuse or allow",
			read:  func(c *Config, g rawValue) error { return assign(&c.External, g, oneOf(Refuse, Allow)) },
			shown: func(c Config) any { return c.External },
		},
		countSetting("MAX_SUBSCRIPTIONS_PER_CHAT", "20", mostPerChat, func(c *Config) *int { return &c.MaxSubscriptionsPerChat }),
		countSetting("MAX_SUBSCRIPTIONS_PER_PERSON", "50", mostPerPerson, func(c *Config) *int { return &c.MaxSubscriptionsPerPerson }),
		countSetting("MAX_SUBSCRIPTIONS", "20000", mostInAll, func(c *Config) *int { return &c.MaxSubscriptions }),
		rateSetting("RATE_PERSON", "20/min", func(c *Config) *Rate { return &c.RatePerson }),
		rateSetting("RATE_CHAT", "60/min", func(c *Config) *Rate { return &c.RateChat }),
		daysSetting("RETENTION_DELIVERIES", "400d", func(c *Config) *Days { return &c.RetentionDeliveries }),
		daysSetting("RETENTION_AUDIT", "1000d", func(c *Config) *Days { return &c.RetentionAudit }),
		daysSetting("RETENTION_HISTORY", "400d", func(c *Config) *Days { return &c.RetentionHistory }),
	}
}

func countSetting(name, example string, most int, field func(*Config) *int) setting {
	return setting{
		name:  name,
		want:  fmt.Sprintf("a number from 1 to %d, such as %s", most, example),
		read:  func(c *Config, g rawValue) error { return assign(field(c), g, numberWithin(1, most)) },
		shown: func(c Config) any { return *field(&c) },
	}
}

func rateSetting(name, example string, field func(*Config) *Rate) setting {
	return setting{
		name: name,
		want: fmt.Sprintf("how many in a minute, from 1 to %d, such as %s", mostRate, example),
		read: func(c *Config, g rawValue) error {
			return assign(field(c), g, func(text string) (Rate, error) {
				n, err := numberWithin(1, mostRate)(strings.TrimSuffix(text, "/min"))
				return Rate(n), err
			})
		},
		shown: func(c Config) any { return *field(&c) },
	}
}

func daysSetting(name, example string, field func(*Config) *Days) setting {
	return setting{
		name:  name,
		want:  fmt.Sprintf("a number of days from %dd to %dd, such as %s, or 0 to keep everything", leastDays, mostDays, example),
		read:  func(c *Config, g rawValue) error { return assign(field(c), g, parseDays) },
		shown: func(c Config) any { return *field(&c) },
	}
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
