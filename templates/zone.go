package templates

import "usagebot/templates/card"

// zone names a time zone, such as Beijing time. A zone without a name in the catalog is named as the zone database does.
func (cat Catalog) zone(iana string) string {
	if name := optionalText(cat, "zone.", iana); name != "" {
		return name
	}
	return card.Name(iana)
}

// inZone adds a time zone to a time. It adds nothing for the bot's own zone, which views leave empty.
func (cat Catalog) inZone(time, iana string) string {
	if iana == "" {
		return time
	}
	return cat.Text("date.in_zone", "time", time, "zone", cat.zone(iana))
}

// zoneNote says once for a card in which zone its times are. It returns nothing for the bot's own zone.
func zoneNote(cat Catalog, iana string) []card.Element {
	if iana == "" {
		return nil
	}
	return []card.Element{card.SmallText(cat.Text("history.zone", "zone", cat.zone(iana)))}
}
