package sentence

// refusals are words for what the platform does not count.
var refusals = []definition{
	{refused, string(Retention), 0, "" +
		"留存|留存率|次日留存|次日留存率|7日留存|7日留存率|30日留存|次留|retention|retention rate|churn|churn rate|churned|流失|流失率|流失用户|回访|" +
		"回访率|复访|returning users|come back|came back|回流|回流用户|stick around|粘性|黏性|用户粘性|cohort|cohorts|一直在用|还在用|新用户留存"},
	{refused, string(Pages), 0, "" +
		"哪个页面|哪些页面|哪个按钮|哪些按钮|按钮|哪个功能|哪些功能|功能模块|哪个模块|页面排行|页面停留|which page|which pages|what page|what pages|" +
		"which button|which buttons|button|buttons|which feature|which features|which screen|which screens|feature usage|by page|per page|首页|" +
		"homepage|home page|landing page|详情页|登录页|菜单|menu item|which menu|什么页面|什么功能|某个页面|which function|which functions|screens|" +
		"features|跳出率|bounce rate|转化漏斗|funnel|funnels|click path|路径|点击率|ctr|每个页面|各页面|入口"},
	{refused, string(Durations), 0, "" +
		"时长|使用时长|停留时长|平均时长|平均使用时长|多长时间|多久|用多久|用了多久|在线时长|停留时间|停留多久|duration|how long|session length|" +
		"average session length|session duration|average session|sessions|session|time spent|average time|minutes|screen time|time on page|" +
		"dwell time|分钟|小时数|多少时间|多少分钟|多少小时|多少个小时"},
	{refused, string(Devices), 0, "" +
		"ios|android|安卓|苹果|苹果手机|iphone|ipad|华为手机|手机端|手机|移动端|电脑端|桌面端|pc端|pc|windows|mac|macos|mobile|desktop|on mobile|" +
		"on desktop|phone|phones|on phones|tablet|tablets|device|devices|操作系统|设备|终端|机型|浏览器|browser|browsers|chrome|operating system|" +
		"鸿蒙|by device|laptop|laptops"},
	{refused, string(Hours), 0, "" +
		"实时|实时数据|在线人数|在线|现在多少人|同时在线|此刻|此时|小时|每小时|每个小时|分时|时段|高峰|高峰期|高峰时段|几点|几点钟|哪个时段|" +
		"什么时候用得最多|什么时间|real-time|real time|realtime|live|right now|online|hour|hours|hourly|last hour|the last hour|by hour|per hour|" +
		"peak hour|peak hours|peak time|time of day|what time|which hour|at the moment|currently online|上午|下午|早上|晚上|中午|凌晨|夜里|夜间|半夜|" +
		"morning|afternoon|evening|at night|overnight|minute by minute|昨晚|今早|今晚|早晨|傍晚|晚|last night|tonight|this morning|this afternoon|" +
		"this evening|刚才|刚刚|just now|concurrent|concurrently|哪个小时|每分钟"},
	{refused, string(Forecasts), 0, "" +
		"预测|预计|预估|估计|会涨吗|会跌吗|会不会涨|会不会跌|将来|未来|forecast|forecasts|predict|prediction|projected|projection|expected|will it|" +
		"will be|going to be|estimate|expect|未来几天|下周会|预期|will|能到多少|会到多少|能涨到|能不能到"},
	{refused, string(Ratios), 0, "" +
		"占比|比例|百分比|比率|占|占了|占全公司|人均|平均每人|平均|均值|转化率|转换率|活跃率|ratio|ratios|share of|percentage|percent of|proportion|" +
		"per user|per person|per capita|average|avg|median|conversion|conversion rate|stickiness|dau/mau|dau / mau|dau/wau|wau/mau|dau over mau|" +
		"日活/月活|日活月活比|日活比月活|每人|what share|what percentage|中位数|点击转化|per head|日均|月均|周均|人均次数"},
	{refused, string(Persons), 0, "" +
		"名单|用户名单|用户列表|人员名单|人员列表|具体是谁|是谁|谁没用|谁没有用|谁没用过|谁还没用|有谁|都有谁|都是谁|谁在用|谁用了|谁用过|谁打开|" +
		"谁打开了|哪些人|哪几个人|哪个人|哪些用户|哪些员工|哪些同事|哪位|什么人|who uses|who used|who is using|who's using|who are|who has used|" +
		"who hasn't|who has not|who didn't|who did not|who opened|who visits|who visited|whose|which user|which users|which people|which person|" +
		"which employee|which employees|which colleagues|list of users|list users|list the users|user list|list of people|names of|names|by person|" +
		"per employee|each person|each user|each employee|every user|by user|个人|每个人|谁用得最多|谁用的最多|谁最常用|谁最活跃|who uses it most|" +
		"who used it most|who uses it the most|who|whom|谁|某个人|单个用户|individual users|individual|individuals|工号|某人|老板用|who is|did he|" +
		"did she"},
	{why, "", 0, "" +
		"为什么|为啥|为何|原因|什么原因|怎么回事|怎么掉了|怎么跌了|怎么降了|怎么涨了|怎么下降了|咋回事|怎么下滑|why|why did|why is|why are|why has|" +
		"why does|how come|what caused|what's the reason|reason|reasons|reason for|cause|causes|because of what|what happened|explain|分析原因|" +
		"分析一下|分析下|归因|怎么这么低|怎么这么少|怎么这么高|怎么突然|what went wrong|what explains|due to what|怎么会|怎么就|为什么会|为何会|是什么原因|咋掉了|咋跌了|咋涨了|咋回事儿|怎么掉|怎么跌|怎么涨|how did it drop|how come"},
}

