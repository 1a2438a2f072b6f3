package templates

import (
	"sort"

	"freshet/pipeline/extract"
)

// Offsets finds places of a Cut's text in the text that it was cut from.
type Offsets struct {
	less, full []extract.Line // line by line the same
}

// Offsets returns the places of c, or nil when nothing is left out.
func (c *Cut) Offsets() *Offsets {
	if c.Text == c.full {
		return nil
	}
	_, less := c.Text.Layout()
	_, full := c.full.Layout()
	o := &Offsets{less: less, full: make([]extract.Line, 0, len(less))}
	at := 0
	for _, k := range c.kept {
		for at < len(full) && full[at].Block < k.of {
			at++
		}
		for n := 0; at < len(full) && full[at].Block == k.of; n, at = n+1, at+1 {
			if k.items == nil || k.items[n] {
				o.full = append(o.full, full[at])
			}
		}
	}
	return o
}

// Full returns the offset in the full text of an offset in the cut one. A nil o
// returns it as it is.
func (o *Offsets) Full(offset int) int {
	if o == nil || len(o.less) == 0 {
		return offset
	}
	i := sort.Search(len(o.less), func(i int) bool { return o.less[i].End >= offset })
	i = min(i, len(o.less)-1)
	return o.full[i].Start + offset - o.less[i].Start
}
