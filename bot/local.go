package bot

import (
	"context"

	"usagebot/bot/command"
	"usagebot/usage"
)

// What a department is called: in the reader's language, where the platform has a name of it there.

// local returns a department under the names that it has in the reader's language.
func (b speaker) local(d usage.Department) usage.Department {
	return d.In(b.templates.Locale(b.language))
}

// current returns a department under the names that it has now, where that is at hand: a subscription knows only how its
// department was called when it was chosen.
func (b speaker) current(d usage.Department) usage.Department {
	return b.local(b.known(d))
}

// known returns a department as it is known now. One that was asked for by an id before the departments were at hand has
// no other name yet.
func (b speaker) known(d usage.Department) usage.Department {
	if known, ok := b.Directory.Known(d.ID); ok {
		return known
	}
	return d
}

// nameOf is what the department with an id is called.
func (b speaker) nameOf(ctx context.Context, id string) string {
	return departmentName(b.local(b.departmentOf(ctx, id)))
}

// narrowed reports whether a question for no department in particular gets one, since whoever asks may not see the whole
// company.
func (b speaker) narrowed(c command.Command) bool { return c.Args.Dept == "" && !b.rights.Everything }
