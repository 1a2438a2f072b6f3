package records

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

func TestALargeExportIsReadInLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 60 MB")
	}
	const copies, records = 20, 1000
	part := export(records)
	for name, wrap := range map[string][3]string{"kb.jsonl": {"", "", ""}, "kb.json": {"[", ",", "]"}} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), name)
			f, err := os.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			f.WriteString(wrap[0])
			for i := range copies {
				text := bytes.ReplaceAll(part, []byte(`"id":"a`), fmt.Appendf(nil, `"id":"%d-`, i))
				if wrap[1] != "" {
					text = bytes.ReplaceAll(bytes.TrimSpace(text), []byte("\n"), []byte(wrap[1]))
					if i > 0 {
						f.WriteString(wrap[1])
					}
				}
				f.Write(text)
			}
			f.WriteString(wrap[2])
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			s := open(t, connectors.Env{}, map[string]any{"location": file, "id": "id", "body": "html"})
			s.every = 2000
			var before, now runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			docs, peak := 0, uint64(0)
			for c, err := range s.Pull(t.Context(), connectortest.NewPosition(connectors.Full)) {
				if err != nil {
					t.Fatal(err)
				}
				switch c.(type) {
				case connectors.Upsert:
					docs++
				case connectors.Checkpoint:
					runtime.ReadMemStats(&now)
					peak = max(peak, now.HeapAlloc)
				}
			}
			info, _ := os.Stat(file)
			if limit := before.HeapAlloc + 18<<20; docs != copies*records || peak > limit {
				t.Errorf("%d documents of %d MB took %d MB of heap, more than %d", docs, info.Size()>>20, peak>>20, limit>>20)
			}
			t.Logf("%d documents of %d MB, heap at most %d MB (before %d MB)", docs, info.Size()>>20, peak>>20, before.HeapAlloc>>20)
		})
	}
}
