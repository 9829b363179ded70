package sentence

// changeWords ask for a change, or for what the bot knows of itself.
var changeWords = []definition{
	{intent, "subscribe", 0, "" +
		"订阅|set up|set up a|subscribe|subscribe to|subscribe us to|subscribe me to|定时发|定时推送|自动发|自动推送|定期发|sign up for|sign us up for|" +
		"set up a digest|set up a report|定期推送|新建订阅|添加订阅|加个订阅|subscription|schedule|subscribe this chat to|subscribe this group to|" +
		"subscribe me|开通订阅|订一个|订个|订"},
	{intent, "unsubscribe", 0, "" +
		"退订|别发了|不要发了|别推了|不用发了|不发了|取消订阅|unsubscribe|unsubscribe from|cancel subscription|cancel the subscription|删除订阅|unsub|cancel|remove|取消|删掉|删除|不要再发|" +
		"别再发|remove subscription|delete subscription|delete|stop sending"},
	{intent, "pause", 0, "暂停|停|停掉|停一下|停1下|停止|先停|pause|suspend|hold|stop|停到|暂停到|停用|停发|先停掉|停推|停一停|停1停|停了|停一阵|停一会|停一会儿|mute|停发|put on hold|put on pause|snooze"},
	{intent, "resume", 0, "恢复|重新开始|重新启用|继续|resume|restart|unpause|恢复推送|重启|启用|重新打开|unmute|continue|reactivate|再开|再打开|开回来|重新开|turn back on|turn on again|start again|bring back"},
	{intent, "test", 0, "试发|试发一下|预览|preview|send a test|test send|试发1下"},
	{intent, "retry", 0, "重发|重新发|补发|重试|resend|retry|send again"},
	{intent, "history", 0, "发送记录|历史记录|历史|发送历史|推送记录|history|delivery history|past deliveries|what was sent|发过什么"},
	{intent, "subs", 0, "" +
		"订了哪些|订了什么|订了啥|都订了哪些|都订了什么|都订了啥|订阅了啥|都订阅了啥|订阅有哪些|订阅都有哪些|我的订阅|订阅列表|订阅清单|有哪些订阅|订阅了什么|订阅了哪些|有什么订阅|都订阅了什么|都订阅了哪些|看订阅|查看订阅|现有订阅|这个群的订阅|" +
		"本群订阅|本群的订阅|subs|subscriptions|my subscriptions|our subscriptions|list subscriptions|list our subscriptions|" +
		"what are we subscribed to|what am i subscribed to|what do we subscribe to|what is this chat subscribed to|which reports do we get|" +
		"which digests do we get|which subscriptions|群里订阅了什么|订阅情况|current subscriptions|订阅了啥|有哪些推送|what have we subscribed to|" +
		"what reports do we get|what digests do we get|本群订阅了什么|本群订阅了哪些|已订阅|active subscriptions"},
	{intent, "settings", 0, "" +
		"语言|设置语言|语言设置|language|设置|settings|setting|配置|群设置|chat settings|configuration|preferences|设置情况|设为|设成|改成默认|" +
		"默认设置|设置为"},
	{intent, "default", 0, "默认应用|default app|默认的应用|default application|默认看|默认用"},
	{intent, "help", 0, "" +
		"帮助|help|怎么用|怎么使用|如何使用|使用说明|使用帮助|你会什么|你能做什么|你会干什么|你会干啥|你会些什么|你能干什么|你能干啥|你都会些啥|" +
		"你都会啥|你都会什么|都会些啥|怎么问|能问什么|可以问什么|有什么功能|有哪些功能|功能介绍|what can you do|what can i ask|what do you do|" +
		"how does this work|how do you work|how to use|how do i use this|how do i use you|how do i use this bot|commands|command list|list commands|" +
		"instructions|manual|usage instructions|有哪些命令|有什么命令|命令列表|支持什么|支持哪些|what can you tell me|what can i ask you|" +
		"what do you know|how to use this|how to use you|你有什么用|会做什么|说明书|教程|指令|命令|what are your commands|how can i use this|" +
		"what commands are there|which commands|你是干嘛的|你是干什么的|你是做什么的|你能帮我做什么|who are you|what are you|你是谁"},
	{intent, "forget-me", 0, "忘记我|forget me|forget-me|forgetme|删除我的数据|delete my data|清除我的数据|忘掉我"},
	{send, "", 0, "" +
		"发一次|发1次|推送一次|发群里|发到群里|发到本群|发到这个群|推到群里|发|发送|推送|推|发我|发给我|发给我们|发一份|发1份|自动|send|send us|" +
		"send me|post|push|deliver|发出来|播报|推一份|给我发|给我们发|发个|发一下|发到|推到|发这儿|发到这儿|推这儿|推送到|发布到|发送到|发在|发到这里|发到这"},
	{target, "", 0, "" +
		"群里|到群里|本群|到本群|这个群|到这个群|群|到群|这里|in this chat|to this chat|in this group|to this group|in the group|to the group|here|" +
		"to the chat|this chat|this group|this channel|to this channel|我们群|咱们群|群内|大家|这儿|到这儿|在这儿"},
	{report, "", 0, "报告|报表|简报|digest|digests|report|reports|推送消息|the report|the digest|摘要|汇报"},
	{intent, "alert", 0, "" +
		"remind|remind me|remind us|remind me if|remind us if|remind me when|remind us when|ping me when|ping us when|提醒|提醒我|提醒我们|通知|" +
		"通知我|通知我们|告警|预警|报警|警报|叫我|告诉我们|alert|alert me|alert us|alerts|warn|warn us|warn me|notify|notify us|notify me|" +
		"let us know if|let me know if|let us know when|let me know when|tell me if|tell us if|tell me when|tell us when|ping me|ping us|ping me if|" +
		"ping us if|通知群|通知群里|提醒群里|提醒一下|提醒1下|通知一下|设个告警|设置告警|加个告警|设个提醒|set an alert|raise an alert|shout if|喊我|" +
		"提示我|通知大家|提醒大家|alarm|时告诉我|就告诉我|的时候告诉我|时告诉我们|就告诉我们|吱一声|吱1声|吱个声|说一声|说1声|喊一声|喊1声|知会|知会一声|知会1声|知会我|@我|call me|buzz me|shout|give me a shout|" +
		"tell everyone|let everyone know|heads up|give us a heads up|give me a heads up|设置提醒|设置通知|set up an alert|add an alert|create an alert"},
	{below, "", 0, "" +
		"低于|少于|不到|小于|跌破|跌到|不足|掉到|降到|低过|below|under|less than|fewer than|falls below|fall below|drops below|drop below|goes below|" +
		"is below|dips below|lower than|falls under|drops under|goes under|gets below|低于了|掉破|跌到了|go below|go under|going below|get below|dip below|dips under|dip under|低过了|掉到了|掉下"},
	{above, "", 0, "" +
		"高于|超过|大于|多于|突破|超|超出|达到|above|over|more than|exceeds|exceed|goes above|rises above|greater than|higher than|goes over|" +
		"is above|surpasses|tops|passes|reaches|reach|hits over|过了|climbs above|go over|go above|going over|going above|gets over|get over|gets above|goes past|go past|passes|pass|hit|hits|cross|crosses|" +
		"climbs over|rises over|冲到|冲破|涨到|涨过"},
	{drop, "", 0, "" +
		"跌|掉|下降|下跌|下滑|跌了|掉了|降|降了|减少|跌幅|降幅|跌幅超过|降幅超过|下降超过|下跌超过|跌超过|跌超|掉超过|环比下降|环比跌|减少超过|降低|" +
		"drops by|drop by|drops|falls by|fall by|falls|fall|decreases by|decreases|declines by|declines|down by|drops more than|falls more than|" +
		"drops by more than|falls by more than|drops over|falls over|dips by|dips|shrinks by|plunges by|plunges|下滑超过|掉幅超过|loses|lose|drop|fall|decrease|decline|shrink|drop over|fall over|" +
		"跌去|掉了|跌了有|跌掉|下滑了|下降了|减少了|降低了|lost"},
	{drop, "50", 0, "腰斩|halve|halves|halved|is halved|drops by half|falls by half|跌一半|掉一半|跌了一半|掉了一半|减半|少一半|少了一半"},
	{anomaly, "", 0, "" +
		"anything unusual happens|something unusual happens|异常|不正常|异动|异常波动|anomaly|anomalies|abnormal|unusual|unusual changes|" +
		"anything unusual|something unusual|outliers|odd|strange|有异常|出现异常"},
	{language, "zh", 0, "" +
		"中文|汉语|chinese|to chinese|in chinese|切换成中文|改成中文|用中文|换成中文|切到中文|说中文|switch to chinese|speak chinese|language chinese"},
	{language, "en", 0, "" +
		"英文|英语|english|to english|in english|切换成英文|改成英文|用英文|换成英文|切到英文|说英文|switch to english|speak english|" +
		"language english|切换英文|切换到英文"},
	{schedule, "workdays", 0, "" +
		"工作日|每个工作日|workdays|every workday|weekdays|every weekday|on weekdays|on workdays|each weekday|each workday|working days|" +
		"every working day|周一到周五每天|business days"},
	{schedule, "last", 0, "" +
		"月底|每月底|每个月底|月末|每月最后一天|每月最后1天|on the last day|last day of the month|the last day of each month|end of the month|" +
		"end of month|at the end of the month|每月月底|every month end"},
}
