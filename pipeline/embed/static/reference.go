package static

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"

	"freshet/pipeline/embed"
)

// sameVector is the least cosine of a vector to that of the reference (RETRIEVAL
// 2.4): what lies below was not made from the same tokens.
const sameVector = 0.999

// referenceFile holds texts and the vectors that the model's own software makes of
// them: {"texts": [...], "vectors": [[...]]}.
const referenceFile = "reference.json"

// prove compares the model with its reference.json, where the directory has one.
func (m *Model) prove(dir fs.FS) error {
	if !exists(dir, referenceFile) {
		return nil
	}
	raw, err := readFile(dir, referenceFile)
	if err != nil {
		return err
	}
	var r struct {
		Texts   []string    `json:"texts"`
		Vectors [][]float64 `json:"vectors"`
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return fmt.Errorf("%s: %w", referenceFile, err)
	}
	if len(r.Texts) != len(r.Vectors) {
		return fmt.Errorf("%s: %d texts and %d vectors", referenceFile, len(r.Texts), len(r.Vectors))
	}
	got, _, err := m.Embed(context.Background(), embed.Passage, r.Texts)
	if err != nil {
		return err
	}
	for i, want := range r.Vectors {
		if c := cosine(got[i], want); !(c >= sameVector) {
			return fmt.Errorf("%s: the vector of %.60q has a cosine of %.4f to the one that is due: this directory is read wrongly, or its files are of different models", referenceFile, r.Texts[i], c)
		}
	}
	return nil
}

func cosine(a []float32, b []float64) float64 {
	if len(a) != len(b) {
		return 0
	}
	var dot, aa, bb float64
	for i := range a {
		dot += float64(a[i]) * b[i]
		aa += float64(a[i]) * float64(a[i])
		bb += b[i] * b[i]
	}
	return dot / math.Sqrt(aa*bb)
}
