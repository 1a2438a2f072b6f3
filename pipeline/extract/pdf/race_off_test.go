//go:build !race

package pdf

// slowdown is how much longer reading may take than it does for a user.
const slowdown = 1
