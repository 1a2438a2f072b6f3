//go:build !race

package migrate

const raced = false
