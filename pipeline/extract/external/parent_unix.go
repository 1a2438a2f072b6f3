//go:build unix && !linux

package external

import "syscall"

// endWithParent does nothing here: a program outlives a Freshet that was killed, until
// its own end.
func endWithParent(*syscall.SysProcAttr) {}
