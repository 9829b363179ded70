package doctor

// Status says how well something is.
type Status string

// The statuses. Skipped is neither well nor ill: it could not be looked at.
const (
	OK      Status = "ok"
	Warning Status = "warning"
	Failure Status = "failure"
	Skipped Status = "skipped"
)

// Finding is what a check found out.
type Finding struct {
	Check   string            // the check's name
	Subject string            // which of several, such as a scope or an app's id; may be empty
	Status  Status            // how well it is
	Key     string            // what was seen; a key of the wording, of which Text makes words
	Args    map[string]string // what stands in the places of the wording; never a secret
	Code    int               // the platform's code; 0 when there is none
	LogID   string            // the platform's log id, for its support; may be empty
}

// Well is a finding that all is well. The pairs are names and values of what stands in the wording.
func Well(key string, pairs ...string) Finding { return find(OK, key, pairs) }

// Doubt is a finding that is worth a look.
func Doubt(key string, pairs ...string) Finding { return find(Warning, key, pairs) }

// Ill is a finding that something does not work.
func Ill(key string, pairs ...string) Finding { return find(Failure, key, pairs) }

// Unseen is a finding that there was no way to look.
func Unseen(key string, pairs ...string) Finding { return find(Skipped, key, pairs) }

func find(s Status, key string, pairs []string) Finding {
	f := Finding{Status: s, Key: key}
	for i := 0; i+1 < len(pairs); i += 2 {
		if f.Args == nil {
			f.Args = map[string]string{}
		}
		f.Args[pairs[i]] = pairs[i+1]
	}
	return f
}

// Of returns the finding as one about a subject.
func (f Finding) Of(subject string) Finding {
	f.Subject = subject
	return f
}

// With returns the finding with the platform's code and log id.
func (f Finding) With(code int, logID string) Finding {
	f.Code, f.LogID = code, logID
	return f
}

// Worst returns the worst status of the findings: failure before warning before ok. What was skipped does not count.
func Worst(findings []Finding) Status {
	worst := OK
	for _, f := range findings {
		if f.Status == Failure {
			return Failure
		}
		if f.Status == Warning {
			worst = Warning
		}
	}
	return worst
}

// Count returns how many findings have the status.
func Count(findings []Finding, s Status) (n int) {
	for _, f := range findings {
		if f.Status == s {
			n++
		}
	}
	return n
}
