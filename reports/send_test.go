package reports_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/usage"
)

func TestSend_Accepted_Recorded(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.tick()
		d := s.wantDelivery(sub, reports.Delivered, "")
		list := s.platform.to("oc_1")
		if len(list) != 1 || d.Message != "om_"+list[0].uuid[:8] || d.Tries != 1 || !d.SentAt.Equal(monday(10, 30)) {
			t.Errorf("%+v of %+v", d, list)
		}
		s.tickFor(3 * time.Second)
		if n := len(s.platform.to("oc_1")); n != 1 {
			t.Errorf("it was sent %d times", n)
		}
	})
}

func loseAnswer(context.Context, message) error { return sendError(reports.Ambiguous, 0) }

// TestSend_HourOver_NotSentAgain: a second try that starts in time takes until the platform may have forgotten the uuid. The
// message is looked for instead.
func TestSend_HourOver_NotSentAgain(t *testing.T) {
	for name, slow := range map[string]func(p *fakePlatform){
		"waiting for its figures": func(p *fakePlatform) {
			p.story = func(context.Context, usage.Query) error { time.Sleep(80 * time.Second); return nil }
		},
		"waiting for its place": func(p *fakePlatform) {
			p.limit = func(context.Context, string) reports.Limited { time.Sleep(2 * time.Minute); return reports.Limited{} }
		},
		"writing it down": func(p *fakePlatform) {
			p.onSave = func(hold bool) {
				if hold {
					time.Sleep(20 * time.Second)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			withEnv(t, func(t *testing.T, s *testEnv) {
				sub := s.subscribe("aaaaaa", "oc_1")
				s.platform.send = loseAnswer
				s.tick()
				s.advanceTo(monday(11, 25).Add(-10 * time.Second))
				slow(s.platform)
				s.tick()
				s.advanceTo(monday(11, 30))
				if d := s.wantDelivery(sub, reports.Uncertain, reports.Lost); d.Tries != 1 && name != "writing it down" {
					t.Errorf("%d tries are counted", d.Tries)
				}
				if sent, looked := len(s.platform.to("oc_1")), len(s.platform.searched); sent != 1 || looked != 1 {
					t.Errorf("sent %d times, looked for %d times", sent, looked)
				}
			})
		})
	}
}

// TestSend_SecondTry_EndsWithTheHour: a call without an answer is cancelled then, as it must not reach the platform later.
func TestSend_SecondTry_EndsWithTheHour(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = loseAnswer
		s.tick()
		s.advanceTo(monday(11, 24))
		var ended time.Time
		s.platform.send = func(ctx context.Context, _ message) error {
			<-ctx.Done()
			ended = time.Now()
			return ctx.Err()
		}
		s.tick()
		s.advanceTo(monday(11, 40))
		if !ended.Equal(monday(11, 25)) {
			t.Errorf("the second try ended at %v", ended)
		}
		s.wantDelivery(sub, reports.Waiting, reports.Lost)
		s.tick()
		s.wantDelivery(sub, reports.Uncertain, reports.Lost)
	})
}

// TestSend_ClockSetBack_NotSentAgain: the clock is set back an hour while a second try waits for its place. How long ago the
// first was is then unknown.
func TestSend_ClockSetBack_NotSentAgain(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = loseAnswer
		s.tick()
		s.advanceTo(monday(11, 0))
		s.platform.limit = func(context.Context, string) reports.Limited {
			s.platform.clockOffset = -time.Hour
			return reports.Limited{}
		}
		s.tick()
		s.wantDelivery(sub, reports.Uncertain, reports.Lost)
		if n := len(s.platform.to("oc_1")); n != 1 {
			t.Errorf("it was sent %d times", n)
		}
	})
}

