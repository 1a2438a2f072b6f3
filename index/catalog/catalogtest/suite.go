// Package catalogtest is what the catalog must pass on every database: documents
// with their life, the change log, what readers see at a mark, leases, ledger, keys
// and sources.
//
// A database's own test is a few lines:
//
//	catalogtest.Run(t, func(t *testing.T, now func() time.Time) *catalog.Catalog { ... })
package catalogtest

import (
	"testing"
	"time"

	"freshet/index/catalog"
	"freshet/schedules"
	"freshet/schedules/schedulestest"
)

// Open returns an empty catalog with this clock. It is closed by open's own
// t.Cleanup.
type Open func(t *testing.T, now func() time.Time) *catalog.Catalog

// A test of the suite with its sentence.
type test struct {
	name string
	run  func(*world)
}

// Run runs the suite. Each test opens a catalog of its own.
func Run(t *testing.T, open Open) {
	t.Helper()
	for _, group := range []struct {
		name  string
		tests []test
	}{
		{"batches", batchTests}, {"chunk rows", chunkTests}, {"versions", versionTests}, {"stamps", stampTests},
		{"ledgers of runs", noteTests}, {"change log", feedTests}, {"snapshots", viewTests},
		{"vouching", vouchTests}, {"annotations", annotationTests}, {"findings", findingTests}, {"audits", auditTests}, {"webhooks", webhookTests}, {"access", accessTests}, {"around", aroundTests},
		{"documents", documentTests}, {"lists", listTests}, {"decisions", decisionTests}, {"history", historyTests},
		{"queries", queryTests}, {"standing of documents", standingTests}, {"links", linkTests}, {"verdicts of the judge", judgeTests}, {"keys", keyTests}, {"sources", sourceTests}, {"removal of sources", removalTests}, {"runs", runTests},
		{"knowledge bases", baseTests}, {"templates", templateTests}, {"targets and migrations", migrationTests}, {"random batches", modelTests},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.tests {
				t.Run(c.name, func(t *testing.T) { c.run(newWorld(t, open)) })
			}
		})
	}
	t.Run("jobs", func(t *testing.T) {
		schedulestest.Run(t, func(t *testing.T, now func() time.Time) schedules.Store { return open(t, now).Jobs() })
	})
}
