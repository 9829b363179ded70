package cli

import (
	"fmt"
	"runtime"
)

type versionCommand struct{}

func (versionCommand) Run(w *Process) error {
	_, err := fmt.Fprintf(w.Stdout, "usagebot %s (commit %s, %s)\n", w.Version, w.Commit, runtime.Version())
	return err
}
