// Package card models the platform's card JSON 2.0 as Go types, with the platform's limits on sizes and counts and the
// cleaning that text needs. It knows nothing of figures or languages. Source: the platform's page "卡片 JSON 2.0 结构" and
// the pages of its components.
package card
