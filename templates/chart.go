package templates

// chart is a picture of figures. Its description is a VChart specification that holds only what every version of the
// platform's clients knows, from 1.2.2 on: no functions, no textures, nothing that a later version added.
type chart struct {
	Tag         chartTag    `json:"tag"`
	Spec        chartSpec   `json:"chart_spec"`
	AspectRatio aspectRatio `json:"aspect_ratio,omitempty"`
	Height      string      `json:"height,omitempty"` // [1,999]px; stands above the ratio
}

// aspectRatio is a chart's width to its height.
type aspectRatio string

const wideChart aspectRatio = "16:9"

// chartSpec describes a chart. Its texts take the client's colours, which differ between light and dark.
type chartSpec struct {
	Type      chartType     `json:"type"`
	Data      []chartData   `json:"data"`
	Series    []chartSeries `json:"series,omitempty"` // of a chart of several kinds
	Direction string        `json:"direction,omitempty"`
	XField    string        `json:"xField,omitempty"`
	YField    string        `json:"yField,omitempty"`
	BarWidth  int           `json:"barMaxWidth,omitempty"`
	Label     *chartLabel   `json:"label,omitempty"`
	Axes      []chartAxis   `json:"axes"`
	Legends   chartLegend   `json:"legends"`
	Tooltip   *chartShown   `json:"tooltip,omitempty"`
	Color     []string      `json:"color"`
	Padding   int           `json:"padding"`
	Animation bool          `json:"animation"`
}

// chartType is a kind of chart.
type chartType string

// The kinds in use.
const (
	commonChart chartType = "common" // series of several kinds over one pair of axes
	lineChart   chartType = "line"
	barChart    chartType = "bar"
)

type chartData struct {
	ID     string       `json:"id"`
	Values []chartDatum `json:"values"`
}

// chartDatum is one mark. A Y that is null is a gap.
type chartDatum struct {
	X string `json:"x"`
	Y *int64 `json:"y"`
	S string `json:"s,omitempty"` // which line it belongs to
}

func (d chartDatum) known() bool { return d.Y != nil }

type chartSeries struct {
	ID          string      `json:"id"`
	Type        chartType   `json:"type"`
	DataID      string      `json:"dataId"`
	XField      string      `json:"xField"`
	YField      string      `json:"yField"`
	SeriesField string      `json:"seriesField,omitempty"`
	Stack       *bool       `json:"stack,omitempty"`       // for lines only: before 1.4 bars that are not stacked begin anywhere
	Invalid     string      `json:"invalidType,omitempty"` // what becomes of a gap
	Line        *chartMark  `json:"line,omitempty"`
	Point       *chartMark  `json:"point,omitempty"`
	Bar         *chartMark  `json:"bar,omitempty"`
	BarWidth    string      `json:"barWidth,omitempty"`
	Tooltip     *chartShown `json:"tooltip,omitempty"`
}

// chartMark is the look of a line, its points or bars.
type chartMark struct {
	Visible *bool      `json:"visible,omitempty"`
	Style   *markStyle `json:"style,omitempty"`
}

type markStyle struct {
	Fill        string  `json:"fill,omitempty"`
	FillOpacity float64 `json:"fillOpacity,omitempty"`
	Opacity     float64 `json:"opacity,omitempty"`
	LineWidth   float64 `json:"lineWidth,omitempty"`
	LineDash    []int   `json:"lineDash,omitempty"`
	Size        int     `json:"size,omitempty"`
}

type chartAxis struct {
	Orient  string     `json:"orient"`
	Type    string     `json:"type"` // linear or band
	Min     *int64     `json:"min,omitempty"`
	Max     *int64     `json:"max,omitempty"`
	Visible *bool      `json:"visible,omitempty"`
	Label   *axisLabel `json:"label,omitempty"`
	Tick    *axisTick  `json:"tick,omitempty"`
}

// axisLabel lets labels that would overlap hide.
type axisLabel struct {
	AutoHide bool `json:"autoHide"`
}

type axisTick struct {
	Visible bool `json:"visible"`
	Count   int  `json:"tickCount,omitempty"`
}

// chartLabel writes a figure beside each bar. The numbers that a chart writes by itself have no separators, and a client
// before 1.10 knows no format; that a text is looked up by the bar's name works in all of them.
type chartLabel struct {
	Visible  bool       `json:"visible"`
	Position string     `json:"position"`
	Style    labelStyle `json:"style"`
}

type labelStyle struct {
	Text scale `json:"text"`
}

// scale gives for each value of a field, the domain, another, the range.
type scale struct {
	Type   string   `json:"type"`
	Field  string   `json:"field"`
	Domain []string `json:"domain"`
	Range  []string `json:"range"`
}

type chartShown struct {
	Visible bool `json:"visible"`
}

type chartLegend struct {
	Visible bool   `json:"visible"`
	Orient  string `json:"orient,omitempty"`
}

// chartColors read well on light and on dark.
func chartColors() []string { return []string{"#3370FF", "#14C0A0", "#F5A623", "#9F6FF1"} }

// shade is the colour behind weekends, thin enough for both as well.
const (
	shade        = "#8F959E"
	shadeOpacity = 0.15
)

func hidden() *chartShown { return &chartShown{} }

// maxTop is the largest figure that an axis is made for.
const maxTop = 1_000_000_000_000_000_000

// topOf returns where an axis that begins at zero ends, so that it holds most, and how many steps lead there. Steps are
// whole numbers: half a person is no tick.
func topOf(most int64) (top int64, steps int) {
	most = min(max(most, 1), maxTop)
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
