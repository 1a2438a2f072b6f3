package connectortest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Data returns a file of the shared evaluation data, which lies beside the
// repository. Where the data is absent it skips the test and says so.
func Data(t testing.TB, name string) []byte {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
	text, err := os.ReadFile(filepath.Join(dir, "..", "shared", "data", name))
	if os.IsNotExist(err) {
		t.Skipf("the evaluation data is not there: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// EachLine decodes every line of a file of the shared evaluation data.
func EachLine[T any](t testing.TB, name string, do func(T)) {
	t.Helper()
	sc := bufio.NewScanner(bytes.NewReader(Data(t, name)))
	for sc.Buffer(nil, 1<<20); sc.Scan(); {
		var v T
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		do(v)
	}
	if err := sc.Err(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}
