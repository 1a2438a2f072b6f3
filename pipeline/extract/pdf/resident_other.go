//go:build !linux

package pdf

// resident is not known here; a child watches itself.
func resident(int) int64 { return 0 }
