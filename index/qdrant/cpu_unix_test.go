//go:build unix

package qdrant_test

import (
	"syscall"
	"time"
)

// cpuTime is what the process has used of all processors, which is the fairer
// measure while other programs run.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
