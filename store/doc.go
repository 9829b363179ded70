// Package store holds what both stores say in the same words: why one does not let us in, and whose a piece of work is.
// What lasts is kept by sqlstore, what may be lost by redisstore.
package store
