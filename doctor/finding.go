package doctor

// Status is the result of a check.
type Status string

// The statuses. StatusSkipped means that the check could not be made, so it is neither good nor bad.
const (
	StatusOK      Status = "ok"
	StatusWarning Status = "warning"
	StatusFailure Status = "failure"
	StatusSkipped Status = "skipped"
)

// Finding is one result of a check.
type Finding struct {
	Check   string            // the check's name
	Subject string            // what the finding is about, such as a scope or an app's id; may be empty
	Status  Status            // the result
	Key     string            // a key of the Catalog, which words the finding
	Args    map[string]string // values for the placeholders of the text; never a secret
	Code    int               // the platform's code; 0 when there is none
	LogID   string            // the platform's log id, for its support; may be empty
}

// OK returns a finding that all is well. pairs are the names and values of the text's placeholders.
func OK(key string, pairs ...string) Finding { return newFinding(StatusOK, key, pairs) }

// Warn returns a finding that somebody should look at.
func Warn(key string, pairs ...string) Finding { return newFinding(StatusWarning, key, pairs) }

// Fail returns a finding that something does not work.
func Fail(key string, pairs ...string) Finding { return newFinding(StatusFailure, key, pairs) }

// Skip returns a finding that the check could not be made.
func Skip(key string, pairs ...string) Finding { return newFinding(StatusSkipped, key, pairs) }

func newFinding(s Status, key string, pairs []string) Finding {
	f := Finding{Status: s, Key: key}
	for i := 0; i+1 < len(pairs); i += 2 {
		if f.Args == nil {
			f.Args = map[string]string{}
		}
		f.Args[pairs[i]] = pairs[i+1]
	}
	return f
}

// About returns the finding with the subject set.
func (f Finding) About(subject string) Finding {
	f.Subject = subject
	return f
}

// WithCode returns the finding with the platform's code and log id.
func (f Finding) WithCode(code int, logID string) Finding {
	f.Code, f.LogID = code, logID
	return f
}

// Worst returns the worst status of the findings: failure, then warning, then ok. Skipped findings do not count.
func Worst(findings []Finding) Status {
	worst := StatusOK
	for _, f := range findings {
		if f.Status == StatusFailure {
			return StatusFailure
		}
		if f.Status == StatusWarning {
			worst = StatusWarning
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