// TestSend_LostAnswer_SameUUID: a message is sent again under its uuid until there is an answer.
func TestSend_LostAnswer_SameUUID(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = loseAnswer
		s.tickFor(10 * time.Second)
		s.wantDelivery(sub, reports.Waiting, reports.Lost)
		s.platform.send = nil
		s.tickFor(10 * time.Second)
		s.wantDelivery(sub, reports.Delivered, "")
		uuids := map[string]bool{}
		for _, m := range s.platform.to("oc_1") {
			uuids[m.uuid] = true
		}
		if len(uuids) != 1 || len(s.platform.to("oc_1")) < 3 {
			t.Errorf("%d uuids in %d tries", len(uuids), len(s.platform.to("oc_1")))
		}
	})
}

// TestSend_ClaimLost_NotSent: another replica takes the delivery right before it is sent.
func TestSend_ClaimLost_NotSent(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.limit = func(context.Context, string) reports.Limited {
			// Somebody else takes it, as if this process had stood still for long.
			if _, err := s.store.Deliveries.Claim(t.Context(), time.Now().Add(time.Hour), time.Minute, 9); err != nil {
				t.Error(err)
			}
			return reports.Limited{}
		}
		s.tick()
		s.wantDelivery(sub, reports.Waiting, "")
		if n := len(s.platform.to("oc_1")); n != 0 {
			t.Errorf("it was sent %d times", n)
		}
	})
}

// TestHold_AppWide_OthersWait: one digest is refused while another waits for its place.
func TestHold_AppWide_OthersWait(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		first, second := s.subscribe("aaaaaa", "oc_1"), s.subscribe("bbbbbb", "oc_2")
		s.platform.limit = func(_ context.Context, chatID string) reports.Limited {
			if chatID == "oc_2" {
				time.Sleep(time.Second)
			}
			return reports.Limited{}
		}
		s.platform.send = func(context.Context, message) error { return sendError(reports.AppWide, 99991662) }
		s.tick()
		s.advance(2 * time.Second)
		for _, sub := range []reports.Subscription{first, second} {
			s.wantDelivery(sub, reports.Waiting, reports.OnHold)
		}
		if n := len(s.platform.to("oc_2")); n != 0 {
			t.Errorf("the second was tried %d times", n)
		}
		s.platform.send, s.platform.limit = nil, nil
		s.tickFor(50 * time.Second)
		if n := len(s.platform.to("oc_1")); n != 1 {
			t.Errorf("%d tries while sending is on hold", n)
		}
		s.tickFor(15 * time.Second)
		for _, sub := range []reports.Subscription{first, second} {
			s.wantDelivery(sub, reports.Delivered, "")
		}
	})
}

// TestHold_ClockSetBack_Ends: a hold that began in the future counts as over.
func TestHold_ClockSetBack_Ends(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.subscribe("aaaaaa", "oc_1")
		s.platform.send = func(context.Context, message) error { return sendError(reports.AppWide, 99991662) }
		s.tick()
		s.platform.send, s.platform.clockOffset = nil, -time.Hour
		other := s.subscribe("bbbbbb", "oc_2", func(sub *reports.Subscription) { sub.Schedule.Hour, sub.NextDue = 9, monday(9, 30) })
		s.tick()
		s.wantDelivery(other, reports.Delivered, "")
	})
}

// TestSend_ChatForbids_PausedAfterThree: a success in between resets the count.
func TestSend_ChatForbids_PausedAfterThree(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		for day, fails := range []bool{true, true, false, true, true, true} {
			s.platform.send = nil
			if fails {
				s.platform.send = func(_ context.Context, m message) error {
					if m.to.ChatID == "" {
						return nil
					}
					return sendError(reports.Forbidden, 230018)
				}
			}
			s.advanceTo(monday(10, 30).AddDate(0, 0, day))
			s.tick()
			want := map[bool]reports.DeliveryState{true: reports.Failed, false: reports.Delivered}[fails]
			if d := s.lastDelivery(sub); d.State != want {
				t.Errorf("day %d: %s", day, d.State)
			}
			refusals := []int{1, 2, 0, 1, 2, 0}[day]
			if got := s.subscription(sub.ID); got.Refusals != refusals || (got.State == reports.Paused) != (day == 5) {
				t.Errorf("day %d: refused %d times, %s", day, got.Refusals, got.State)
			}
		}
		if got := s.subscription(sub.ID); !got.UpdatedAt.Equal(monday(10, 30).AddDate(0, 0, 5)) {
			t.Errorf("it was changed at %v", got.UpdatedAt)
		}
	})
}

