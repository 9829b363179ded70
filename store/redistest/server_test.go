package redistest

import "testing"

func TestServerAnswersStopsAndRestarts(t *testing.T) {
	t.Parallel()
	s := Start(t)
	if !ping(t.Context(), s.port) {
		t.Fatal("a started server does not answer")
	}
	url := s.URL()
	s.Stop()
	s.Stop()
	if ping(t.Context(), s.port) {
		t.Fatal("a stopped server answers")
	}
	s.Restart()
	if !ping(t.Context(), s.port) || s.URL() != url {
		t.Fatalf("after a restart: answers %v at %s, want true at %s", ping(t.Context(), s.port), s.URL(), url)
	}
}
