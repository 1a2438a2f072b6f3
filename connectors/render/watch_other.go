//go:build !linux

package render

// watch does nothing here: only Linux tells in passing what a group of processes
// holds. The page's time and Chrome's own limits remain.
func watch(int, int64, func(bytes int64)) (stop func()) { return func() {} }