// TestSend_UnclassifiedError_IsAmbiguous: after an unknown error the message may have been sent.
func TestSend_UnclassifiedError_IsAmbiguous(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = func(context.Context, message) error { return errors.New("what was that") }
		s.tick()
		if d := s.wantDelivery(sub, reports.Waiting, reports.Lost); d.SentAt.IsZero() {
			t.Error("it counts as not sent")
		}
	})
}

// TestSendError_RemovedMeanwhile_StaysRemoved: somebody removes the subscription while its chat turns out to be gone, or
// refuses for the third time.
func TestSendError_RemovedMeanwhile_StaysRemoved(t *testing.T) {
	for _, kind := range []reports.SendErrorKind{reports.TargetGone, reports.Forbidden} {
		t.Run(string(kind), func(t *testing.T) {
			withEnv(t, func(t *testing.T, s *testEnv) {
				sub := s.subscribe("aaaaaa", "oc_1", func(sub *reports.Subscription) { sub.Refusals = 2 })
				s.platform.send = func(context.Context, message) error {
					s.edit(sub.ID, func(sub *reports.Subscription) error {
						sub.State, sub.Reason = reports.Removed, reports.ByPerson
						return nil
					})
					return sendError(kind, 230002)
				}
				s.tick()
				if got := s.subscription(sub.ID); got.State != reports.Removed || got.Reason != reports.ByPerson {
					t.Errorf("it is %s (%s)", got.State, got.Reason)
				}
			})
		})
	}
}

// TestSendError_PlatformsWait_Kept: the platform's wait is kept if it is longer than the engine's own.
func TestSendError_PlatformsWait_Kept(t *testing.T) {
	for after, want := range map[time.Duration]time.Duration{0: 2 * time.Second, time.Second: 2 * time.Second, 10 * time.Minute: 10 * time.Minute} {
		t.Run(after.String(), func(t *testing.T) {
			withEnv(t, func(t *testing.T, s *testEnv) {
				sub := s.subscribe("aaaaaa", "oc_1")
				s.platform.send = func(context.Context, message) error {
					return &reports.SendError{Kind: reports.Transient, After: after, Err: errors.New("not now")}
				}
				s.tick()
				if d := s.wantDelivery(sub, reports.Waiting, reports.Busy); !d.TryAt.Equal(time.Now().Add(want)) {
					t.Errorf("it is tried again after %v, want %v", time.Until(d.TryAt), want)
				}
			})
		})
	}
}

// TestSend_StoreUnavailable_NotSent: a send that could not be recorded does not happen, and the delivery may be skipped
// later.
func TestSend_StoreUnavailable_NotSent(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		away := true
		s.platform.saveErr = func(hold bool) error {
			if away && hold {
				return reports.ErrUnavailable
			}
			return nil
		}
		s.tick()
		if d := s.wantDelivery(sub, reports.Waiting, ""); !d.SentAt.IsZero() || d.Tries != 0 || len(s.platform.to("oc_1")) != 0 {
			t.Errorf("it counts as handed over at %v, in %d tries", d.SentAt, d.Tries)
		}
		away = false
		s.edit(sub.ID, func(sub *reports.Subscription) error {
			sub.State, sub.Reason = reports.Paused, reports.ByPerson
			return nil
		})
		s.tickFor(15 * time.Second)
		s.wantDelivery(sub, reports.Skipped, reports.ByPerson)
	})
}

