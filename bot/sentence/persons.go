package sentence

import (
	"strings"
	"unicode/utf8"
)

// surnames are the most common Chinese surnames.
const surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"

// titles follow a surname in place of a given name.
var titles = []string{"总", "经理", "老师", "工", "哥", "姐", "同学", "先生", "女士", "主任", "主管", "总监"}

// notPersons are words that begin like a person's name.
var notPersons = []string{"高管", "高层", "方案", "金额", "马上", "文档", "文件", "白天", "万一", "常规", "常用", "任务", "江苏", "龙岗", "石家庄", "高级", "石油", "方面", "高校", "黄金", "许多", "余额", "于是", "安全", "江西", "金融", "周边", "周期", "任何", "何时", "何况", "文化", "高新", "康复", "田径", "易用"}

// givenNames are common first names that people use in English.
var givenNames = strings.Fields(`peter john mary james robert michael david william richard joseph thomas charles daniel matthew
anthony mark paul steven andrew kenneth george kevin brian edward jason jeff jeffrey ryan jacob gary nick nicholas eric jonathan
stephen larry justin scott brandon ben benjamin samuel sam frank greg gregory alex alexander patrick jack dennis jerry tyler aaron
jose adam henry nathan zach peter kyle walter ethan jeremy harold carl keith roger gerald lawrence sean christian austin arthur
patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley kim kimberly emily
donna michelle carol amanda melissa deborah stephanie rebecca laura sharon cynthia kathy amy angela anna emma nicole helen samantha
katherine christine rachel maria heather diane julie joyce victoria kelly christina joan evelyn lauren judith olivia hannah alice
grace rose sophia lily lucy chris tom tim jim joe bob bill mike dave steve dan matt tony andy ken tina wang zhang li liu chen yang
zhao huang zhou wu xu sun ma zhu hu lin guo he gao luo zheng liang xie song tang wei han leilei meimei`)

var isGivenName = func() map[string]bool {
	m := map[string]bool{}
	for _, n := range givenNames {
		if len(n) > 2 && n != "han" && n != "sun" && n != "song" {
			m[n] = true
		}
	}
	return m
}()

// personIn returns the person that an unknown stretch of text names; "" if it names none. A Chinese name is a surname with one
// or two characters, or with a title; 老 or 小 may stand before a surname.
func personIn(text string) string {
	for _, word := range strings.Fields(text) {
		if isGivenName[strings.TrimSuffix(word, "'s")] {
			return word
		}
	}
	runes := []rune(text)
	n := utf8.RuneCountInString(text)
	if n < 2 || n > 4 || strings.ContainsFunc(text, isWord) {
		return ""
	}
	for _, word := range notPersons {
		if strings.HasPrefix(text, word) {
			return ""
		}
	}
	if (runes[0] == '老' || runes[0] == '小' || runes[0] == '阿') && strings.ContainsRune(surnames, runes[1]) && n == 2 {
		return text
	}
	if !strings.ContainsRune(surnames, runes[0]) {
		return ""
	}
	for _, title := range titles {
		if string(runes[1:]) == title {
			return text
		}
	}
	if n <= 3 {
		return text
	}
	return ""
}
