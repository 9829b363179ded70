// Package card is the platform's card JSON 2.0 as Go types, with the platform's limits on sizes and counts and the escaping
// that text needs. It knows nothing of figures or languages.
// Source: the platform's pages "卡片 JSON 2.0 结构" and those of each component.
package card
