package catalog

import (
	"path/filepath"
	"testing"
	"time"

	"freshet/schedules"
	"freshet/schedules/schedulestest"
)

func TestJobsPassTheSuiteOfSchedules(t *testing.T) {
	schedulestest.Run(t, func(t *testing.T, now func() time.Time) schedules.Store {
		c, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "catalog.db"), Now: now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
		return c.Jobs()
	})
}
