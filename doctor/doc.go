// Package doctor runs checks one by one and says of each whether it is well and what to do.
//
// It knows nothing of what is checked: checks are values that somebody else makes. What they find has keys instead of
// words, so that a terminal, a machine and a card each say it in their own way and in the reader's language.
package doctor
