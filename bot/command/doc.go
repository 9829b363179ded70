// Package command is the grammar of what people type to the bot and what its cards carry: commands and arguments in
// English and Chinese, their help, and which word was meant by a wrong one. It knows nothing of who asks, of what a
// command does or of how an answer looks.
package command
