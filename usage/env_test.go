package usage

import (
	"errors"
	"testing"
)

// company is a small tenant.
func company() []Department {
	return []Department{
		{ID: "od-rd", CustomID: "D1", ParentID: "0", Name: "研发部", I18n: map[string]string{"en_us": "Research & Development"}},
		{ID: "od-be", CustomID: "D2", ParentID: "od-rd", Name: "后端组"},
		{ID: "od-fe", CustomID: "D3", ParentID: "od-rd", Name: "前端组"},
		{ID: "od-mk", CustomID: "D4", ParentID: "0", Name: "市场部"},
		{ID: "od-op1", ParentID: "od-mk", Name: "运营组"},
		{ID: "od-sales", ParentID: "0", Name: "销售部"},
		{ID: "od-op2", ParentID: "od-sales", Name: "运营组"},
		{ID: "od-cq", ParentID: "0", Name: "重庆 分公司"},
		{ID: "od-ai", ParentID: "0", Name: "AI Lab"},
	}
}

// TestTimeError_NoUseWasSeen names no newest day: nothing shows that the days before the last week were published.
func TestTimeError_NoUseWasSeen(t *testing.T) {
	for name, answer := range map[string]error{"zeros": nil, "nothing": &Failure{Reason: NoData, Code: 211011, Err: errors.New("data not found")}} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 25, 11, func(t *testing.T) {
				p := &platform{newest: NewDate(2026, 11, 25), figures: func(Request) Figures { return Figures{ActiveUsers: 0} }}
				p.fail = func(int, Request) error { return answer }
				q := trendOf(Daily, AppAbility)
				q.When = When{Kind: OnDay, Date: NewDate(2026, 11, 25)}
				_, err := newTestAsker(t, p).Report(t.Context(), q, People)
				early := new(TimeError)
				if !errors.As(err, &early) || !early.Newest.IsZero() {
					t.Errorf("got %v with the newest day %v, want a TimeError without one", err, early.Newest)
				}
			})
		})
	}
}
