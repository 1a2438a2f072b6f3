package catalog_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"freshet/index/catalog"
	"freshet/index/catalog/catalogtest"
)

func TestSQLitePassesTheSuite(t *testing.T) {
	catalogtest.Run(t, func(t *testing.T, now func() time.Time) *catalog.Catalog {
		return open(t, catalog.Options{Path: filepath.Join(t.TempDir(), "catalog.db"), Now: now})
	})
}

// With room for a few passages everything is forgotten and read again all the time.
func TestSQLiteWithALittleCachePassesTheSuite(t *testing.T) {
	catalogtest.Run(t, func(t *testing.T, now func() time.Time) *catalog.Catalog {
		return open(t, catalog.Options{Path: filepath.Join(t.TempDir(), "catalog.db"), Now: now, CacheBytes: 8 << 10})
	})
}

// open opens a catalog and closes it at the end of the test.
func open(t testing.TB, o catalog.Options) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}
