package markup

import (
	"strings"
	"unicode"

	"freshet/pipeline/extract"
)

// offersTold is how many offers of one product are told; a list of all sizes and
// colours says the same price over and over.
const offersTold = 20

// product tells what a product costs and whether it is to be had, in a sentence for
// each offer.
func (w *writer) product(p thing) {
	name := p.text("name")
	if name == "" {
		return
	}
	var told []extract.Block
	seen := map[string]bool{}
	offers := p.things("offers")
	for _, variant := range p.things("hasVariant") {
		for _, o := range variant.things("offers") {
			if o.text("name") == "" {
				o["name"] = variant.text("name")
			}
			offers = append(offers, o)
		}
	}
	for _, o := range offers[:min(len(offers), offersTold)] {
		if s := w.offer(name, o); s != "" && !seen[s] {
			seen[s] = true
			told = append(told, extract.Block{Kind: extract.Paragraph, Text: s})
		}
	}
	if len(told) == 0 {
		return
	}
	told[0].Close = 1
	w.out = append(w.out, told...)
}

// offer is the sentence for one offer, "" when the page shows its price and says of
// the rest as much.
func (w *writer) offer(product string, o thing) string {
	name := product
	if n := o.text("name"); n != "" && !strings.EqualFold(n, product) {
		name += " (" + n + ")"
	}
	currency := o.text("priceCurrency")
	price := o.text("price")
	for _, spec := range o.things("priceSpecification") {
		price, currency = firstOf(price, spec.text("price")), firstOf(currency, spec.text("priceCurrency"))
	}
	low, high := o.text("lowPrice"), o.text("highPrice")
	var facts []string
	switch {
	case price != "":
		if !w.shows(price, currency) {
			facts = append(facts, w.either("prix ", "price ")+amount(price, currency))
		}
	case low != "" && high != "" && low != high:
		if !w.shows(low, currency) || !w.shows(high, currency) {
			facts = append(facts, w.either("prix de ", "price from ")+amount(low, currency)+w.either(" à ", " to ")+amount(high, currency))
		}
	case low != "":
		if !w.shows(low, currency) {
			facts = append(facts, w.either("prix à partir de ", "price from ")+amount(low, currency))
		}
	}
	if state := w.availability(o.text("availability")); state != "" && (len(facts) > 0 || !strings.Contains(strings.ToLower(w.plain), state)) {
		facts = append(facts, state)
	}
	if len(facts) == 0 {
		return ""
	}
	return name + w.either(" : ", ": ") + strings.Join(facts, ", ") + "."
}

func (w *writer) either(french, english string) string {
	if w.french {
		return french
	}
	return english
}

func amount(price, currency string) string {
	return strings.TrimSpace(price + " " + currency)
}

// shows reports whether the page's own text has the price beside its currency.
func (w *writer) shows(price, currency string) bool {
	whole, cents, _ := strings.Cut(strings.ReplaceAll(price, ",", "."), ".")
	variants := []string{price, whole + "," + cents, whole + "." + cents, whole + "€" + cents}
	if strings.Trim(cents, "0") == "" {
		variants = []string{whole, whole + ",00", whole + ".00"}
	}
	for _, v := range variants {
		for at := 0; ; {
			i := strings.Index(w.plain[at:], v)
			if i < 0 || v == "" {
				break
			}
			from, to := at+i, at+i+len(v)
			if !digitAt(w.plain, from-1) && !digitAt(w.plain, to) && besideCurrency(w.plain, from, to, currency) {
				return true
			}
			at = to
		}
	}
	return false
}

func digitAt(s string, i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }

// besideCurrency reports whether a currency stands within a few characters of a
// number.
func besideCurrency(s string, from, to int, code string) bool {
	const near = 8
	around := s[max(from-near, 0):from] + " " + s[to:min(to+near, len(s))]
	if code != "" && strings.Contains(strings.ToUpper(around), strings.ToUpper(code)) || strings.Contains(strings.ToLower(around), "euro") {
		return true
	}
	return strings.IndexFunc(around, func(r rune) bool { return unicode.Is(unicode.Sc, r) }) >= 0
}

// availability is a schema.org availability in words.
func (w *writer) availability(uri string) string {
	switch strings.ToLower(uri[strings.LastIndexAny(uri, "/:")+1:]) {
	case "instock", "onlineonly", "instoreonly", "limitedavailability":
		return w.either("en stock", "in stock")
	case "outofstock", "soldout":
		return w.either("épuisé", "out of stock")
	case "preorder", "presale":
		return w.either("en précommande", "available for pre-order")
	case "backorder", "madetoorder":
		return w.either("sur commande", "available on order")
	case "discontinued":
		return w.either("n’est plus vendu", "discontinued")
	}
	return ""
}
