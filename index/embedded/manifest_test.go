package embedded

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"freshet/index"
)

func TestManifestRoundTrip(t *testing.T) {
	for name, m := range map[string]*manifest{
		"empty": {},
		"with everything": {space: "space", mark: index.Mark{Epoch: "é", Seq: 1 << 60}, views: []savedView{
			{file: segmentFile{number: 1, size: 100, sum: 1<<32 - 1}, chunks: 1},
			{
				file: segmentFile{number: 1 << 60, size: 1 << 40}, chunks: 70, dead: bitmap{1 << 63, 1 << 5},
				extra:   []payload{{hash: index.Hash{9}, raw: []byte{1, 2}}, {}},
				patches: []savedPatch{{local: 0, patch: patch{set: true, seq: -1}}, {local: 69, patch: patch{set: true, ref: 7, seq: 5}}},
			},
		}},
	} {
		got, err := decodeManifest(m.encode())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		allow := cmp.AllowUnexported(manifest{}, savedView{}, segmentFile{}, payload{}, savedPatch{}, patch{})
		if d := cmp.Diff(m, got, allow); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestManifestsThatCannotBeAreRefused(t *testing.T) {
	for name, v := range map[string]savedView{
		"no chunks":                   {chunks: 0},
		"more chunks than numbers":    {chunks: maxChunks + 1},
		"a dead chunk behind the end": {chunks: 9, dead: bitmap{1 << 9}},
		"too many words of the dead":  {chunks: 9, dead: bitmap{0, 0}},
		"a patch behind the end":      {chunks: 9, patches: []savedPatch{{local: 9}}},
	} {
		if _, err := decodeManifest((&manifest{views: []savedView{v}}).encode()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	seg := fuzzSegment(t, 0)
	for name, v := range map[string]savedView{
		"another number of chunks":       {chunks: seg.len() + 1},
		"a patch with a missing payload": {chunks: seg.len(), patches: []savedPatch{{local: 1, patch: patch{set: true, ref: uint32(seg.payloads.len())}}}},
	} {
		if _, err := v.restore(seg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
