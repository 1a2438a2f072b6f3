package word

// drawing looks for text boxes in a picture or shape, whose blocks follow the
// paragraph. A shape can hold further shapes.
func (r *reader) drawing(p *paragraph) error {
	d := r.part.d
	return children(d, func(e element) error {
		if !e.is("w", "txbxContent") {
			return r.drawing(p)
		}
		fields := r.part.fields
		r.part.fields = nil
		out := &flow{r: r, inner: true}
		err := r.body(out)
		r.part.fields = fields
		if err != nil {
			return err
		}
		blocks, err := out.finish()
		p.boxes = append(p.boxes, blocks...)
		return err
	})
}
