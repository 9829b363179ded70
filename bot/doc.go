// Package bot leads an event to its answer: who may ask, what is asked in which session, the commands (cmd_*.go, one
// file each), and the form of the answer. It knows neither the platform's wire format nor where things are kept.
package bot
