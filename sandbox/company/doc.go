// Package company makes the tenant that the sandbox plays: people, departments and apps, and how they are used from day to
// day. The same seed gives the same tenant and the same use.
package company
