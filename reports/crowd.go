package reports

import (
	"sync"
	"time"
)

// inHandOfChat is how many messages to one chat a process has under way: as many as may go to it in a second.
const inHandOfChat = ChatPerSecond

// crowd counts what is under way to each chat, so that one with many digests, or a slow one, leaves room for others.
type crowd struct {
	mu    sync.Mutex
	chats map[string]*company
}

// company is what is under way to one chat, and when the next that has to wait has its turn.
type company struct {
	inHand int
	next   time.Time
}

// join lets a message to the chat in, until leave is called. Where too many are in, leave is nil and turn is when to try
// again: one after the other, at the chat's speed.
func (c *crowd) join(chatID string, now time.Time) (leave func(), turn time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	in := c.chats[chatID]
	if in == nil {
		if c.chats == nil {
			c.chats = map[string]*company{}
		}
		in = &company{}
		c.chats[chatID] = in
	}
	if in.inHand < inHandOfChat {
		in.inHand++
		return func() { c.leave(chatID) }, time.Time{}
	}
	turn = in.next
	if soonest := now.Add(time.Second); turn.Before(soonest) {
		turn = soonest
	}
	in.next = turn.Add(time.Second / ChatPerSecond)
	return nil, turn
}

func (c *crowd) leave(chatID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	in := c.chats[chatID]
	if in.inHand--; in.inHand == 0 {
		delete(c.chats, chatID)
	}
}
