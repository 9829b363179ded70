package usage

// Story is what a digest tells: the figures, how they came about, and what is worth a sentence.
type Story struct {
	Report Report
	Trend  Trend
	Remark Remark
}

// Remark is what changed, as far as it is true and large enough to be told. The zero Remark says nothing, since
// something that it would need is missing.
type Remark struct {
	Kind    RemarkKind
	Metric  Metric
	Value   int64
	Before  int64
	Change  Change
	Against Period // what it is compared with: for a day the same weekday of the week before
	Mover   *Mover // what contributed most, when something stands out among all that may have

	// MoverUnknown tells that some of what may have contributed could not be had, so that nothing can be said to stand out.
	MoverUnknown bool
}

// RemarkKind is the direction of a Remark.
type RemarkKind string

// The kinds of a remark.
const (
	Silent  RemarkKind = ""        // nothing can be said
	Unknown RemarkKind = "unknown" // what it would be compared with could not be had
	Quiet   RemarkKind = "quiet"   // no large change
	Rose    RemarkKind = "rose"
	Fell    RemarkKind = "fell"
)

// Mover is the ability or the department in which the largest part of a change shows. Exactly one of the two is set.
type Mover struct {
	Ability    Ability
	Department Department
	Value      int64
	Before     int64
	Change     Change
}
