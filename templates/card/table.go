package card

// Table is a table of text. It must stand directly in the body, so it does not implement Inner.
type Table struct {
	Tag         tableTag            `json:"tag"`
	PageSize    int                 `json:"page_size"` // 1 to 10 rows
	RowHeight   rowHeight           `json:"row_height"`
	FreezeFirst bool                `json:"freeze_first_column"`
	HeaderStyle headerStyle         `json:"header_style"`
	Columns     []TableColumn       `json:"columns"` // at most 50
	Rows        []map[string]string `json:"rows"`    // by column name
}

// TableColumn is one column of a table.
type TableColumn struct {
	Name        string          `json:"name"`
	DisplayName string          `json:"display_name"`
	DataType    dataType        `json:"data_type"`
	Width       string          `json:"width"`
	Align       HorizontalAlign `json:"horizontal_align"`
}

type headerStyle struct {
	Background background `json:"background_style"`
	Bold       bool       `json:"bold"`
	Lines      int        `json:"lines"`
}

// rowHeight is the height of a table's rows.
type rowHeight string

const lowRows rowHeight = "low"

// dataType is what a column's cells hold.
type dataType string

// textCells shows cells unchanged. Numbers are text as well, so that a missing one can be "—".
const textCells dataType = "text"

// HorizontalAlign is the horizontal position of a cell's text.
type HorizontalAlign string

// The places in use.
const (
	AtLeft  HorizontalAlign = "left"
	AtRight HorizontalAlign = "right"
)

// background is the colour of a table's head.
type background string

const greyBackground background = "grey"

// maxRows is the platform's maximum of rows per page of a table.
const maxRows = 10

// NewTable returns a table whose first column stays in view.
func NewTable(columns []TableColumn, rows []map[string]string) Table {
	return Table{
		PageSize:    maxRows,
		RowHeight:   lowRows,
		FreezeFirst: true,
		HeaderStyle: headerStyle{Background: greyBackground, Bold: true, Lines: 1},
		Columns:     columns,
		Rows:        rows,
	}
}

// TextColumn returns a column of texts.
func TextColumn(name, display string, align HorizontalAlign) TableColumn {
	return TableColumn{Name: name, DisplayName: display, DataType: textCells, Width: "auto", Align: align}
}
