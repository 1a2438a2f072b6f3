package audit

// points keeps what the months before came to for one owner.
func (g *gathering) points(owner string, points []Point) {
	if g.before == nil {
		g.before = map[string][]Point{}
	}
	g.before[owner] = points
}

// trend ends the months before with this one.
func (g *gathering) trend() {
	r := g.report
	r.Trend = append(r.Trend, r.Summary.point(r.Month))
	for i := range r.Owners {
		o := &r.Owners[i]
		o.Trend = append(g.before[o.Owner], o.Summary.point(r.Month))
	}
}