// smallWords hold a sentence together, or are said beside the question.
var smallWords = []definition{
	{greeting, "", 0, "" +
		"你是机器人吗|你是人吗|你是真人吗|are you a bot|are you human|are you a robot|are you real|are you there|你好|您好|你好呀|你好啊|hi there|" +
		"hello there|hello|嗨|哈喽|hey|早|早上好|早安|上午好|中午好|下午好|晚上好|晚安|good morning|good afternoon|good evening|good night|" +
		"morning all|谢谢|谢谢你|谢谢啦|谢了|多谢|感谢|非常感谢|thanks|thank you|thx|ty|thanks a lot|thank you very much|thank you so much|" +
		"many thanks|cheers|辛苦|辛苦了|辛苦啦|ok|okay|好的|好的呢|好|好嘞|收到|明白|明白了|知道了|了解|了解了|懂了|哈哈|哈哈哈|哈哈哈哈|嘿嘿|呵呵|" +
		"嘻嘻|lol|haha|hahaha|nice|great|cool|awesome|perfect|well done|good job|good bot|great job|厉害|真棒|棒|赞|不错|牛|666|再见|拜拜|bye|" +
		"goodbye|see you|see you tomorrow|see you later|在吗|在不在|在么|讲个笑话|tell me a joke|a joke|joke|how are you|how's it going|what's up|" +
		"sup|对不起|抱歉|sorry|没事|没关系|no problem|never mind|算了|嗯|嗯嗯|哦|噢|yes|yep|yeah|no|nope|是的|对|行|可以|好吧|welcome|周末愉快|" +
		"节日快乐|新年快乐|happy new year|have a nice weekend|have a good weekend|nice weekend|good weekend|天气|weather|今天天气|午饭|lunch|吃什么|" +
		"吃饭|good"},
	{follow, "", 0, "" +
		"回到|回到看|back to|go back to|拉长到|拉长|延长到|扩大到|extend to|extended to|拉到|那|那么|换成|换|换到|改成|改为|改看|改|同样|同样的|一样|" +
		"same|the same|same for|same thing|what about|how about|再看|再看看|去掉|只看|只要|just for|and for|and what about|单看|切换到|切到|" +
		"switch to|change to|接着|另外|还有|上面|上面那个|the above|改用"},
	{follow, "weak", 0, "呢|instead|only|just|再|也|also|too|as well|仅|now|按|sort by|sort|sorted by|order by|ordered by|it|them|that|this one|这个|它|as|排|排序|sorted|那个"},
	{how, "", 0, "how do i|how do we|how can i|how can we|how to|how should i|怎么|如何|怎样|咋|教我|how would i|where do i|where can i|what can i|what can we|what could i|which can i|咋样才能|要怎么|该怎么|怎么才能|怎么样才能|am i able to|" +
		"is it possible to|how does one|how do you"},
	{join, "", 0, "和|跟|与|及|以及|、|&|还有|同|或|还是|and"},
	{within, "", 0, "的|/|'s|>|of|in"},
	{toward, "", 0, "到|至|-|~|..|to|through|until|till|thru|直到"},
	{since, "between", 0, "between"},
	{since, "so far", 0, "到目前|到目前为止|目前为止|到现在|到现在为止|到今天为止|为止|截至目前|截止目前|截至今天|截至目前为止|so far|to date|until now|up to now"},
	{since, "", 0, "以来|至今|since|起|开始|迄今为止|迄今|以后|之后|from"},
	{weekOf, "", 0, "" +
		"week of|the week of|week beginning|week starting|那周|那1周|那一周|所在周|所在的周|当周|那个星期|那个周|那星期|week containing|" +
		"the week containing"},
	{yearAgo, "", 0, "" +
		"同比|年同比|跟去年同期|和去年同期|与去年同期|year over year|yoy|y-o-y|year-over-year|year on year|year-on-year|year by year|去年同期|同期|" +
		"同期比|上年同期|去年的同期|same period last year|the same period last year|same time last year|a year ago|a year earlier|one year ago|" +
		"vs last year|versus last year|against last year|compared to last year|compared with last year|from a year ago"},
	{when, "fortnight", 0, "双周|每双周|每2周|每两周|每隔一周|隔周|biweekly|bi-weekly|every two weeks|every other week|fortnightly|fortnight"},
	{when, "recent", 0, "最近|近来|近期|recently|lately|recent|of late|这阵子"},
	{when, "holiday", 0, "" +
		"假期期间|假期|" +
		"节假日|长假|双11|双十1|双十一|圣诞|christmas|holiday|holidays|周末|上周末|本周末|这周末|weekend|" +
		"last weekend|the weekend|this weekend|weekends|小长假|easter|thanksgiving|月初|上月初|年初|年底|year end|year-end|by year end|end of the year|end of year|by the end of the year|上旬|中旬|下旬|那天|当天|" +
		"前1天|前一天|前阵子|前段时间|最近几天|前几天|这几天|最近几周|这几周|前几周|最近几个月|这几个月|the other day|a few days ago|recent days|" +
		"这段时间|that day|前期|早些时候|上次|last time"},
	{noun, "", 0, "" +
		"环比|周环比|月环比|日环比|环比情况|wow|week over week|month over month|week-over-week|month-over-month|数据|用户|人|的人|数|数字|情况|" +
		"报告数据|统计|统计数据|data|figures|numbers|stats|statistics|people|users|user|person|employees|colleagues|staff|folks|指标|metrics|metric|" +
		"应用|东西|app|application|系统|人次|表现|performance|doing|员工|同事|数值|用户情况|人用|figure|the app|kpi|the numbers|活跃的人|走向"},
	{verb, "", 0, "" +
		"用|使用|用过|用了|用到|在用|在使用|使用过|用得|用的|开|打开|打开过|打开了|访问了|访问过|登录|use|used|uses|using|been using|open|opened|" +
		"opening|visit|visited|access|accessed|log in|logged in|get used|got used|in use|being used|了用|用上|试用"},
	{filler, "", 0, "" +
		"先|先把|先看|多不多|高不高|大不大|用得多不多|用的多不多|多吗|高吗|那儿|一眼|1眼|看一眼|看1眼|瞄一眼|瞄1眼|瞄|扫一眼|扫1眼|设|弄|搞|设一个|设1个|整一个|整1个|整个|截至|截止|截止到|截至到|as of|break it down|break down|broken down|going on|期间|正|正在|了|吗|呀|吧|么|啊|嘛|哦呀|下|1下|一下|看|看下|看看|" +
		"看1下|看一下|看1看|看一看|瞅瞅|瞧瞧|瞧|瞅|查|查下|查1下|查一下|查看|查查|查询|有|有没有|是|在|个|1个|些|我|我们|咱|咱们|你|你们|您|给|给我|" +
		"给我们|给我看|要|想|想要|想看|想看看|想知道|想了解|我想|我要|请|请问|麻烦|麻烦你|劳烦|帮|帮忙|帮我|帮我看|帮我看下|帮我看看|帮我查|帮我查下|" +
		"帮我查一下|帮我查1下|这|都|还|就|把|被|让|得|地|里|里面的|上|中|来|来看|来着|去|会|能|能不能|能否|可不可以|是不是|是否|多少|多少了|几|几个|" +
		"怎么样|怎样了|咋样|如何了|好不好|怎么样了|是多少|有多少|到多少|到多少了|达到多少|什么|什么样|啥|些啥|呗|哈|哎|诶|喂|嗳|那边|这边|方面|总的|" +
		"目前|现在|当前|现|最新|最新的|整个|具体|大概|大约|老板要|老板想看|老板|领导要|领导想看|领导|要看|需要|需要看|汇总|总结|展示|显示|列出|列1下|" +
		"列一下|列|拉|拉1下|拉一下|拉下|拉个|给个|来个|来一份|来1份|发我看看|发我瞅瞅|发给我看看|发我看|告诉我|说说|说下|聊聊|关于|对于|针对|关注|各|" +
		"各自|各有|分别|分别是|每|其|之|于|从|自|由|共有|以|以及的|为|成|成为|也要|也看|对|顺便|急|快|赶紧|速度|尽快|只|哪个|哪|哪些|谁更|如果|要是|" +
		"若|假如|万一|当|一旦|的话|时|时候|的时候|请帮|请帮我|请给|一份|1份|用来|让我|让我看看|我看看|我看|给看|给看看|求|跪求|份|端|版|check|" +
		"checking|check下|checkout"},
	{filler, "", 0, "" +
		"once|as soon as|in case|quick q|gimme|gimme the|lemme|lemme see|lemme know|wanna|wanna see|wanna know|gotta|gonna|quick look|go|going|hey can you|hit me with|numbers on|a look at|take a look at|figures for|tell me about|dig up|bring up|grab|a|an|the|this|for|boss|my boss|the boss|wants|on|at|is|are|was|were|be|been|do|does|did|has|have|had|how|how's|how is|how are|how was|" +
		"how were|how did|how's the|what|what's|what is|what are|what was|what were|whats|hows|show|show me|show us|give|give me|give us|tell|" +
		"tell me|tell us|please|pls|plz|can|can you|could|could you|would|would you|will you|you|your|we|us|our|i|i'd like|i'd like to see|" +
		"i would like|i want|i want to see|i want to know|i need|we need|me|my|let|let's|let me|let me see|let us|see|check|look|look at|looks|" +
		"looking|look up|get|getting|want|wanted|need|know|about|any|much|many|how much|how many|its|there|there's|by|with|if|when|whenever|then|so|" +
		"did it|do we|do we have|do you have|we have|got|get me|pull|pull up|fetch|find|display|report on|view of|overview|summary|snapshot|hi|" +
		"hey bot|which|one|ones|count|counts|number|number of|hello bot|some|per|across|during|regarding|concerning|quick|quickly|asap|kindly|" +
		"thanks in advance|currently|current|latest|newest|most recent|i wonder|curious|breakdown|be able|like|would like|like to|like to see|i'm|" +
		"we're|interested in|wondering|have we|have we got|quick question|been doing|did they|they|their|these|those|many of|be like|happening|ever|" +
		"actually|again|really|compared across|via|each|every|automatically|auto|set|make|make it|put|add|create|start|version of"},
	{filler, "all", 0, "all|全部|所有"},
	{unknown, "", 0, "什么是|是什么意思|什么意思|含义|定义|怎么算|怎么算的|怎么统计|怎么统计的|口径|what does|definition of|meaning of|mean by|stand for|defined"},
	{separator, "", 0, ",|.|?|!|;|:|(|)|+|=|*|_|[|]|{|}|<|#|^"},
}
