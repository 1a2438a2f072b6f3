// Package indextest is what every index.Store must pass: a suite, the Oracle that
// it compares with, and a Maker of random points and questions.
//
// A Store's own test is a few lines:
//
//	indextest.Run(t, func(t *testing.T, space index.Space) index.Store { ... })
package indextest

import (
	"testing"

	"freshet/index"
)

// Open returns an empty Store for space. The suite closes it.
type Open func(t *testing.T, space index.Space) index.Store

// An Option of Run.
type Option func(*suite)

// Reopen adds the tests of what a Store keeps: the func closes store and opens
// again what it kept.
func Reopen(reopen func(t *testing.T, store index.Store, space index.Space) index.Store) Option {
	return func(s *suite) { s.reopen = reopen }
}

// Run runs the suite. Each test opens a Store of its own.
func Run(t *testing.T, open Open, options ...Option) {
	t.Helper()
	s := suite{open: open}
	for _, o := range options {
		o(&s)
	}
	for _, c := range []struct {
		name string
		test func(*testing.T)
	}{
		{"upserting the same point twice leaves one", s.upsertIsIdempotent},
		{"a point is found when Upsert returns and replaces its predecessor", s.upsertReplaces},
		{"an ID twice in one call leaves the newer point", s.duplicatesInOneCall},
		{"an older sequence number never replaces a newer one", s.olderNeverReplaces},
		{"a point that moves to another knowledge base leaves the first", s.pointsMoveBetweenBases},
		{"a patch changes payload and stamp and nothing else", s.patchChangesPayload},
		{"a patch with a lower sequence number does nothing", s.latePatchDoesNothing},
		{"a deletion spares newer points and missing IDs are no error", s.deleteIsConditional},
		{"empty calls are no error", s.emptyCalls},
		{"vectors that do not fit are refused and nothing is written", s.wrongVectors},
		{"queries that cannot be meant are refused", s.wrongQueries},
		{"every kind of filter does what Match says", s.filters},
		{"filters see patched payloads", s.filtersAfterPatch},
		{"a batch is answered in order and in one piece", s.batch},
		{"knowledge bases never mix", s.basesNeverMix},
		{"ties go to the lower ID", s.ties},
		{"contributions sum to the score", s.explain},
		{"points without a common term are no hits", s.noCommonTerm},
		{"a term may occur twice in a question", s.repeatedTerm},
		{"cosines rank dense vectors, and points without one are no hits", s.dense},
		{"stamps come in the order of IDs, whole or by range", s.stamps},
		{"stamps end where the loop ends", s.stampsBreak},
		{"the mark is what was set last", s.mark},
		{"counts follow writes", s.stats},
		{"a cancelled context ends every call", s.cancelled},
		{"a closed store says so", s.closed},
		{"a document replaced while searching is always found", s.replacedWhileSearching},
		{"searches beside writes see whole states", s.searchesBesideWrites},
		{"10,000 points rank as the oracle ranks them", s.tenThousand},
		{"random operations leave what the oracle holds", s.randomOperations},
		{"a reopened store keeps points, stamps and mark", s.reopenKeeps},
		{"a reopened store can be written to", s.reopenWrites},
	} {
		t.Run(c.name, c.test)
	}
}

type suite struct {
	open   Open
	reopen func(t *testing.T, store index.Store, space index.Space) index.Store
}

// lexicalSpace has no dense vectors, denseSpace has small ones.
func lexicalSpace() index.Space { return index.Space{Lexical: "test/1", Provider: "none"} }

func denseSpace() index.Space {
	return index.Space{Lexical: "test/1", Provider: "test", Model: "random", Dimension: 19, Normalised: true}
}

// start opens a Store that is closed with the test.
func (s *suite) start(t *testing.T, space index.Space) index.Store {
	t.Helper()
	store := s.open(t, space)
	t.Cleanup(func() { store.Close() })
	return store
}
