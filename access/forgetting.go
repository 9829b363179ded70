package access

// Forgetting is the removal of everything that is stored about a person. It is resumed until nothing is left.
type Forgetting struct {
	ID        string
	OpenID    string   // empty once it is done
	Pseudonym string   // random; replaces the person where a row has to stay
	Event     string   // the idempotency key of the request; empty when there was none
	Chats     []string // the person's direct messages with the bot

	HandedOver, Removed int // how many of the person's subscriptions got a new owner or were removed
}

// Done reports whether nothing is left.
func (f Forgetting) Done() bool { return f.OpenID == "" }
