package content

import (
	"math"

	"github.com/ledongthuc/pdf"
)

// A matrix is [a b c d e f] of PDF.
type matrix [6]float64

// identity leaves everything where it is.
var identity = matrix{1, 0, 0, 1, 0, 0}

// times returns the matrix that applies m first, then n.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

func (m matrix) apply(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// moved returns m with its origin moved.
func (m matrix) moved(x, y float64) matrix {
	m[4], m[5] = m.apply(x, y)
	return m
}

// finite reports whether every number of m is one to draw with.
func (m matrix) finite() bool {
	for _, x := range m {
		if math.IsNaN(x) || math.Abs(x) > 1e9 {
			return false
		}
	}
	return true
}

func matrixOf(v pdf.Value) matrix {
	if v.Len() != 6 {
		return identity
	}
	var m matrix
	for i := range m {
		m[i] = v.Index(i).Float64()
	}
	return m
}

// A box is a rectangle, X0 <= X1, Y0 <= Y1.
type box struct{ x0, y0, x1, y1 float64 }

func boxOf(v pdf.Value) box {
	x0, y0, x1, y1 := v.Index(0).Float64(), v.Index(1).Float64(), v.Index(2).Float64(), v.Index(3).Float64()
	return box{min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)}
}

// through returns the rectangle around b as m places it.
func (b box) through(m matrix) box {
	xa, ya := m.apply(b.x0, b.y0)
	out := box{xa, ya, xa, ya}
	for _, p := range [3][2]float64{{b.x1, b.y0}, {b.x0, b.y1}, {b.x1, b.y1}} {
		x, y := m.apply(p[0], p[1])
		out = box{min(out.x0, x), min(out.y0, y), max(out.x1, x), max(out.y1, y)}
	}
	return out
}
