// Package directory finds departments by id, name, path and pinyin, and tells which lie below which. It keeps the tenant's
// list of departments in a cache and fetches it again when it is old or when an event says that it changed.
package directory
