package detect

import (
	"context"
	"time"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/detect/conflict"
	"freshet/pipeline/detect/duplicate"
)

// Version names the rules. Findings of another Version are looked at anew.
const Version = "detect/1 " + duplicate.Version

// A base is a knowledge base as the detectors know it.
type base struct {
	catalog.DetectBase
	learned  *learned
	comparer *conflict.Comparer
	day      int64 // that the comparer takes for today
}

// base returns what is known of a knowledge base.
func (e *Engine) base(ctx context.Context, id string) (*base, error) {
	b := e.bases[id]
	if b == nil {
		kept, err := e.Catalog.DetectBase(ctx, id)
		if err != nil {
			return nil, err
		}
		b = &base{DetectBase: kept}
		if b.learned, err = readLearned(kept.Data); err != nil {
			e.Log.Warn("what detection learned is learned again", "knowledge_base", id, "error", err)
			b.Version = ""
			b.learned = &learned{}
		}
		e.bases[id] = b
	}
	if day := e.today(); b.comparer == nil || b.day != day {
		b.day = day
		b.comparer = conflict.New(e.context(b))
		e.read.clear()
	}
	return b, nil
}

func (e *Engine) today() int64 { return e.Now().Unix() / int64(24*time.Hour/time.Second) }

func (e *Engine) context(b *base) conflict.Context {
	c := conflict.Context{Boilerplate: func(sentence index.Hash) bool { return b.learned.common[short(sentence)] }, Today: b.day}
	if b.learned.passages > 0 {
		c.IDF = b.learned.idf
	}
	return c
}

func (b *base) boilerplate(source string) *duplicate.Boilerplate {
	return b.learned.boilerplate[source]
}
