package card

// The zero value of each type below is written as one tag, so that a component cannot carry the wrong one.

type (
	plainTextTag        struct{}
	textTagTag          struct{}
	standardIconTag     struct{}
	divTag              struct{}
	columnSetTag        struct{}
	columnTag           struct{}
	buttonTag           struct{}
	collapsiblePanelTag struct{}
	tableTag            struct{}
	chartTag            struct{}
	formTag             struct{}
	personListTag       struct{}
	SelectPersonTag     struct{}
	selectStaticTag     struct{}
	datePickerTag       struct{}
	timePickerTag       struct{}
	callbackType        struct{}
)

func (plainTextTag) MarshalText() ([]byte, error)        { return []byte("plain_text"), nil }
func (textTagTag) MarshalText() ([]byte, error)          { return []byte("text_tag"), nil }
func (standardIconTag) MarshalText() ([]byte, error)     { return []byte("standard_icon"), nil }
func (divTag) MarshalText() ([]byte, error)              { return []byte("div"), nil }
func (columnSetTag) MarshalText() ([]byte, error)        { return []byte("column_set"), nil }
func (columnTag) MarshalText() ([]byte, error)           { return []byte("column"), nil }
func (buttonTag) MarshalText() ([]byte, error)           { return []byte("button"), nil }
func (collapsiblePanelTag) MarshalText() ([]byte, error) { return []byte("collapsible_panel"), nil }
func (tableTag) MarshalText() ([]byte, error)            { return []byte("table"), nil }
func (chartTag) MarshalText() ([]byte, error)            { return []byte("chart"), nil }
func (formTag) MarshalText() ([]byte, error)             { return []byte("form"), nil }
func (personListTag) MarshalText() ([]byte, error)       { return []byte("person_list"), nil }
func (SelectPersonTag) MarshalText() ([]byte, error)     { return []byte("select_person"), nil }
func (selectStaticTag) MarshalText() ([]byte, error)     { return []byte("select_static"), nil }
func (datePickerTag) MarshalText() ([]byte, error)       { return []byte("date_picker"), nil }
func (timePickerTag) MarshalText() ([]byte, error)       { return []byte("picker_time"), nil }
func (callbackType) MarshalText() ([]byte, error)        { return []byte("callback"), nil }
