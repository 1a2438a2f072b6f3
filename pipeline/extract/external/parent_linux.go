package external

import "syscall"

// endWithParent has a program end with Freshet, however that ends.
func endWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }
