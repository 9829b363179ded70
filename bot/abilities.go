package bot

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"time"

	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// appAbilities knows which abilities the online versions of the apps have.
type appAbilities struct {
	ask   func(ctx context.Context, appID string) ([]usage.Ability, error) // asks the platform; nil if nobody can
	cache cache
	log   *slog.Logger
}

// How long it is remembered what an app has, and that the platform did not tell.
const (
	abilitiesTTL        = 10 * time.Minute
	unknownAbilitiesTTL = time.Minute
)

// of returns the abilities of an app; none if they are not known: the platform does not tell, or the app has no version
// online. Then nothing follows for its figures.
func (a *appAbilities) of(ctx context.Context, appID string) (has []usage.Ability) {
	if a.ask == nil {
		return nil
	}
	key := "abilities:" + appID
	if b, ok := a.cache.Get(ctx, key); ok && json.Unmarshal(b, &has) == nil {
		return has
	}
	within, cancel := context.WithTimeout(ctx, abilitiesTimeout)
	defer cancel()
	has, err := a.ask(within, appID)
	ttl := abilitiesTTL
	if err != nil {
		a.log.Debug("could not read an app's abilities", "app", appID, "error", err)
		has = nil
	}
	if len(has) == 0 {
		ttl = unknownAbilitiesTTL
	}
	if b, err := json.Marshal(has); err == nil && ctx.Err() == nil {
		a.cache.Put(ctx, key, b, ttl)
	}
	return has
}

// lacking returns the abilities of the query that the app is known not to have, and those that it has.
func (a *appAbilities) lacking(ctx context.Context, q usage.Query) (lacks, has []usage.Ability) {
	if q.Ability == usage.AppAbility {
		return nil, nil
	}
	if has = a.of(ctx, q.App.ID); len(has) == 0 {
		return nil, nil
	}
	for _, ability := range q.Ability.Each() {
		if ability != usage.AppAbility && !slices.Contains(has, ability) {
			lacks = append(lacks, ability)
		}
	}
	return lacks, has
}

// offered returns the abilities that a card offers for choice: it leaves out those that the app is known to lack, except the
// one that the card shows.
func (a *appAbilities) offered(ctx context.Context, q usage.Query, abilities []usage.Ability) []usage.Ability {
	has := a.of(ctx, q.App.ID)
	if len(has) == 0 {
		return abilities
	}
	return slices.DeleteFunc(slices.Clone(abilities), func(ability usage.Ability) bool {
		return ability != usage.AppAbility && ability != usage.All && ability != q.Ability && !slices.Contains(has, ability)
	})
}

// withoutLacking returns a report for all abilities without those that the app does not have. One with use stays: an earlier
// version of the app had it.
func (a *appAbilities) withoutLacking(ctx context.Context, r usage.Report) usage.Report {
	if r.Query.Ability != usage.All || !slices.ContainsFunc(r.Sections, unused) {
		return r
	}
	lacks, _ := a.lacking(ctx, r.Query)
	r.Sections = slices.DeleteFunc(slices.Clone(r.Sections), func(s usage.Section) bool {
		return slices.Contains(lacks, s.Ability) && unused(s)
	})
	return r
}

// trendWithoutLacking is withoutLacking for a trend.
func (a *appAbilities) trendWithoutLacking(ctx context.Context, t usage.Trend) usage.Trend {
	if t.Query.Ability != usage.All {
		return t
	}
	lacks, _ := a.lacking(ctx, t.Query)
	t.Lacking = slices.DeleteFunc(lacks, func(ability usage.Ability) bool {
		return slices.ContainsFunc(t.Points, func(p usage.Point) bool {
			users := p.Value(ability, usage.ActiveUsers)
			return users != nil && *users > 0
		})
	})
	return t
}

// lackNote names the one ability that a report is about if the app does not have it, with those that it has. It says nothing
// if there was use.
func (a *appAbilities) lackNote(ctx context.Context, r usage.Report) *templates.Lack {
	if r.Query.Ability == usage.All || slices.ContainsFunc(r.Sections, func(s usage.Section) bool { return !unused(s) }) {
		return nil
	}
	return a.lack(ctx, r.Query)
}

// lack says that the app lacks the ability that a query asks for; nil if it has it, or if that is not known. Unlike lackNote it
// needs no report.
func (a *appAbilities) lack(ctx context.Context, q usage.Query) *templates.Lack {
	lacks, has := a.lacking(ctx, q)
	if len(lacks) != 1 || q.Ability == usage.All {
		return nil
	}
	return &templates.Lack{App: q.App, Ability: q.Ability, Has: has}
}

// unused reports whether a section shows no use.
func unused(s usage.Section) bool {
	return !slices.ContainsFunc(s.Rows, func(row usage.Row) bool { return row.Value != nil && *row.Value > 0 })
}

// noAnswer words that a question was understood and has no figures: if the app does not have the ability, that is why.
func noAnswer(ctx context.Context, c conversation, cmd command.Command, q usage.Query, err error) error {
	if noneGiven(err) {
		if lack := c.abilities.lack(ctx, q); lack != nil {
			return abilityMissing(cmd, *lack)
		}
	}
	return unanswered(cmd, err)
}

// noneGiven reports whether the platform says that it has no figures.
func noneGiven(err error) bool {
	failure := new(usage.Failure)
	if !errors.As(err, &failure) {
		return false
	}
	switch failure.Reason {
	case usage.NoData, usage.BadRange, usage.BadAbility:
		return true
	}
	return false
}

// abilityMissing says that an app does not have an ability, and offers the same for those that it has.
func abilityMissing(cmd command.Command, lack templates.Lack) error {
	return &userError{err: errors.New("the app does not have the ability"), usageError: true, problem: func(c conversation) templates.ProblemView {
		v := templates.ProblemView{Key: templates.AbilityMissing, Args: templates.LackArgs(c.words(), lack)}
		for _, ability := range append([]usage.Ability{usage.AppAbility}, lack.Has...) {
			other := cmd
			other.Args.Ability = ability
			v.Choices = append(v.Choices, templates.Button{
				Label: templates.AbilityName(c.words(), ability), Command: other.Fitting().String(),
			})
		}
		return v
	}}
}
