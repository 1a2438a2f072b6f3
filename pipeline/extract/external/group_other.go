//go:build !unix

package external

import "os/exec"

// ownGroup does nothing here: only the program itself is ended.
func ownGroup(*exec.Cmd) {}

func killGroup(int) {}
