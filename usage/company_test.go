package usage

// company is a small tenant.
func company() []Department {
	return []Department{
		{ID: "od-rd", CustomID: "D1", ParentID: "0", Name: "研发部", I18n: map[string]string{"en_us": "Research & Development"}},
		{ID: "od-be", CustomID: "D2", ParentID: "od-rd", Name: "后端组"},
		{ID: "od-fe", CustomID: "D3", ParentID: "od-rd", Name: "前端组"},
		{ID: "od-mk", CustomID: "D4", ParentID: "0", Name: "市场部"},
		{ID: "od-op1", ParentID: "od-mk", Name: "运营组"},
		{ID: "od-sales", ParentID: "0", Name: "销售部"},
		{ID: "od-op2", ParentID: "od-sales", Name: "运营组"},
		{ID: "od-cq", ParentID: "0", Name: "重庆 分公司"},
		{ID: "od-ai", ParentID: "0", Name: "AI Lab"},
	}
}
