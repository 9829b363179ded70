package bot

import (
	"context"

	"usagebot/bot/command"
	"usagebot/templates"
)

// administration is what carries out the administrators' commands.
func administration() map[string]handler {
	return map[string]handler{
		"admin":           speaker.adminHelp,
		"admin status":    speaker.status,
		"admin subs":      speaker.everySubscription,
		"admin hand-over": speaker.handTo,
		"admin run":       speaker.runNow,
		"admin retry":     speaker.retry,
		"admin grant":     speaker.grant,
		"admin revoke":    speaker.revoke,
		"admin roles":     speaker.roles,
		"admin chats":     speaker.chatList,
		"admin history":   speaker.everyHistory,
		"admin audit":     speaker.audit,
		"admin apps":      speaker.appList,
		"admin backfill":  speaker.backfill,
		"admin refresh":   speaker.refresh,
		"admin doctor":    speaker.doctor,
	}
}

// adminHelp lists the commands that are under admin.
func (b speaker) adminHelp(_ context.Context, _ Request, _ command.Command) (Answer, error) {
	return Answer{Card: b.templates.Help(b.language, b.helpUnder("admin"))}, nil
}

// audit shows who changed what.
func (b speaker) audit(ctx context.Context, _ Request, c command.Command) (Answer, error) {
	about := c.Args.ID
	if c.Args.Person != "" {
		about = c.Args.Person
	}
	list, err := b.Record.Changes(ctx, about, listed)
	if err != nil {
		return Answer{}, err
	}
	v := templates.RecordView{About: about, Zone: b.Zone.String()}
	for _, change := range list {
		v.Changes = append(v.Changes, b.recounted(ctx, change))
	}
	return Answer{Card: b.templates.Record(b.language, v)}, nil
}

// listed is how many of anything are read for a list; a card may have room for fewer.
const listed = 20
