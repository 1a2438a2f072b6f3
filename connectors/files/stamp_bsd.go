//go:build darwin || freebsd || netbsd

package files

import (
	"io/fs"
	"strconv"
	"syscall"
)

// openFlags keep the opening of a pipe from waiting for its writer.
const openFlags = syscall.O_NONBLOCK

// changeTime returns what the kernel alone writes: the inode, and the time of the
// last change of content or attributes in nanoseconds.
func changeTime(info fs.FileInfo) (inode string, nanos int64, ok bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", 0, false
	}
	return strconv.FormatUint(uint64(st.Ino), 36), int64(st.Ctimespec.Sec)*1e9 + int64(st.Ctimespec.Nsec), true
}
