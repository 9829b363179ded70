package config

import (
	"fmt"
	"log/slog"
	"strings"
)

// EventMode is the way in which the platform's events reach the bot.
type EventMode string

// The event modes: the platform posts to the bot, or the bot keeps a connection open to the platform.
const (
	Webhook   EventMode = "webhook"
	WebSocket EventMode = "websocket"
)

// LogFormat is the format of the log.
type LogFormat string

// The log formats. AutoFormat is text on a terminal and JSON otherwise.
const (
	AutoFormat LogFormat = ""
	TextFormat LogFormat = "text"
	JSONFormat LogFormat = "json"
)

// App is an app to report on.
type App struct {
	ID   string
	Name string // may be empty
}

// String returns the app in the form of APPS.
func (a App) String() string {
	if a.Name == "" {
		return a.ID
	}
	return a.ID + "=" + a.Name
}

// Clock is a time of day, to the minute.
type Clock struct{ Hour, Minute int }

// String returns the form HH:MM.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c.Hour, c.Minute) }

// appList prints apps in the form of APPS.
type appList []App

// LogValue leaves out the names, which are not written to the log.
func (l appList) LogValue() slog.Value {
	ids := make([]string, len(l))
	for i, a := range l {
		ids[i] = a.ID
	}
	return slog.StringValue(strings.Join(ids, ","))
}

func (l appList) String() string {
	items := make([]string, len(l))
	for i, a := range l {
		items[i] = a.String()
	}
	return strings.Join(items, ",")
}

// Calendar is whose public holidays count.
type Calendar string

// The calendars.
const (
	ChinaCalendar Calendar = "cn"
	NoCalendar    Calendar = "none"
)
