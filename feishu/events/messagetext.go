package events

import (
	"encoding/json"
	"strings"
)

// messageText returns what a message of the type says; content is the JSON that the platform carries in a string.
func messageText(kind, content string) string {
	switch kind {
	case "text":
		var t struct {
			Text string `json:"text"`
		}
		if json.Unmarshal([]byte(content), &t) != nil {
			return ""
		}
		return t.Text
	case "post":
		return postText(content)
	}
	return ""
}

// postText joins a rich text's title and its lines. A mention is written as the key that the message's list of mentions
// explains, as in a plain text.
func postText(content string) string {
	var post struct {
		Title   string `json:"title"`
		Content [][]struct {
			Tag    string `json:"tag"`
			Text   string `json:"text"`
			UserID string `json:"user_id"`
		} `json:"content"`
	}
	if json.Unmarshal([]byte(content), &post) != nil {
		return ""
	}
	var lines []string
	if post.Title != "" {
		lines = append(lines, post.Title)
	}
	for _, pieces := range post.Content {
		var b strings.Builder
		for _, p := range pieces {
			switch p.Tag {
			case "text", "a", "code_block", "md":
				b.WriteString(p.Text)
			case "at":
				b.WriteString(p.UserID)
			}
		}
		if b.Len() > 0 {
			lines = append(lines, b.String())
		}
	}
	return strings.Join(lines, "\n")
}
