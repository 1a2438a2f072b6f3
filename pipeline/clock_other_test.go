//go:build !linux

package pipeline

import "time"

// processorTime is not known here.
func processorTime() time.Duration { return 0 }
