package sentence

import "usagebot/usage"

// questionWords say what is asked for.
var questionWords = []definition{
	{metric, string(usage.ActiveUsers), 0, "" +
		"活|活跃|活跃人数|活跃用户|活跃用户数|活跃数|活跃情况|活跃度|active|active users|active user|actives|uv|使用人数|访问人数|访客数|unique users|" +
		"unique visitors|active people"},
	{metric, string(usage.ActiveUsers), usage.Daily, "" +
		"日活|日活跃|日活跃用户|日活跃用户数|日活数|dau|daus|daily active users|daily active|daily actives|daily users|日活用户"},
	{metric, string(usage.ActiveUsers), usage.Weekly, "" +
		"周活|周活跃|周活跃用户|周活跃用户数|周活数|wau|waus|weekly active users|weekly active|weekly actives|weekly users|周活用户"},
	{metric, string(usage.ActiveUsers), usage.Monthly, "" +
		"月活|月活跃|月活跃用户|月活跃用户数|月活数|mau|maus|monthly active users|monthly active|monthly actives|monthly users|月活用户"},
	{metric, string(usage.PageViews), usage.Daily, "日访问量|日访问|日pv|日浏览量|每日访问量|daily page views|daily views|daily pv"},
	{metric, string(usage.PageViews), usage.Weekly, "周访问量|周访问|周pv|周浏览量|weekly page views|weekly views|weekly pv"},
	{metric, string(usage.PageViews), usage.Monthly, "月访问量|月访问|月pv|月浏览量|monthly page views|monthly views|monthly pv"},
	{metric, string(usage.PageViews), 0, "" +
		"by page views|by pv|by views|按访问量|访问量|访问|页面访问|页面访问数|页面访问量|浏览量|pv|pvs|page views|page view|pageviews|pageview|" +
		"views|页面浏览量|访问页面数"},
	{metric, string(usage.Opens), usage.Daily, "日打开次数|日打开量|daily opens"},
	{metric, string(usage.Opens), usage.Weekly, "周打开次数|周打开量|weekly opens"},
	{metric, string(usage.Opens), usage.Monthly, "月打开次数|月打开量|monthly opens"},
	{metric, string(usage.Opens), 0, "by opens|按打开次数|打开次数|打开量|启动次数|opens|number of opens|times opened|open count|app opens|app starts|打开数"},
	{metric, string(usage.NewUsers), usage.Daily, "日新增|日新增用户|daily new users"},
	{metric, string(usage.NewUsers), usage.Weekly, "周新增|周新增用户|weekly new users"},
	{metric, string(usage.NewUsers), usage.Monthly, "月新增|月新增用户|monthly new users"},
	{metric, string(usage.NewUsers), 0, "新增|新增用户|新增用户数|新增人数|新用户|新用户数|new users|new user|newcomers|new joiners|new people|新增数"},
	{metric, string(usage.TotalUsers), 0, "" +
		"total number of users|total number of people|total user count|累计|累计用户|累计用户数|累计人数|总用户|总用户数|total users|" +
		"cumulative users|users in total|all-time users|users so far|历史累计"},
	{people, "", 0, "" +
		"多少人|多少个人|多少人数|多少用户|多少个用户|几个人|人数|用户数|how many people|how many users|how many persons|how many employees|" +
		"how many colleagues|number of people|number of users|user count|headcount|人多|人最多|people count|how many folks|how many staff|多少同事|" +
		"多少员工|谁用得多|谁用的多"},
	{times, "", 0, "多少次|几次|次数|how many times|how often|number of times|times"},
	{vagueMetric, "", 0, "流量|hits|traffic|clicks|点击量|点击|点击数|visits|热度|engagement|activity"},
	{cycle, "", usage.Daily, "日报|daily|日度|daily report|daily digest|daily figures|daily numbers|单日|当日"},
	{cycle, "", usage.Weekly, "周报|weekly|周度|weekly report|weekly digest|weekly figures|weekly numbers|按周|week by week|周"},
	{cycle, "", usage.Monthly, "月报|monthly|月度|monthly report|monthly digest|monthly figures|monthly numbers|月"},
	{each, "", usage.Daily, "" +
		"每天|每日|每一天|逐日|按天|按日|分天|day by day|each day|per day|by day|every day|daily trend|daily breakdown|一天|1天|a day|日均走势|天天|" +
		"everyday"},
	{each, "", usage.Weekly, "每周|每个星期|每星期|每一周|逐周|each week|per week|by week|every week|weekly trend|weekly breakdown|a week"},
	{each, "", usage.Monthly, "" +
		"每月|每个月|每1个月|每一个月|逐月|按月|分月|各月|month by month|each month|per month|by month|every month|monthly trend|monthly breakdown|" +
		"a month"},
	{intent, "usage", 0, "" +
		"用量|usage|使用量|使用情况|用得怎么样|用的怎么样|用得如何|用的如何|用得咋样|用的咋样|使用如何|usage report|usage figures|usage numbers|" +
		"usage stats|usage data|用得好不好|使用得怎么样|使用怎么样|用的情况"},
	{intent, "trend", 0, "趋势|走势|trend|trends|趋势图|走势图|变化趋势|曲线|曲线图|折线图|折线|trendline|timeline|over time|变化曲线"},
	{chart, "", 0, "line chart|bar chart|line graph|柱状图|图|画|画个|画1个|画一个|画出|图表|画图|画个图|画成图|chart|charts|graph|plot|as a chart|as chart|出图|看图"},
	{intent, "top", 0, "" +
		"排行|排个序|排名|排行榜|部门排行|部门排名|部门排行榜|排个名|排名情况|ranking|rank|rankings|leaderboard|top departments|top teams|ranked|ranked by|rank by|" +
		"ranked on|" +
		"department ranking|departments ranking|ranking of departments|top department|top|团队排名|各组排名"},
	{which, "", 0, "" +
		"哪个部门|哪些部门|哪个组|哪些组|哪个团队|哪些团队|各部门|各个部门|每个部门|按部门|分部门|各团队|各组|各个组|各小组|各个团队|哪个小组|" +
		"所有部门|which department|which departments|which team|which teams|by department|by departments|by team|by teams|per department|per team|" +
		"what department|what team|each department|each team|all departments|all teams|which group|which groups|department breakdown|什么部门|部门|" +
		"哪个大区|which dept|by dept|各大区|departments|teams"},
	{most, "", 0, "" +
		"most popular|the most popular|popular|更受欢迎|更火|最热门|最受欢迎|最多|用得最多|用的最多|用得多|用的多|最高|最活跃|使用最多|多|the most|most|use it most|uses it most|" +
		"used most|most used|most active|used it most|the highest|highest|uses it the most|最爱用|用得更多|更多|more|which is used more|leads|最大|" +
		"busiest|用得最好|最好|the best|best|did best|does best|do best|performs best|performed best|用得好|用得最勤|most often|排第一|第一名"},
	{byUsers, "", 0, "by:users|by:uv|by:active|by:active users|排序:活跃|排序:人数|排序:活跃用户|by active users|by users|按人数|按活跃|按活跃人数|按活跃用户|按人数排|按活跃人数排"},
	{changed, "", 0, "" +
		"by:change|by:changes|排序:变化|排序:涨跌|增长最快|增长最多|增幅最大|涨得最多|涨的最多|涨得最快|涨的最快|涨幅最大|涨最多|跌得最厉害|跌的最厉害|跌得最多|跌的最多|跌幅最大|下降最多|" +
		"下降最快|下滑最多|下滑最厉害|降得最多|掉得最多|掉的最多|掉得最厉害|变化最大|变动最大|上升最快|上升最多|进步最大|退步最大|增加最多|减少最多|" +
		"跌最多|grew most|grew the most|grew fastest|grew the fastest|grown most|grown the most|growing fastest|fastest growing|fastest-growing|" +
		"growth by department|biggest growth|biggest rise|biggest gain|biggest gains|biggest increase|biggest drop|biggest drops|biggest fall|" +
		"biggest decline|biggest decrease|biggest change|biggest changes|biggest mover|biggest movers|dropped most|dropped the most|fell most|" +
		"fell the most|declined most|declined the most|lost most|lost the most|rose most|rose the most|changed most|changed the most|by change|" +
		"按变化|按变化排|按增长|按增长排|按增长排名|按涨幅|按变化排序|gained most|gained the most|increased most|increased the most|增长最大|" +
		"下降最大|下跌最多|下跌最厉害|下降最厉害|掉得最快|跌得最快|涨得最厉害|涨得最猛|增长最明显|improved most|improved the most|shrank most|涨得多|涨的多|涨得快|跌得多|跌的多|跌得快|掉得多|掉的多|掉得快|降得多|升得多|升得最多|升得快|" +
		"掉得最惨|跌得最惨|跌得最狠|掉得最狠|降得最狠|降得最快|涨得最好|涨最快|跌最快|掉最多|掉最快|降最多|升最多|fell the hardest|fell hardest|dropped the hardest|" +
		"dropped hardest|rose fastest|rose the fastest|fell fastest|fell the fastest|went up most|went up the most|went down most|went down the most|" +
		"up most|up the most|down most|down the most|grew more|dropped more|fell more|gained more|lost more|declined more|moved most|moved the most|" +
		"shrunk most|shrank the most"},
	{growth, "", 0, "going up|going down|rising|declining|growing|increasing|decreasing|falling|在涨|在跌|涨|涨了|升|升了|上升|上升了|上涨|上涨了|rose|grew|fell|dropped|declined|went up|went down|gone up|gone down|" +
		"go up|up|down|dip|增长|增长了|growth|涨幅|增幅|变化|change|changes|波动"},
	{coverage, "", 0, "" +
		"覆盖率|按覆盖率|按覆盖率排|按覆盖率排名|按覆盖率排序|渗透率|使用率|coverage|coverage rate|penetration|adoption|adoption rate|by coverage|" +
		"sorted by coverage|ranked by coverage|覆盖情况|覆盖"},
	{versus, "", 0, "" +
		"对比|对比下|对比1下|对比一下|比较|比较下|比较一下|比1比|比一比|比|比下|比一下|相比|vs|vs.|versus|compare|compared|compared with|compared to|" +
		"comparison|comparing|against|pk|对照|相较|较|compare with|compare to|difference|哪个用的人多|哪个用得多|哪个用的多|哪个人多|哪个更多|" +
		"谁用得更多|which is used by more people|which one is used more|which has more|side by side|or|哪个更火|谁更火|哪个更受欢迎|哪个受欢迎|哪个更热门|more popular|差多少|差了多少|相差|相差多少|差距|差别|差异|gap between|the gap|difference between|the difference between"},
	{together, "", 0, "" +
		"一共|去重后|去重之后|合并后|总共|合计|加起来|加一起|总和|之和|去重|合起来|共|共计|in total|total|altogether|combined|together|sum|sum of|added up|deduplicated|" +
		"distinct|unique|加|加上|plus|相加|总计|overall|总数|合并"},
	{export, "", 0, "导出|导成|导出成|导出为|导|export|exported|下载|download|downloaded|导出来|exporting|save as|输出"},
	{format, "csv", 0, "csv|csv file|as csv|as a csv|csv文件|csv格式"},
	{format, "xlsx", 0, "excel|xlsx|xls|excel表|excel表格|表格|电子表格|spreadsheet|as excel|as xlsx|excel文件|excel file|as a spreadsheet|as a table|文件|file"},
	{allApps, "", 0, "" +
		"所有应用|全部应用|各应用|各个应用|每个应用|几个应用|几个应用里|哪个应用|哪些应用|哪款应用|应用排行|应用排名|应用对比|all apps|all the apps|" +
		"all applications|which app|which apps|which application|by app|per app|each app|every app|apps|app ranking|best app|best apps|top app|top apps|most used apps|most popular apps|our apps|what apps|apps by|" +
		"哪个app|所有app|各app|哪个应用最火|应用里哪个|应用列表|哪个应用用得最多|app list|list of apps|list apps|most used app|most popular app|" +
		"the most popular app|all of our apps|最火|几个应用里哪个|应用中哪个|applications|所有的应用|应用之间"},
}

