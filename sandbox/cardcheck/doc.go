// Package cardcheck refuses what the platform's card JSON 2.0 refuses, by the platform's codes. The elements and their
// properties are those of the platform's documentation, kept in card_fields.json.
package cardcheck