// TestGrace_EndsAtMidnightOfItsZone: the grace does not end at midnight of UTC, also for a digest with a jitter.
func TestGrace_EndsAtMidnightOfItsZone(t *testing.T) {
	for _, zone := range []string{"Asia/Shanghai", "America/New_York"} {
		t.Run(zone, func(t *testing.T) {
			withEnv(t, func(t *testing.T, s *testEnv) {
				s.configure(func(set *reports.Settings) { set.Jitter = 10 * time.Minute })
				there, err := time.LoadLocation(zone)
				if err != nil {
					t.Fatal(err)
				}
				sub := s.subscribe("aaaaaa", "oc_1", func(sub *reports.Subscription) {
					sub.Schedule.Zone = zone
					if err := sub.Activate(s.calendar(), time.Now(), s.settings.Jitter, ""); err != nil {
						t.Fatal(err)
					}
				})
				s.platform.state = notPublished
				s.advanceTo(sub.NextDue)
				s.tick()
				s.wantDelivery(sub, reports.Waiting, reports.NotOut)
				day := sub.NextDue.In(there)
				midnight := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, there)
				s.advanceTo(midnight.Add(-time.Second))
				s.tick()
				s.wantDelivery(sub, reports.Waiting, reports.NotOut)
				s.advanceTo(midnight.Add(6 * time.Minute))
				s.tick()
				s.wantDelivery(sub, reports.Skipped, reports.FiguresAbsent)
			})
		})
	}
}

// TestTasks_Panic_EndsNothingElse: rendering alerts and notices panics, and digests are sent.
func TestTasks_Panic_EndsNothingElse(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.platform.admins = []string{"ou_admin"}
		drawn := map[string]bool{}
		s.platform.onRender = func(what string) {
			kind, _, _ := strings.Cut(what, " ")
			s.mu.Lock()
			drawn[kind] = true
			s.mu.Unlock()
			if kind != "digest" {
				panic("there is no such card")
			}
		}
		first := s.subscribe("aaaaaa", "oc_1")
		s.addNotice(first, reports.Lost)
		s.platform.send = refuseAll
		s.tick()
		s.platform.send = nil
		second := s.subscribe("bbbbbb", "oc_2")
		s.tickFor(70 * time.Second)
		for _, sub := range []reports.Subscription{first, second} {
			s.wantDelivery(sub, reports.Delivered, "")
		}
		if !drawn["alert"] || !drawn["notice"] {
			t.Errorf("drawn were %v", drawn)
		}
		if n := s.InFlight(); n != 0 {
			t.Errorf("%d are still in flight", n)
		}
	})
}

// TestPause_BotAwayOverItsEnd: the digest that was due after the pause is sent, and none that fell into it.
func TestPause_BotAwayOverItsEnd(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.edit(sub.ID, func(sub *reports.Subscription) error {
			sub.State, sub.Reason, sub.PausedUntil = reports.Paused, reports.ByPerson, monday(2*24, 0)
			return nil
		})
		s.advanceTo(monday(2*24+10, 35))
		s.tickFor(5 * time.Second)
		s.wantDelivery(sub, reports.Delivered, "")
		if list, err := s.store.Deliveries.History(t.Context(), "oc_1", "", 10); err != nil || len(list) != 1 || len(s.platform.to("oc_1")) != 1 {
			t.Errorf("%d digests, history %+v, %v", len(s.platform.to("oc_1")), list, err)
		}
	})
}

// TestSearch_LostAnswer_ByResult: a message without an answer is looked for when the hour is over.
func TestSearch_LostAnswer_ByResult(t *testing.T) {
	tests := []struct {
		name   string
		find   func(looked int) (string, error)
		state  reports.DeliveryState
		looked int
		told   bool
	}{
		{"it is there", func(int) (string, error) { return "om_there", nil }, reports.Delivered, 1, false},
		{"it is not there", func(int) (string, error) { return "", nil }, reports.Uncertain, 1, true},
		{"the chat cannot be read", func(int) (string, error) { return "", sendError(reports.Forbidden, 230027) }, reports.Uncertain, 1, true},
		{"it is there after all", func(looked int) (string, error) {
			if looked < 4 {
				return "", sendError(reports.Transient, 99991400)
			}
			return "om_there", nil
		}, reports.Delivered, 4, false},
		{"the platform never says", func(int) (string, error) { return "", sendError(reports.Transient, 99991400) }, reports.Uncertain, 6, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			withEnv(t, func(t *testing.T, s *testEnv) {
				sub := s.subscribe("aaaaaa", "oc_1")
				s.platform.send = func(ctx context.Context, m message) error {
					if m.to.OpenID != "" {
						return nil
					}
					return loseAnswer(ctx, m)
				}
				s.platform.find = func(string) (string, error) { return tt.find(len(s.platform.searched)) }
				s.tick()
				s.advanceTo(monday(11, 26))
				for range 8 {
					s.tick()
					s.advance(2 * time.Minute)
				}
				d := s.lastDelivery(sub)
				if d.State != tt.state || len(s.platform.searched) != tt.looked || len(s.platform.to("oc_1")) != 1 {
					t.Errorf("%s, looked for %d times, sent %d times", d.State, len(s.platform.searched), len(s.platform.to("oc_1")))
				}
				if told := len(s.platform.to("ou_owner")); (told == 1) != tt.told || told > 1 {
					t.Errorf("its owner was told %d times", told)
				}
			})
		})
	}
}

