//go:build !linux

package embedded

import "time"

// threadTime is not known here.
func threadTime() time.Duration { return 0 }
