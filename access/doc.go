// Package access decides who may see and do what: grants, roles, and whether a department lies within them. It keeps
// nothing and asks nobody.
package access
