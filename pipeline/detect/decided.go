package detect

import (
	"context"

	"freshet/index"
	"freshet/index/catalog"
)

// silent reports whether a pair is not to be spoken of: somebody decided so, of its
// sentences, its pages, or the rule on one of them; or owners refused what the rule
// says of its two sources more often than they confirmed it.
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
	return l.Catalog.Muted(ctx, p.Base, p.Rule, p.Type, p.A.Source, p.B.Source)
}
