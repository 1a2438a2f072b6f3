//go:build unix

package external

import (
	"os/exec"
	"syscall"
)

// ownGroup makes a program the first of a group of processes, which ends as a whole.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(cmd.SysProcAttr)
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// killGroup ends what a program started and left.
func killGroup(pid int) {
	_ = syscall.Kill(-pid, syscall.SIGKILL) // there is none, mostly
}
