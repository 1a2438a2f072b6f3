//go:build !unix

package render

import (
	"os"
	"os/exec"
)

// ownGroup does nothing here: the browser's processes end with the first of them.
func ownGroup(*exec.Cmd) {}

// killGroup ends a browser; its other processes notice.
func killGroup(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		_ = p.Kill() // it may be gone already
	}
}
