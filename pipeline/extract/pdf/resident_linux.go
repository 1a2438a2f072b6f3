package pdf

import (
	"bytes"
	"fmt"
	"os"
)

// resident is how much memory a process has, in bytes; 0: not known.
func resident(pid int) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	var size, pages int64
	if _, err := fmt.Fscan(bytes.NewReader(b), &size, &pages); err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
