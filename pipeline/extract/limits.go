package extract

import "time"

// Limits bound what one document may cost. A zero field takes its default.
// Reaching one is a verdict too_large that names it, except where a field says
// otherwise.
type Limits struct {
	Bytes int64 // of the input; default 20 MB
	Nodes int   // of the parsed page; default 500,000
	Cells int   // of all tables together; default 200,000
	// Depth of nesting up to which structure is kept; deeper text is read as if
	// it stood at this depth. Default 100.
	Depth int
	// Links kept of one document; more are left out. Default 5,000.
	Links int
	// ArticleNodes and ArticleBytes are the size of a page up to which its main
	// content is looked for, which takes time that grows with their square; of
	// larger ones everything outside navigation is taken. Defaults 10,000 and 4 MB.
	ArticleNodes int
	ArticleBytes int
	Time         time.Duration // for one document; default 30 s
}

func (l Limits) withDefaults() Limits {
	set(&l.Bytes, 20<<20)
	set(&l.Nodes, 500_000)
	set(&l.Cells, 200_000)
	set(&l.Depth, 100)
	set(&l.Links, 5_000)
	set(&l.ArticleNodes, 10_000)
	set(&l.ArticleBytes, 4<<20)
	set(&l.Time, 30*time.Second)
	return l
}

func set[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

func (l Limits) over(o Limits) Limits {
	set(&o.Bytes, l.Bytes)
	set(&o.Nodes, l.Nodes)
	set(&o.Cells, l.Cells)
	set(&o.Depth, l.Depth)
	set(&o.Links, l.Links)
	set(&o.ArticleNodes, l.ArticleNodes)
	set(&o.ArticleBytes, l.ArticleBytes)
	set(&o.Time, l.Time)
	return o
}
