package company

// branch is a department of the company's plan with those below it.
type branch struct {
	key    string  // department_id, the tenant's own
	name   string  // zh_cn
	en     string  // en_us
	weight int     // share of the people who sit in this very department
	habit  float64 // how much its people use apps, 1 is usual
	below  []branch
}

// plan is the company: two pairs of departments share a name under different parents, one name holds a space, and one
// (重庆) is read differently from what its characters say one by one.
func plan() []branch {
	return []branch{
		{"rd", "研发部", "R&D", 2, 1.1, []branch{
			{"rd-backend", "后端组", "Backend", 16, 1.15, nil},
			{"rd-frontend", "前端组", "Frontend", 12, 1.2, nil},
			{"rd-client", "客户端组", "Client", 2, 1.05, []branch{
				{"rd-client-ios", "iOS 组", "iOS", 5, 1.05, nil},
				{"rd-client-android", "Android 组", "Android", 6, 1.05, nil},
			}},
			{"rd-qa", "测试组", "QA", 9, 1, nil},
			{"rd-infra", "基础架构组", "Infrastructure", 3, 0.95, []branch{
				{"rd-infra-db", "数据库组", "Databases", 3, 0.9, nil},
				{"rd-infra-ops", "运维组", "Operations", 3, 1, []branch{
					{"rd-infra-ops-oncall", "值班小组", "On Call", 2, 1.3, nil},
				}},
			}},
			{"rd-algo", "算法组", "Algorithms", 6, 0.85, nil},
		}},
		{"product", "产品部", "Product", 1, 1.2, []branch{
			{"product-one", "产品一组", "Product One", 5, 1.2, nil},
			{"product-two", "产品二组", "Product Two", 5, 1.15, nil},
			{"product-design", "设计组", "Design", 5, 1, nil},
		}},
		{"marketing", "市场部", "Marketing", 1, 1.1, []branch{
			{"marketing-brand", "品牌组", "Brand", 5, 1, nil},
			{"marketing-ops", "运营组", "Operations", 8, 1.3, nil},
			{"marketing-events", "活动组", "Events", 4, 1.1, nil},
		}},
		{"sales", "销售部", "Sales", 2, 0.8, []branch{
			{"sales-east", "华东大区", "East China", 2, 0.8, []branch{
				{"sales-east-sh", "上海销售组", "Shanghai Sales", 9, 0.85, nil},
				{"sales-east-hz", "杭州销售组", "Hangzhou Sales", 7, 0.75, nil},
			}},
			{"sales-north", "华北大区", "North China", 2, 0.75, []branch{
				{"sales-north-bj", "北京销售组", "Beijing Sales", 9, 0.75, nil},
			}},
			{"sales-ops", "运营组", "Operations", 4, 1, nil},
		}},
		{"chongqing", "重庆分公司", "Chongqing Branch", 2, 0.9, []branch{
			{"chongqing-backend", "后端组", "Backend", 5, 1, nil},
			{"chongqing-sales", "销售组", "Sales", 6, 0.8, nil},
			{"chongqing-admin", "行政组", "Administration", 2, 0.9, nil},
		}},
		{"service", "客服部", "Customer Service", 1, 0.7, []branch{
			{"service-first", "一线客服组", "First Line", 16, 0.6, nil},
			{"service-second", "二线客服组", "Second Line", 7, 0.8, nil},
		}},
		{"growth", "增长 团队", "Growth Team", 4, 1.4, nil},
		{"hr", "人力资源部", "Human Resources", 1, 1.1, []branch{
			{"hr-recruiting", "招聘组", "Recruiting", 4, 1.2, nil},
			{"hr-pay", "薪酬组", "Compensation", 2, 1, nil},
		}},
		{"finance", "财务部", "Finance", 1, 0.9, []branch{
			{"finance-accounts", "会计组", "Accounting", 4, 0.9, nil},
			{"finance-tax", "税务组", "Tax", 2, 0.8, nil},
		}},
		{"legal", "法务部", "Legal", 2, 0.7, nil},
		{"office", "行政部", "Administration", 3, 0.9, nil},
	}
}
