//go:build race

package pdf

// slowdown is how much longer the race detector makes reading take, on a machine
// that does other things too.
const slowdown = 6
