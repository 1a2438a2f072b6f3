package detect

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/detect/claims"
	"freshet/pipeline/detect/conflict"
)

const (
	// mostChanges bounds the values that one entry of the change log tells of.
	mostChanges = 50
	// sameSentence is the share of the stems of two versions of a sentence from which on
	// they are that: versions.
	sameSentence = 0.6
)

// A said claim is a value with the sentence that says it.
type said struct {
	scan  *claims.Scan
	text  string
	in    *claims.Sentence
	claim *claims.Claim
}

func (s *said) sentence() string {
	start, end := s.in.Start, s.in.End
	if s.in.Row != "" || s.in.Column != "" {
		start, end = lineOf(s.text, start, end)
	}
	return s.text[start:end]
}

func (s *said) value() string { return s.text[s.claim.Start:s.claim.End] }

// values looks for values that an entry put in the place of others: in sentences that
// say the same but for them.
func (l *look) values(ctx context.Context, b *base, entry *index.Entry) error {
	if len(entry.Closed) == 0 || len(entry.Opened) == 0 {
		return nil
	}
	d, err := l.Catalog.DocumentByKey(ctx, entry.Document)
	if errors.Is(err, catalog.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	old, fresh := l.saidIn(&d, entry.Closed), l.saidIn(&d, entry.Opened)
	old, fresh = without(old, fresh), without(fresh, old)
	for _, m := range matched(old, fresh) {
		if len(l.batch.Changes) > mostChanges*pageEntries {
			break
		}
		l.batch.Changes = append(l.batch.Changes, l.valueChange(b, entry, &m[0], &m[1]))
	}
	return nil
}

// saidIn lists what passages say in values.
func (l *look) saidIn(d *catalog.Document, chunks []index.Chunk) []said {
	var out []said
	for i := range chunks {
		ch := &chunks[i]
		locale := cmp.Or(ch.Locale, d.Details.Locale)
		scan := l.scanner.Scan(claims.Passage{Text: ch.Text, Kind: ch.Kind, Title: ch.Title, Heading: ch.Heading, Question: ch.Question, Locale: locale})
		for j := range scan.Claims {
			c := &scan.Claims[j]
			in := &scan.Sentences[c.Sentence]
			if in.Past || in.Example || c.Start < 0 || c.End > len(ch.Text) || in.Start < 0 || in.End > len(ch.Text) {
				continue
			}
			out = append(out, said{scan, ch.Text, in, c})
		}
	}
	return out
}

// without drops what stands in sentences that the other version has as well.
func without(list, other []said) []said {
	have := make(map[index.Hash]bool, len(other))
	for i := range other {
		have[other[i].in.Hash] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(s said) bool { return have[s.in.Hash] })
}

// matched are the values that became others, the likest sentences first.
func matched(old, fresh []said) [][2]said {
	type match struct {
		i, j int
		like float64
	}
	var list []match
	for i := range old {
		for j := range fresh {
			a, b := &old[i], &fresh[j]
			if a.claim.Type != b.claim.Type || !claims.Comparable(a.claim, b.claim) {
				continue
			}
			if like := alike(a, b); like >= sameSentence {
				list = append(list, match{i, j, like})
			}
		}
		if len(list) > mostChanges*mostChanges {
			break
		}
	}
	slices.SortStableFunc(list, func(a, b match) int { return cmp.Compare(b.like, a.like) })
	takenOld, takenNew := map[int]bool{}, map[int]bool{}
	var out [][2]said
	for _, m := range list {
		if takenOld[m.i] || takenNew[m.j] {
			continue
		}
		takenOld[m.i], takenNew[m.j] = true, true
		if claims.Compare(old[m.i].claim, fresh[m.j].claim).Relation != claims.Same && len(out) < mostChanges {
			out = append(out, [2]said{old[m.i], fresh[m.j]})
		}
	}
	return out
}

// alike is how much two versions of a sentence have in common, and a little more for
// values at the same place in it.
func alike(a, b *said) float64 {
	x, y := stemsOf(a.in), stemsOf(b.in)
	both := 0
	for s := range x {
		if y[s] {
			both++
		}
	}
	like := 1.0
	if n := len(x) + len(y) - both; n > 0 {
		like = float64(both) / float64(n)
	} else if a.in.Row+a.in.Column+a.in.Lead == "" {
		return 0
	}
	if len(a.claim.Label) > 0 && slices.Equal(a.claim.Label, b.claim.Label) {
		like = max(like, sameSentence) + 0.2
	}
	if place(a) == place(b) {
		like += 0.01
	}
	return like
}

func stemsOf(s *claims.Sentence) map[string]bool {
	out := make(map[string]bool, len(s.Stems)+2)
	for _, stem := range s.Stems {
		out[stem] = true
	}
	for _, above := range []string{s.Row, s.Column, s.Lead} {
		if above != "" {
			out["\x00"+strings.ToLower(above)] = true
		}
	}
	return out
}

// place is the number of a value among those of its type in its sentence.
func place(s *said) int {
	n := 0
	for i := range s.scan.Claims {
		c := &s.scan.Claims[i]
		if c == s.claim {
			break
		}
		if c.Sentence == s.claim.Sentence && c.Type == s.claim.Type {
			n++
		}
	}
	return n
}

func (l *look) valueChange(b *base, entry *index.Entry, was, is *said) catalog.ValueChange {
	old := catalog.ChangedValue{Value: was.value(), Normal: conflict.Normal(was.claim), Sentence: was.sentence()}
	fresh := catalog.ChangedValue{Value: is.value(), Normal: conflict.Normal(is.claim), Sentence: is.sentence()}
	stems := sorted(stemsOf(was.in))
	fact := index.HashTexts("detect/change", append(stems, string(was.claim.Type), old.Normal, fresh.Normal)...)
	return catalog.ValueChange{Base: b.Base, Source: entry.Source, Seq: entry.Seq, Type: string(was.claim.Type), Document: entry.Document, Fact: fact,
		Old: old, New: fresh, Label: labelOf(is)}
}

// labelOf names a value, where a table or a list does.
func labelOf(s *said) string {
	switch {
	case s.in.Row != "" && s.in.Column != "":
		return s.in.Row + ", " + s.in.Column
	case s.in.Row != "":
		return s.in.Row
	}
	return s.in.Lead
}

// stillStanding adds to the changes of values where the old ones stand: on the pages
// that contradict the new ones.
func (l *look) stillStanding(ctx context.Context) error {
	for i := range l.batch.Changes {
		c := &l.batch.Changes[i]
		pairs, err := l.before(ctx, c.Document)
		if err != nil {
			return err
		}
		for _, id := range sortedHashes(l.made) {
			pairs = append(pairs, l.made[id])
		}
		told := make(map[index.Hash]bool)
		for j := range pairs {
			p := &pairs[j]
			if o := stillIn(c, p); o != nil && !told[p.ID] && len(c.Still) < catalog.MaxStill {
				told[p.ID] = true
				c.Still = append(c.Still, catalog.StillValue{Document: o.Document, Value: o.Value, Sentence: o.Sentence})
			}
		}
	}
	return nil
}

// stillIn is the side of a pair that says what was changed on the other; nil when it
// has none.
func stillIn(c *catalog.ValueChange, p *catalog.Pair) *index.Member {
	if p.Kind != index.Conflicting || p.Type != c.Type {
		return nil
	}
	for _, sides := range [][2]*index.Member{{&p.A, &p.B}, {&p.B, &p.A}} {
		if mine, other := sides[0], sides[1]; mine.Document == c.Document && mine.Sentence == c.New.Sentence && mine.Normal == c.New.Normal && other.Normal == c.Old.Normal {
			return other
		}
	}
	return nil
}
