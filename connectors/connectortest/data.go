package connectortest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// DataPath returns the path of a file or folder of the shared evaluation data, which
// lies beside the repository; its name has slashes, and "" is the folder of all. Where
// it is absent it skips the test and says so.
func DataPath(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, "..", "shared", "data", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the evaluation data ../shared/data/%s is not there: %v", name, err)
	}
	return path
}

// Data returns a file of the shared evaluation data, or skips as DataPath does.
func Data(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(DataPath(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// longestRecord is the longest line of the data, in bytes.
const longestRecord = 16 << 20

// EachLine decodes every line of a file of the shared evaluation data.
func EachLine[T any](t testing.TB, name string, do func(T)) {
	t.Helper()
	sc := bufio.NewScanner(bytes.NewReader(Data(t, name)))
	for sc.Buffer(nil, longestRecord); sc.Scan(); {
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
