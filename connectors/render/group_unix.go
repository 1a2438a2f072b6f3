//go:build unix

package render

import (
	"os/exec"
	"syscall"
)

// ownGroup makes a browser the first of a group of processes, and has it end with
// Freshet where the system can see to that.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(cmd.SysProcAttr)
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// killGroup ends a browser with all of its processes.
func killGroup(pid int) {
	_ = syscall.Kill(-pid, syscall.SIGKILL) // it may be gone already
}
