package app

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestTheLastErrorsAreRememberedWithoutWhatStoodBesideThem(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := new(recentErrors)
	log := s.wrap(slog.New(slog.NewTextHandler(&out, nil))).With("replica", "a")
	log.Warn("a warning")
	for i := range maxRecentErrors + 2 {
		log.Error("an error", "reference", fmt.Sprint("E-", i), "error", errors.New("sesame"))
	}
	list := s.list()
	if len(list) != maxRecentErrors || list[0].What != "an error" || list[0].Reference != "E-6" || list[0].At.IsZero() || list[maxRecentErrors-1].Reference != "E-2" {
		t.Errorf("remembered: %+v", list)
	}
	if strings.Contains(fmt.Sprint(list), "sesame") {
		t.Error("it remembers what stood beside an error")
	}
	if strings.Count(out.String(), "replica=a") != maxRecentErrors+3 {
		t.Errorf("the log itself lacks something:\n%s", out.String())
	}
}
