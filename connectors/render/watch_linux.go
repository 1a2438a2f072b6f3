package render

import (
	"bytes"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

func endWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }

// watch calls excess once when the processes of a group hold more than limit bytes.
// The function that it returns ends it.
func watch(group int, limit int64, excess func(bytes int64)) (stop func()) {
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(250 * time.Millisecond):
			}
			if held := residentOf(group); held > limit {
				excess(held)
				return
			}
		}
	}()
	return sync.OnceFunc(func() { close(done) })
}

// residentOf returns the memory in bytes that the processes of a group hold for
// themselves: anonymous pages, not the program's text that they share.
func residentOf(group int) int64 {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	var pages int64
	for _, e := range entries {
		if name := e.Name(); name[0] >= '1' && name[0] <= '9' && groupOf(name) == group {
			pages += privateOf(name)
		}
	}
	return pages * int64(os.Getpagesize())
}

// groupOf reads a process's group, the fifth field of its stat; the second, its name
// in parentheses, may hold anything.
func groupOf(pid string) int {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 3 {
		return 0
	}
	n, err := strconv.Atoi(string(fields[2]))
	if err != nil {
		return 0
	}
	return n
}

// privateOf returns the resident pages of a process less those of files and shared
// memory.
func privateOf(pid string) int64 {
	statm, err := os.ReadFile("/proc/" + pid + "/statm")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(statm)
	if len(fields) < 3 {
		return 0
	}
	resident, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	shared, err := strconv.ParseInt(string(fields[2]), 10, 64)
	if err != nil {
		return 0
	}
	return resident - shared
}
