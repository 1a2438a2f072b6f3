package layout

import (
	"cmp"
	"math"
	"slices"
)

// A piece is a run of chars on one baseline without a wide gap, with the
// superscripts and subscripts that belong to it.
type piece struct {
	chars           []char // in order of x0
	x0, x1, y, size float64
}

// Distances, in sizes of the font.
const (
	sameBaseline = 0.15 // chars of one row
	wideGap      = 1.5  // between pieces
	raisedMost   = 0.75 // how far a superscript can stand above the baseline
	loweredMost  = 0.45 // how far a subscript can hang below it
	nearScript   = 0.35 // gap between a script and its word
	scriptLength = 14   // chars of a superscript or subscript
	neighbours   = 150  // pieces looked at in each direction
)

// piecesOf clusters chars by baseline and splits the rows at wide gaps.
func piecesOf(chars []char) []piece {
	order := slices.Clone(chars)
	slices.SortFunc(order, func(a, b char) int { return cmp.Or(cmp.Compare(b.y, a.y), cmp.Compare(a.at, b.at)) })
	var out []piece
	for len(order) > 0 {
		n := 1
		for n < len(order) && order[0].y-order[n].y <= sameBaseline*min(order[0].size, order[n].size) {
			n++
		}
		out = splitRow(order[:n], out)
		order = order[n:]
	}
	return attachScripts(out)
}

// byX orders chars from left to right, and as they are drawn where they begin at
// the same place.
func byX(a, b char) int { return cmp.Or(cmp.Compare(a.x0, b.x0), cmp.Compare(a.at, b.at)) }

// splitRow appends the pieces of one row to out.
func splitRow(row []char, out []piece) []piece {
	slices.SortFunc(row, byX)
	begin, reach := 0, math.Inf(-1)
	for i := range row {
		c := &row[i]
		if i > begin && c.x0-reach > wideGap*c.size && !c.space {
			out = appendPiece(out, row[begin:i])
			begin = i
		}
		if c.space {
			continue
		}
		reach = max(reach, c.x1)
	}
	return appendPiece(out, row[begin:])
}

// appendPiece adds the piece that the chars make, without spaces at its ends.
func appendPiece(out []piece, chars []char) []piece {
	for len(chars) > 0 && chars[0].space {
		chars = chars[1:]
	}
	for len(chars) > 0 && chars[len(chars)-1].space {
		chars = chars[:len(chars)-1]
	}
	if len(chars) == 0 {
		return out
	}
	p := piece{chars: chars[:len(chars):len(chars)]}
	p.measure()
	return append(out, p)
}

// measure sets the box of a piece, and its size and baseline to those of most of
// its chars.
func (p *piece) measure() {
	p.x0, p.x1 = math.Inf(1), math.Inf(-1)
	type style struct{ y, size float64 }
	var styles []style
	var counts []int
	best := 0
	for i := range p.chars {
		c := &p.chars[i]
		p.x0, p.x1 = min(p.x0, c.x0), max(p.x1, c.x1)
		k := slices.IndexFunc(styles, func(s style) bool {
			return math.Abs(s.size-c.size) < 0.05*c.size && math.Abs(s.y-c.y) < 0.1*c.size
		})
		if k < 0 {
			if len(styles) == 16 {
				continue
			}
			k = len(styles)
			styles, counts = append(styles, style{c.y, c.size}), append(counts, 0)
		}
		if counts[k]++; counts[k] > counts[best] {
			best = k
		}
	}
	p.y, p.size = styles[best].y, styles[best].size
}

// attachScripts puts superscripts, subscripts and accidental shifts of the
// baseline into the piece to which they belong.
func attachScripts(pieces []piece) []piece {
	slices.SortStableFunc(pieces, func(a, b piece) int { return cmp.Compare(b.y, a.y) })
	host := make([]int, len(pieces))
	hosts := make([]bool, len(pieces)) // which are hosts, and stay as they are
	for i := range pieces {
		if host[i] = hostOf(pieces, i, &pieces[i]); host[i] >= 0 {
			hosts[host[i]] = true
		}
	}
	// Several scripts of one line stand on one baseline, and may be one piece.
	for i, n := 0, len(pieces); i < n; i++ {
		s := &pieces[i]
		if host[i] >= 0 || hosts[i] || len(s.chars) < 2 || len(s.chars) > 6*scriptLength {
			continue
		}
		parts := s.parts()
		found := make([]int, len(parts))
		any := false
		for k := range parts {
			if found[k] = hostOf(pieces[:n], i, &parts[k]); found[k] == i {
				found[k] = -1
			}
			any = any || found[k] >= 0
		}
		if len(parts) < 2 || !any {
			continue
		}
		for _, k := range found {
			if k >= 0 {
				hosts[k] = true
			}
		}
		pieces[i], host[i] = parts[0], found[0]
		pieces, host = append(pieces, parts[1:]...), append(host, found[1:]...)
	}
	return merged(pieces, host)
}

