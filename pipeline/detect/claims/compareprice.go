package claims

// ofMoney compares prices: per month and per year at twelve months, and with and
// without tax.
func ofMoney(a, b *Claim) Verdict {
	x, y, reason, periods := perPeriod(a, b)
	v := ofSpans(x, y)
	if v.Relation != Disjoint {
		if v.Relation == Same && reason != "" {
			v.Reason = reason
		}
		return v
	}
	if a.Tax != b.Tax {
		if rate := taxRate(x, y, a, b); rate != "" {
			if a.Tax == "" || b.Tax == "" {
				return Verdict{Unclear, "explained by tax " + rate}
			}
			return Verdict{Same, "explained by tax " + rate}
		}
		if a.Tax != "" && b.Tax != "" {
			return Verdict{Disjoint, "no rate of tax explains it"}
		}
	} else if a.Tax == "" {
		if rate := taxRate(x, y, a, b); rate != "" && taxExact(x, y) {
			return Verdict{Unclear, "may be explained by tax " + rate}
		}
	}
	if periods {
		return Verdict{Unclear, "only one says for which period or for what"}
	}
	return v
}

// perPeriod brings two values to one period. It reports whether only one has any.
func perPeriod(a, b *Claim) (x, y span, reason string, oneOnly bool) {
	x, y = spanOf(a), spanOf(b)
	_, pa, ra := cutUnit(a.Unit)
	_, pb, rb := cutUnit(b.Unit)
	if ra != rb {
		return x, y, "", true
	}
	if pa == pb {
		return x, y, "", false
	}
	if pa == "" || pb == "" {
		return x, y, "", true
	}
	fa, fb := yearly[pa], yearly[pb]
	if fa == 0 || fb == 0 {
		return x, y, "", true
	}
	return x.times(fa, 1), y.times(fb, 1), "converted to a year", false
}

// taxRates are the rates of value added tax in France, in thousandths, and how they
// are told.
var taxRates = [...]struct {
	rate int64
	name string
}{{1200, "1.20"}, {1100, "1.10"}, {1055, "1.055"}, {1021, "1.021"}}

// taxRate returns the rate that makes one price out of the other, to a cent and a half
// of rounding; where both say what they include, the one without tax is the smaller.
func taxRate(x, y span, a, b *Claim) string {
	net, gross := x.lo, y.lo
	if a.Op == AtMost || b.Op == AtMost {
		net, gross = x.hi, y.hi
	}
	switch {
	case a.Tax == "incl" || b.Tax == "excl":
		net, gross = gross, net
	case a.Tax == "" && b.Tax == "" && net > gross:
		net, gross = gross, net
	}
	if net <= 0 || gross <= net {
		return ""
	}
	for _, t := range taxRates {
		if d := abs(scaled(net, t.rate, 1000) - gross); d <= Scale*15/1000 || d <= gross/2000 && gross%Scale == 0 && net%Scale == 0 {
			return t.name
		}
	}
	return ""
}

// taxExact asks for more where neither price says what it includes: one of them has
// cents, as converted prices have.
func taxExact(x, y span) bool { return x.lo%Scale != 0 || y.lo%Scale != 0 }

// ofRates compares quantities and counts.
func ofRates(a, b *Claim) Verdict {
	x, y, reason, oneOnly := perPeriod(a, b)
	v := ofSpans(x, y)
	switch {
	case v.Relation == Same:
		v.Reason = reason
	case v.Relation == Disjoint && oneOnly:
		return Verdict{Unclear, "only one says for which period or for what"}
	}
	return v
}
