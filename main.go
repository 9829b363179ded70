// Usagebot is a Feishu and Lark chat bot that tells an organisation how its apps are used.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"usagebot/cli"
)

// Set by the linker: see the Makefile.
var (
	version = "dev"
	commit  = "unknown"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(&cli.Process{
		Context: ctx, Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Version: version, Commit: commit,
	}, os.Args[1:])
	stop()
	os.Exit(code)
}
