// Package sqlstore keeps in PostgreSQL or SQLite what lasts: subscriptions, deliveries, rights, settings and figures.
package sqlstore
