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
	// Inflated is what compressed parts of a file may come to in all; default 200 MB.
	Inflated int64
	// Entries is the number of files in a container (DOCX, ODT); default 10,000.
	Entries int
	// Ratio of an entry's inflated size to its compressed one, from 1 MB on;
	// default 200.
	Ratio int
	// XMLDepth is the nesting of elements in a container's XML; default 1,000.
	XMLDepth int
	Pages    int           // of a PDF, slides of a presentation; default 5,000
	Memory   int64         // of the process that reads a PDF; default 512 MB
	Time     time.Duration // for one document; default 30 s
}

// WithDefaults returns l with the default in each zero field.
func (l Limits) WithDefaults() Limits {
	set(&l.Bytes, 20<<20)
	set(&l.Nodes, 500_000)
	set(&l.Cells, 200_000)
	set(&l.Depth, 100)
	set(&l.Links, 5_000)
	set(&l.ArticleNodes, 10_000)
	set(&l.ArticleBytes, 4<<20)
	set(&l.Inflated, 200<<20)
	set(&l.Entries, 10_000)
	set(&l.Ratio, 200)
	set(&l.XMLDepth, 1_000)
	set(&l.Pages, 5_000)
	set(&l.Memory, 512<<20)
	set(&l.Time, 30*time.Second)
	return l
}

func set[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

// Over returns o with the limit of l in each zero field.
func (l Limits) Over(o Limits) Limits {
	set(&o.Bytes, l.Bytes)
	set(&o.Nodes, l.Nodes)
	set(&o.Cells, l.Cells)
	set(&o.Depth, l.Depth)
	set(&o.Links, l.Links)
	set(&o.ArticleNodes, l.ArticleNodes)
	set(&o.ArticleBytes, l.ArticleBytes)
	set(&o.Inflated, l.Inflated)
	set(&o.Entries, l.Entries)
	set(&o.Ratio, l.Ratio)
	set(&o.XMLDepth, l.XMLDepth)
	set(&o.Pages, l.Pages)
	set(&o.Memory, l.Memory)
	set(&o.Time, l.Time)
	return o
}
