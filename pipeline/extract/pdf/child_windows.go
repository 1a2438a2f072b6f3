package pdf

import (
	"os/exec"
	"syscall"
)

// apart puts a child into a process group of its own: a Ctrl-C in the console is the
// parent's to act on, which kills its children.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
