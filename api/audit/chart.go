package audit

// Charts are drawn on a plane of these units; they grow with the page.
const (
	chartWidth  = 640
	chartBottom = 168 // of the bars; months stand below
	chartTop    = 24
)

// A bar of the trend.
type bar struct {
	X, Y, Width, Height, Middle, ValueY int
	Label, Value, Title                 string
	Now                                 bool
}

// Bars are the open findings of the months, the last twelve.
func (p *htmlPage) Bars() []bar {
	points := p.Trend[max(0, len(p.Trend)-12):]
	if len(points) < 2 {
		return nil
	}
	most := 1
	for _, t := range points {
		most = max(most, t.Open)
	}
	step := chartWidth / len(points)
	out := make([]bar, len(points))
	for i, t := range points {
		height := (chartBottom - chartTop) * t.Open / most
		if t.Open > 0 {
			height = max(2, height)
		}
		width := min(56, step*3/5)
		x := i*step + (step-width)/2
		out[i] = bar{X: x, Y: chartBottom - height, Width: width, Height: height, Middle: x + width/2, ValueY: chartBottom - height - 6, Label: p.L.shortMonth(t.Month), Value: p.L.number(t.Open),
			Title: p.L.month(t.Month) + p.L.say("colon") + p.L.number(t.Open), Now: i == len(points)-1}
	}
	return out
}

// TrendWords tell the chart to those who do not see it.
func (p *htmlPage) TrendWords() string {
	text := ""
	for i, b := range p.Bars() {
		if i > 0 {
			text += "; "
		}
		text += b.Title
	}
	return text
}

// A share is a part of a horizontal bar.
type share struct {
	X, Width    int
	Class, Name string
	Count       int
}

// Kinds are the open findings by kind, as parts of one bar.
func (p *htmlPage) Kinds() []share {
	total := 0
	for _, n := range p.Summary.ByKind {
		total += n
	}
	if total == 0 {
		return nil
	}
	var out []share
	x := 0
	for _, kind := range []string{"conflict", "stale", "duplicate", "overlap"} {
		n := p.Summary.ByKind[kind]
		if n == 0 {
			continue
		}
		width := max(3, chartWidth*n/total)
		out = append(out, share{X: x, Width: width, Class: kind, Name: p.L.say("kind_" + kind), Count: n})
		x += width
	}
	return out
}
