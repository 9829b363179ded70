// Package memstore keeps in this process's memory what may be lost. It has the same methods as redisstore, which uses it
// while Redis is away; a bot without Redis uses it alone. Every store here is bounded.
package memstore
