package schedulestest_test

import (
	"testing"
	"time"

	"freshet/schedules"
	"freshet/schedules/schedulestest"
)

func TestMemoryPassesTheSuite(t *testing.T) {
	schedulestest.Run(t, func(_ *testing.T, now func() time.Time) schedules.Store {
		return schedulestest.NewMemory(now)
	})
}
