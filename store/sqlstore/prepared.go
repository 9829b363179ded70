package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// maxPrepared bounds the statements that stay prepared. Most queries have one fixed text; a list of values has one text for each length.
const maxPrepared = 100

// preparedReads runs queries as prepared statements. Parsing a query costs SQLite more than running it, and the driver, unlike PostgreSQL's,
// keeps no statements of its own. Each connection of the pool prepares a statement when it first runs it.
type preparedReads struct {
	db *sql.DB

	mu         sync.Mutex
	statements map[string]*sql.Stmt
}

func newPreparedReads(db *sql.DB) *preparedReads {
	return &preparedReads{db: db, statements: map[string]*sql.Stmt{}}
}

// QueryContext implements queryer.
func (p *preparedReads) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	statement, err := p.prepare(ctx, query) //nolint:sqlclosecheck // it is kept, and closed with the database
	if err != nil {
		return nil, err
	}
	if statement == nil {
		return p.db.QueryContext(ctx, query, args...)
	}
	return statement.QueryContext(ctx, args...)
}

// prepare returns the statement of a query; nil if there are too many already. It waits for a connection without the lock, so that one slow
// query does not hold up the others.
func (p *preparedReads) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	p.mu.Lock()
	statement, full := p.statements[query], len(p.statements) >= maxPrepared
	p.mu.Unlock()
	if statement != nil || full {
		return statement, nil
	}
	statement, err := p.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare a query: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if earlier := p.statements[query]; earlier != nil {
		_ = statement.Close() //nolint:sqlclosecheck // the same query was prepared twice at once
		return earlier, nil
	}
	p.statements[query] = statement
	return statement, nil
}
