// Package access decides who may see and do what. Of and Rights are the pure rules. Resolver applies them to a person: it
// reads their grants and asks the platform for their departments. Every request, typed, clicked or scheduled, gets its
// rights from a Resolver.
package access
