// Package command is the grammar of what people type to the bot and of what its cards carry: commands and arguments in
// English and Chinese, their help, and suggestions for wrong words. It does not know who asks, what a command does, or how
// an answer looks.
package command
