package events

import (
	"encoding/json"
	"errors"
	"fmt"

	"usagebot/feishu"
)

// Response is the answer to a click; to any other event it is empty.
type Response struct {
	Toast *Toast // a short notice to the person who clicked
	Card  []byte // card JSON that takes the card's place; nil leaves it as it is
}

// The types of a toast.
const (
	ToastInfo    = "info"
	ToastSuccess = "success"
	ToastError   = "error"
	ToastWarning = "warning"
)

// Toast is a notice that goes away by itself.
type Toast struct {
	Type    string `json:"type"`
	Content string `json:"content"`
}

type callbackCard struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// body is the answer in the platform's form. It may never be null, which the client shows as an error.
func (r Response) body() ([]byte, error) {
	out := struct {
		Toast *Toast        `json:"toast,omitempty"`
		Card  *callbackCard `json:"card,omitempty"`
	}{Toast: r.Toast}
	if r.Card != nil {
		if !json.Valid(r.Card) {
			return nil, fmt.Errorf("answer a click: %w", errors.New("the card is not JSON"))
		}
		out.Card = &callbackCard{Type: "raw", Data: r.Card}
	}
	return feishu.ToJSON(out), nil
}
