//go:build !race

package evaluate

const raced = false
