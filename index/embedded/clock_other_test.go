//go:build !linux

package embedded

import "time"

// processTime is not known here.
func processTime() time.Duration { return 0 }

// threadTime is not known here.
func threadTime() time.Duration { return 0 }
