package conflict

import (
	"time"
)

// newerBy is how much later one document must have been changed to be believed for it.
const newerBy = 30 * 24 * time.Hour

// suggest says which side is probably right, and why: what owners decided, then the
// newer one.
func (c *Comparer) suggest(m *meeting, p *Pair) (Choice, map[string]string) {
	if c.context.Authority != nil {
		x, why := c.context.Authority(m.a, p.Type)
		y, whyB := c.context.Authority(m.b, p.Type)
		switch {
		case x > y:
			return SideA, why
		case y > x:
			return SideB, whyB
		}
	}
	a, b := m.a.Document.Modified, m.b.Document.Modified
	if a.IsZero() || b.IsZero() {
		return Neither, nil
	}
	switch {
	case a.Sub(b) >= newerBy:
		return SideA, newer(a, b)
	case b.Sub(a) >= newerBy:
		return SideB, newer(b, a)
	}
	return Neither, nil
}

func newer(late, early time.Time) map[string]string {
	return map[string]string{
		"en": "its page was changed later, on " + late.Format("2 January 2006") + "; the other on " + early.Format("2 January 2006"),
		"fr": "sa page a été modifiée plus récemment, le " + frenchDate(late) + " ; l'autre le " + frenchDate(early),
	}
}

var months = [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}

func frenchDate(t time.Time) string {
	day := t.Format("2")
	if day == "1" {
		day = "1er"
	}
	return day + " " + months[t.Month()-1] + " " + t.Format("2006")
}

// Why a side is suggested, by language.
var (
	noLonger = map[string]string{
		"en": "it says that this no longer holds, so the other seems to be older",
		"fr": "elle dit que cela ne vaut plus ; l'autre semble donc plus ancienne",
	}
	dated = map[string]string{
		"en": "it says from when its value holds; the other gives no date",
		"fr": "elle dit depuis quand sa valeur vaut ; l'autre ne donne pas de date",
	}
)
