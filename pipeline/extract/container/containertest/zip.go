// Package containertest makes the archives that tests of Office forms read.
package containertest

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"slices"
	"testing"
)

// compressedFrom is the size, in bytes, from which on a part is compressed: for smaller
// ones that would take most of the time of fuzzing.
const compressedFrom = 1 << 16

// Zip makes an archive of names and contents, in turn, in this order.
func Zip(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		method := zip.Deflate
		if len(parts[i+1]) < compressedFrom {
			method = zip.Store
		}
		to, err := w.CreateHeader(&zip.FileHeader{Name: parts[i], Method: method})
		if err == nil {
			_, err = io.WriteString(to, parts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// ZipOf makes an archive of contents by name, in the order of the names.
func ZipOf(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		pairs = append(pairs, name, parts[name])
	}
	return Zip(t, pairs...)
}
