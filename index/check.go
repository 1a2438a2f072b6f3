package index

import (
	"errors"
	"fmt"
	"math"
)

// Check reports what of a query no Store of the space can answer. The error wraps
// ErrSpace where a vector does not fit.
func (q *Query) Check(space Space) error {
	switch {
	case q.Limit <= 0:
		return errors.New("the limit has to be above 0")
	case q.Dense != nil && len(q.Lexical) > 0:
		return errors.New("a query is lexical or dense, not both: ask twice")
	case q.Dense != nil && (space.Dimension == 0 || len(q.Dense) != space.Dimension):
		return fmt.Errorf("%d dimensions, the space has %d: %w", len(q.Dense), space.Dimension, ErrSpace)
	}
	return nil
}

// roundedWeight is the highest lexical value that a point may have: rounding may put
// the highest weight a little above MaxWeight.
const roundedWeight = MaxWeight * 1.001

// Check reports, as ErrSpace, why the vectors of a point are none of the space.
func (p *Point) Check(space Space) error {
	if p.Dense != nil && (space.Dimension == 0 || len(p.Dense) != space.Dimension) {
		return fmt.Errorf("point %s has %d dimensions, the space has %d: %w", p.ID, len(p.Dense), space.Dimension, ErrSpace)
	}
	for _, x := range p.Dense {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return fmt.Errorf("point %s has a dense vector that is not finite: %w", p.ID, ErrSpace)
		}
	}
	ids, values := p.Lexical.IDs, p.Lexical.Values
	if len(ids) != len(values) {
		return fmt.Errorf("point %s has %d terms and %d values: %w", p.ID, len(ids), len(values), ErrSpace)
	}
	for i, v := range values {
		if i > 0 && ids[i] <= ids[i-1] {
			return fmt.Errorf("point %s has terms that do not ascend: %w", p.ID, ErrSpace)
		}
		if !(v >= 0 && v <= roundedWeight) {
			return fmt.Errorf("point %s has the term weight %v, outside 0 to %v: %w", p.ID, v, MaxWeight, ErrSpace)
		}
	}
	return nil
}