// TestSearch_LostThenRefused: the answer to the first try is lost, and the second is refused for good.
func TestSearch_LostThenRefused(t *testing.T) {
	for kind, told := range map[reports.SendErrorKind]string{
		reports.Forbidden: "notice aaaaaa:lost", reports.InvalidContent: "notice aaaaaa:lost", reports.TargetGone: "notice aaaaaa:chat_gone",
	} {
		for _, there := range []bool{true, false} {
			t.Run(string(kind), func(t *testing.T) {
				withEnv(t, func(t *testing.T, s *testEnv) {
					sub := s.subscribe("aaaaaa", "oc_1")
					s.platform.send = func(_ context.Context, m message) error {
						switch {
						case m.to.OpenID != "":
							return nil
						case len(s.platform.to("oc_1")) == 1:
							return sendError(reports.Ambiguous, 0)
						}
						return sendError(kind, 230018)
					}
					s.platform.find = func(string) (string, error) {
						switch {
						case len(s.platform.searched) == 1:
							return "", sendError(reports.Transient, 99991400) // it is not sent again meanwhile
						case there:
							return "om_there", nil
						}
						return "", nil
					}
					s.tickFor(2 * time.Minute)
					want := map[bool]reports.DeliveryState{true: reports.Delivered, false: reports.Uncertain}[there]
					d := s.lastDelivery(sub)
					if d.State != want || len(s.platform.searched) != 2 || len(s.platform.to("oc_1")) != 2 {
						t.Errorf("%s, looked for %d times, sent %d times", d.State, len(s.platform.searched), len(s.platform.to("oc_1")))
					}
					got := s.subscription(sub.ID)
					if (got.State == reports.Paused) != (kind == reports.TargetGone) || (got.Refusals == 1) != (kind == reports.Forbidden) || got.Refusals > 1 {
						t.Errorf("the subscription is %s, refused %d times", got.State, got.Refusals)
					}
					s.wantOwnerTold(told, !there || kind == reports.TargetGone)
				})
			})
		}
	}
}

// wantOwnerTold checks that the owner got exactly this card, or none.
func (s *testEnv) wantOwnerTold(words string, told bool) {
	s.t.Helper()
	list := s.platform.to("ou_owner")
	switch {
	case !told && len(list) == 0:
	case told && len(list) == 1 && strings.TrimSpace(list[0].card) == words:
	default:
		s.t.Errorf("the owner was told %+v, want %q: %v", list, words, told)
	}
}

// TestSearch_Removed_OwnerNotTold: a subscription is removed while its digest may be in the chat.
func TestSearch_Removed_OwnerNotTold(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = loseAnswer
		s.tick()
		_, err := s.store.Subscriptions.Change(t.Context(), reports.Edit{ID: sub.ID, Change: func(sub *reports.Subscription) error { sub.State = reports.Removed; return nil }})
		if err != nil {
			t.Fatal(err)
		}
		s.tickFor(time.Minute)
		s.wantDelivery(sub, reports.Uncertain, reports.Lost)
		s.wantOwnerTold("", false)
	})
}
