package access

// Forgetting is the removal of all that is kept of a person, which goes on until nothing is left.
type Forgetting struct {
	ID        string
	OpenID    string   // empty when it is done
	Pseudonym string   // takes the person's place where something has to stay; random
	Event     string   // the key of the event by which it was asked; empty where there was none
	Chats     []string // the person's single chats with the bot

	HandedOver, Removed int // subscriptions that were let go
}

// Done reports whether nothing is left.
func (f Forgetting) Done() bool { return f.OpenID == "" }
