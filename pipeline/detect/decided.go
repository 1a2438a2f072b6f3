package detect

import (
	"context"

	"freshet/index"
	"freshet/index/catalog"
)

// silent reports whether somebody decided that a pair is not to be spoken of: by its
// sentences, by its pages, or by the rule on one of them.
func (l *look) silent(ctx context.Context, p *catalog.Pair) (bool, error) {
	pages := catalog.PagesKey(p.A.Document, p.B.Document)
	ruleA, ruleB := catalog.PageRuleKey(p.A.Document, p.Rule), catalog.PageRuleKey(p.B.Document, p.Rule)
	said, err := l.Catalog.DecisionsOn(ctx, []index.Hash{p.Content, pages, ruleA, ruleB})
	if err != nil {
		return false, err
	}
	for _, key := range []index.Hash{p.Content, pages, ruleA, ruleB} {
		switch d, there := said[key]; {
		case !there:
		case d.Verdict == index.NoDoubt:
			return true, nil
		case key == p.Content && (d.Verdict == index.KeepBoth || d.Verdict == index.Verified):
			return true, nil
		}
	}
	return false, nil
}