// parts splits a piece at its spaces.
func (p *piece) parts() []piece {
	var out []piece
	begin := 0
	for i := 1; i < len(p.chars); i++ {
		if p.chars[i].space || p.chars[i].x0-p.chars[i-1].x1 > nearScript*p.size {
			out = appendPiece(out, p.chars[begin:i])
			begin = i
		}
	}
	return appendPiece(out, p.chars[begin:])
}

// hostOf is the piece to which s, which is at place i or was, belongs; -1 for
// none. A host is longer, or as long and larger, so that there are no circles.
func hostOf(pieces []piece, i int, s *piece) int {
	best, bestGap := -1, math.Inf(1)
	try := func(j int) bool {
		h := &pieces[j]
		if math.Abs(s.y-h.y) > raisedMost*max(h.size, s.size) {
			return false
		}
		if len(h.chars) < len(s.chars) || len(h.chars) == len(s.chars) && !(h.size > s.size || h.size == s.size && j > i) {
			return true
		}
		if gap, ok := s.fits(h); ok && gap < bestGap {
			best, bestGap = j, gap
		}
		return true
	}
	for j := i - 1; j >= 0 && i-j < neighbours && try(j); j-- {
	}
	for j := i + 1; j < len(pieces) && j-i < neighbours && try(j); j++ {
	}
	return best
}

// fits reports whether the piece s can be a script or a shifted part of h, and
// how far it is from its nearest char.
func (s *piece) fits(h *piece) (float64, bool) {
	dy := s.y - h.y
	small := s.size < 0.88*h.size && len(s.chars) <= scriptLength
	switch {
	case small && (dy > raisedMost*h.size || dy < -loweredMost*h.size):
		return 0, false
	case !small && (math.Abs(dy) > 0.3*h.size || s.size > 1.3*h.size || s.size < 0.7*h.size):
		return 0, false
	}
	em := h.size
	switch {
	case s.x0 >= h.x1-0.15*em:
		gap := s.x0 - h.x1
		return math.Abs(gap), gap <= nearScript*em
	case s.x1 <= h.x0+0.15*em:
		gap := h.x0 - s.x1
		// The sign of a footnote stands a little before its text.
		reach := 2 * nearScript
		if small && dy > 0 && len(s.chars) <= 4 {
			reach = 1.5
		}
		return math.Abs(gap), gap <= reach*em
	}
	k, _ := slices.BinarySearchFunc(h.chars, s.x0, func(c char, x float64) int { return cmp.Compare(c.x0, x) })
	left := math.Inf(-1)
	for i := max(k-3, 0); i < k; i++ {
		if !h.chars[i].space {
			left = max(left, h.chars[i].x1)
		}
	}
	right := math.Inf(1)
	for i := k; i < min(k+3, len(h.chars)); i++ {
		if !h.chars[i].space {
			right = h.chars[i].x0
			break
		}
	}
	over := 0.15 * em
	if len(s.chars) == 1 {
		over = max(over, 0.5*(s.x1-s.x0)) // a letter of a logo may be kerned into others
	}
	if s.x0 < left-over || s.x1 > right+over {
		return 0, false
	}
	return max(min(s.x0-left, right-s.x1), 0), true
}

// merged joins each piece with its host.
func merged(pieces []piece, host []int) []piece {
	joined := false
	for i := range pieces {
		root := i
		for host[root] >= 0 {
			root = host[root]
		}
		if root == i {
			continue
		}
		host[i] = root
		h := &pieces[root]
		h.chars = append(h.chars, pieces[i].chars...)
		pieces[i].chars = nil
		joined = true
	}
	if !joined {
		return pieces
	}
	out := pieces[:0]
	for _, p := range pieces {
		if len(p.chars) == 0 {
			continue
		}
		slices.SortFunc(p.chars, byX)
		y, size := p.y, p.size
		p.measure()
		p.y, p.size = y, size
		out = append(out, p)
	}
	return out
}