// subjectWords say about what.
var subjectWords = []definition{
	{ability, string(usage.MiniProgram), 0, "小程序|mini programs|mini-programs|miniprograms|mini app|mini apps|小程序端|gadget"},
	{ability, string(usage.Web), 0, "网页|网页版|网页端|web端|h5|h5端|h5页面|web version|web apps|web site|website|web page|webpage|网页应用|网站|the web|h5应用"},
	{ability, string(usage.Bot), 0, "机器人|bots|the bot|chatbot|机器人端"},
	{ability, string(usage.All), 0, "" +
		"各端|各个端|所有端|全部端|每个端|各端都要|全部能力|所有能力|各能力|各个能力|按能力|分端|all abilities|every ability|each ability|by ability|" +
		"all platforms|all forms|all ends|按端|3端|各形态|各入口|每个能力"},
	{company, "", 0, "" +
		"去掉部门|部门去掉|不限部门|不分部门|不看部门|without the department|without department|any department|dept:all|dept: all|department:all|" +
		"部门:全部|部门:所有|部门:全公司|全公司|公司|整个公司|全员|全集团|公司整体|整体|全体|whole company|the whole company|company-wide|" +
		"companywide|company wide|entire company|the entire company|whole organisation|whole organization|everyone|everybody|the company|company|" +
		"organisation-wide|org-wide|全部部门|whole-company|总体|整个集团|大盘|all staff|all employees"},
	{units, "", 0, "" +
		"下面|下属|下级|下面的|底下|里面|内部各组|2个大区|子部门|下面哪个组|下面哪个部门|下面各组|下面各部门|下面各个组|下面的组|下面的部门|" +
		"下面各大区|下各组|下各部门|里哪个组|里哪个部门|内各组|各子部门|内部|inside|within|under|sub-departments|subdepartments|sub-teams|subteams|" +
		"下面哪些组|下面哪些部门|的各个组|底下的组|旗下|旗下各组|下辖"},
	{unitSuffix, "", 0, "部|组|团队|小组|分公司|事业部|事业群|中心|大区|team|dept|dept.|department|group|branch|division|unit|office|分部|办事处|部门的"},
	{ownUnit, "", 0, "" +
		"我们部门|我们组|我们团队|我们部|我部门|我组|我的部门|我的团队|我的组|我团队|我所在的部门|我所在部门|本部门|本组|咱们部门|咱们组|咱们团队|" +
		"咱部门|咱们部|我们小组|我们这边|my team|my department|my dept|my group|our team|our department|our dept|our group|my division|our division|" +
		"my teams|my people|my colleagues|my own team|本团队|我这边"},
}
