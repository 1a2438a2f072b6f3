//go:build !unix

package qdrant_test

import "time"

func cpuTime() time.Duration { return 0 }
