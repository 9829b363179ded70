package card

// Chart is a picture of figures. Its description is a VChart specification that holds only what every version of the
// platform's clients knows, from 1.2.2 on: no functions, no textures, nothing that a later version added.
type Chart struct {
	Tag         chartTag    `json:"tag"`
	Spec        ChartSpec   `json:"chart_spec"`
	AspectRatio aspectRatio `json:"aspect_ratio,omitempty"`
	Height      string      `json:"height,omitempty"` // [1,999]px; stands above the ratio
}

// aspectRatio is a chart's width to its height.
type aspectRatio string

const WideChart aspectRatio = "16:9"

// ChartSpec describes a chart. Its texts take the client's colours, which differ between light and dark.
type ChartSpec struct {
	Type      chartType     `json:"type"`
	Data      []ChartData   `json:"data"`
	Series    []ChartSeries `json:"series,omitempty"` // of a chart of several kinds
	Direction string        `json:"direction,omitempty"`
	XField    string        `json:"xField,omitempty"`
	YField    string        `json:"yField,omitempty"`
	BarWidth  int           `json:"barMaxWidth,omitempty"`
	Label     *ChartLabel   `json:"label,omitempty"`
	Axes      []ChartAxis   `json:"axes"`
	Legends   ChartLegend   `json:"legends"`
	Tooltip   *visibility   `json:"tooltip,omitempty"`
	Color     []string      `json:"color"`
	Padding   int           `json:"padding"`
	Animation bool          `json:"animation"`
}

// chartType is a kind of chart.
type chartType string

// The kinds in use.
const (
	CommonChart chartType = "common" // series of several kinds over one pair of axes
	LineChart   chartType = "line"
	BarChart    chartType = "bar"
)

type ChartData struct {
	ID     string       `json:"id"`
	Values []ChartDatum `json:"values"`
}

// ChartDatum is one mark. A Y that is null is a gap.
type ChartDatum struct {
	X string `json:"x"`
	Y *int64 `json:"y"`
	S string `json:"s,omitempty"` // which line it belongs to
}

func (d ChartDatum) Known() bool { return d.Y != nil }

type ChartSeries struct {
	ID          string      `json:"id"`
	Type        chartType   `json:"type"`
	DataID      string      `json:"dataId"`
	XField      string      `json:"xField"`
	YField      string      `json:"yField"`
	SeriesField string      `json:"seriesField,omitempty"`
	Stack       *bool       `json:"stack,omitempty"`       // for lines only: before 1.4 bars that are not stacked begin anywhere
	Invalid     string      `json:"invalidType,omitempty"` // what becomes of a gap
	Line        *ChartMark  `json:"line,omitempty"`
	Point       *ChartMark  `json:"point,omitempty"`
	Bar         *ChartMark  `json:"bar,omitempty"`
	BarWidth    string      `json:"barWidth,omitempty"`
	Tooltip     *visibility `json:"tooltip,omitempty"`
}

// ChartMark is the look of a line, its points or bars.
type ChartMark struct {
	Visible *bool      `json:"visible,omitempty"`
	Style   *MarkStyle `json:"style,omitempty"`
}

type MarkStyle struct {
	Fill        string  `json:"fill,omitempty"`
	FillOpacity float64 `json:"fillOpacity,omitempty"`
	Opacity     float64 `json:"opacity,omitempty"`
	LineWidth   float64 `json:"lineWidth,omitempty"`
	LineDash    []int   `json:"lineDash,omitempty"`
	Size        int     `json:"size,omitempty"`
}

type ChartAxis struct {
	Orient  string     `json:"orient"`
	Type    string     `json:"type"` // linear or band
	Min     *int64     `json:"min,omitempty"`
	Max     *int64     `json:"max,omitempty"`
	Visible *bool      `json:"visible,omitempty"`
	Label   *AxisLabel `json:"label,omitempty"`
	Tick    *AxisTick  `json:"tick,omitempty"`
}

// AxisLabel lets labels that would overlap hide.
type AxisLabel struct {
	AutoHide bool `json:"autoHide"`
}

type AxisTick struct {
	Visible bool `json:"visible"`
	Count   int  `json:"tickCount,omitempty"`
}

// ChartLabel writes a figure beside each bar. The numbers that a chart writes by itself have no separators, and a client
// before 1.10 knows no format; that a text is looked up by the bar's name works in all of them.
type ChartLabel struct {
	Visible  bool       `json:"visible"`
	Position string     `json:"position"`
	Style    LabelStyle `json:"style"`
}

type LabelStyle struct {
	Text Scale `json:"text"`
}

// Scale gives for each value of a field, the domain, another, the range.
type Scale struct {
	Type   string   `json:"type"`
	Field  string   `json:"field"`
	Domain []string `json:"domain"`
	Range  []string `json:"range"`
}

type visibility struct {
	Visible bool `json:"visible"`
}

type ChartLegend struct {
	Visible bool   `json:"visible"`
	Orient  string `json:"orient,omitempty"`
}

// ChartColors read well on light and on dark.
func ChartColors() []string { return []string{"#3370FF", "#14C0A0", "#F5A623", "#9F6FF1"} }

// shade is the colour behind weekends, thin enough for both as well.
const (
	Shade        = "#8F959E"
	ShadeOpacity = 0.15
)

func Hidden() *visibility { return &visibility{} }

// MaxTop is the largest figure that an axis is made for.
const MaxTop = 1_000_000_000_000_000_000

// AxisRange returns where an axis that begins at zero ends, so that it holds most, and how many steps lead there. Steps are
// whole numbers: half a person is no tick.
func AxisRange(most int64) (top int64, steps int) {
	most = min(max(most, 1), MaxTop)
	size := int64(1)
	for {
		for _, step := range []int64{size, 2 * size, 5 * size} {
			if n := (most + step - 1) / step; n <= 5 {
				return n * step, int(n)
			}
		}
		size *= 10
	}
}

// Add appends a series if there is anything to draw: the platform refuses a null for a list.
func (s *ChartSpec) Add(series ChartSeries, values []ChartDatum) {
	if len(values) == 0 {
		return
	}
	s.Series = append(s.Series, series)
	s.Data = append(s.Data, ChartData{ID: series.DataID, Values: values})
}
