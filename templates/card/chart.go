package card

// Chart is a chart described by a VChart specification. It uses only features that all of the platform's clients
// support, from VChart 1.2.2 on: no functions, no textures, nothing newer.
type Chart struct {
	Tag         chartTag    `json:"tag"`
	Spec        ChartSpec   `json:"chart_spec"`
	AspectRatio aspectRatio `json:"aspect_ratio,omitempty"`
	Height      string      `json:"height,omitempty"` // [1,999]px; overrides the ratio
}

// aspectRatio is width to height.
type aspectRatio string

// WideChart is the ratio for charts in a card of the usual width.
const WideChart aspectRatio = "16:9"

// ChartSpec describes a chart. Its texts have no colours of their own, because the client's differ between light and
// dark mode.
type ChartSpec struct {
	Type      chartType     `json:"type"`
	Data      []ChartData   `json:"data"`
	Series    []ChartSeries `json:"series,omitempty"` // for CommonChart
	Direction string        `json:"direction,omitempty"`
	XField    string        `json:"xField,omitempty"`
	YField    string        `json:"yField,omitempty"`
	BarWidth  int           `json:"barMaxWidth,omitempty"`
	Label     *ChartLabel   `json:"label,omitempty"`
	Axes      []ChartAxis   `json:"axes"`
	Legends   ChartLegend   `json:"legends"`
	Tooltip   *Visibility   `json:"tooltip,omitempty"`
	Color     []string      `json:"color"`
	Padding   int           `json:"padding"`
	Animation bool          `json:"animation"`
}

// chartType is a kind of chart.
type chartType string

// The kinds in use.
const (
	CommonChart chartType = "common" // several kinds of series on the same axes
	LineChart   chartType = "line"
	BarChart    chartType = "bar"
)

// ChartData is the values of one series.
type ChartData struct {
	ID     string       `json:"id"`
	Values []ChartDatum `json:"values"`
}

// ChartDatum is one data point. A null Y is a gap.
type ChartDatum struct {
	X string `json:"x"`
	Y *int64 `json:"y"`
	S string `json:"s,omitempty"` // the name of its line
}

// Known reports whether the point has a value, so that it is no gap.
func (d ChartDatum) Known() bool { return d.Y != nil }

// ChartSeries says how one set of values is drawn.
type ChartSeries struct {
	ID          string      `json:"id"`
	Type        chartType   `json:"type"`
	DataID      string      `json:"dataId"`
	XField      string      `json:"xField"`
	YField      string      `json:"yField"`
	SeriesField string      `json:"seriesField,omitempty"`
	Stack       *bool       `json:"stack,omitempty"`       // for lines only: before 1.4 bars with stack=false start at a wrong place
	Invalid     string      `json:"invalidType,omitempty"` // how to draw a gap
	Line        *ChartMark  `json:"line,omitempty"`
	Point       *ChartMark  `json:"point,omitempty"`
	Bar         *ChartMark  `json:"bar,omitempty"`
	Label       *ChartLabel `json:"label,omitempty"`
	BarWidth    string      `json:"barWidth,omitempty"`
	Tooltip     *Visibility `json:"tooltip,omitempty"`
}

// ChartMark is the style of a line, its points or bars.
type ChartMark struct {
	Visible *bool      `json:"visible,omitempty"`
	Style   *MarkStyle `json:"style,omitempty"`
}

// MarkStyle is the look of a line, a point or a bar.
type MarkStyle struct {
	Fill        string  `json:"fill,omitempty"`
	FillOpacity float64 `json:"fillOpacity,omitempty"`
	Opacity     float64 `json:"opacity,omitempty"`
	LineWidth   float64 `json:"lineWidth,omitempty"`
	LineDash    []int   `json:"lineDash,omitempty"`
	Size        int     `json:"size,omitempty"`
}

// ChartAxis is one axis of a chart.
type ChartAxis struct {
	Orient  string     `json:"orient"`
	Type    string     `json:"type"` // linear or band
	Min     *int64     `json:"min,omitempty"`
	Max     *int64     `json:"max,omitempty"`
	Visible *bool      `json:"visible,omitempty"`
	Label   *AxisLabel `json:"label,omitempty"`
	Tick    *AxisTick  `json:"tick,omitempty"`
	Inner   *float64   `json:"paddingInner,omitempty"` // of a band axis: the space between bands, in bands
}

// AxisLabel hides overlapping labels, but neither the first nor the last.
type AxisLabel struct {
	AutoHide     bool `json:"autoHide"`
	FirstVisible bool `json:"firstVisible"`
	LastVisible  bool `json:"lastVisible"`
}

// AxisTick says how many ticks an axis has.
type AxisTick struct {
	Visible bool `json:"visible"`
	Count   int  `json:"tickCount,omitempty"`
}

// ChartLabel writes a number beside each bar. A chart's own numbers have no thousands separators, and clients before
// 1.10 cannot format them; a lookup from the bar's name to a text works in all clients.
type ChartLabel struct {
	Visible  bool       `json:"visible"`
	Position string     `json:"position"`
	Style    LabelStyle `json:"style"`
}

// LabelStyle gives each label its text.
type LabelStyle struct {
	Text Scale `json:"text"`
}

// Scale maps each value of a field in Domain to the value in Range.
type Scale struct {
	Type   string   `json:"type"`
	Field  string   `json:"field"`
	Domain []string `json:"domain"`
	Range  []string `json:"range"`
}

// Visibility shows or hides a part of a chart.
type Visibility struct {
	Visible bool `json:"visible"`
}

// ChartLegend says where the names of the series stand.
type ChartLegend struct {
	Visible bool   `json:"visible"`
	Orient  string `json:"orient,omitempty"`
}

// ChartColors returns colours that are legible in light and dark mode.
func ChartColors() []string { return []string{"#3370FF", "#14C0A0", "#F5A623", "#9F6FF1"} }

// FifthColor is for the rare chart with more than four lines.
const FifthColor = "#F54A45"

// Shade is the colour behind weekends, transparent enough for light and dark mode.
const (
	Shade        = "#8F959E"
	ShadeOpacity = 0.15
)

// Hidden returns the Visibility of a part that is not shown.
func Hidden() *Visibility { return &Visibility{} }

// MaxTop is the largest value that an axis is made for.
const MaxTop = 1_000_000_000_000_000_000

// axisSteps are the sizes of an axis' steps in a power of ten, the plainest first.
var axisSteps = [...]int64{10, 20, 50, 25, 30, 40, 15, 12, 60, 80}

// Limits of the number of steps of an axis.
const (
	fewestSteps = 3
	mostSteps   = 5
)

// AxisRange returns the end of an axis from zero that includes most, and the number of steps: the nearest end with few
// steps. Steps are whole numbers, because counts are.
func AxisRange(most int64) (top int64, steps int) {
	most = min(max(most, 1), MaxTop)
	if most <= mostSteps {
		return most, int(most)
	}
	for size := int64(1); size <= most; size *= 10 {
		for _, tenths := range axisSteps {
			step := tenths * size / 10
			if step == 0 || tenths*size%10 != 0 {
				continue
			}
			n := (most + step - 1) / step
			if n >= fewestSteps && n <= mostSteps && (top == 0 || n*step < top) {
				top, steps = n*step, int(n)
			}
		}
	}
	return top, steps
}

// Add appends a series unless it has no values: the platform refuses null instead of a list.
func (s *ChartSpec) Add(series ChartSeries, values []ChartDatum) {
	if len(values) == 0 {
		return
	}
	s.Series = append(s.Series, series)
	s.Data = append(s.Data, ChartData{ID: series.DataID, Values: values})
}
