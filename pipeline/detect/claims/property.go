package claims

import "strings"

// A property is what a word says of something: that it has the attribute, or not.
type property struct {
	attribute string
	no        bool
	bare      bool // says so without "est" or "is"
}

// properties are by folded word; attributes are the same in French and English.
var properties = func() map[string]property {
	m := make(map[string]property)
	add := func(attribute string, bare bool, yes, no string) {
		for w := range strings.FieldsSeq(yes) {
			m[w] = property{attribute, false, bare}
		}
		for w := range strings.FieldsSeq(no) {
			m[w] = property{attribute, true, bare}
		}
	}
	add("refundable", true, "remboursable remboursables refundable", "nonrefundable")
	add("free", true, "gratuit gratuits gratuite gratuites gratuitement offert offerts offerte offertes free complimentary", "payant payants payante payantes chargeable")
	add("mandatory", false, "impose imposee imposes imposees obligatoire obligatoires obligatoirement requis requise requises exige exigee exigees exiges indispensable indispensables necessaire necessaires mandatory required compulsory necessary needed",
		"facultatif facultatifs facultative facultatives optionnel optionnels optionnelle optionnelles optional")
	add("allowed", false, "autorise autorises autorisee autorisees permis permise permises allowed permitted authorised authorized",
		"interdit interdits interdite interdites prohibe prohibes prohibee prohibees defendu forbidden prohibited banned")
	add("allowed", false, "accepte acceptes acceptee acceptees acceptons acceptent admis admise admises accepted accept accepts welcome", "refuse refuses refusee refusees refusons refusent refused declined")
	add("possible", false, "possible possibles", "impossible impossibles")
	add("included", false, "inclus incluse incluses compris comprise comprises included", "")
	add("available", false, "disponible disponibles available", "indisponible indisponibles unavailable")
	add("compatible", false, "compatible compatibles", "incompatible incompatibles")
	add("eligible", false, "eligible eligibles", "ineligible ineligibles")
	add("valid", false, "valable valables valide valides valid", "invalide invalides invalid")
	add("transferable", true, "cessible cessibles transferable transmissible transmissibles", "incessible incessibles nontransferable")
	add("cancellable", true, "annulable annulables cancellable resiliable resiliables", "")
	add("changeable", true, "modifiable modifiables echangeable echangeables exchangeable changeable", "")
	add("renewable", true, "renouvelable renouvelables renewable", "")
	add("cumulable", true, "cumulable cumulables", "")
	add("deductible", true, "deductible deductibles", "")
	add("reversible", false, "reversible reversibles", "irreversible irreversibles")
	add("unlimited", true, "illimite illimites illimitee illimitees unlimited", "")
	add("supported", false, "supporte supportes supportee supportees supported", "unsupported")
	return m
}()

// says reports whether a folded word may begin a yes or no.
func says(fold string) bool {
	switch fold {
	case "sans", "no", "avec", "en", "pouvez", "peut", "peuvent", "pouvons", "can", "cannot":
		return true
	}
	_, ok := properties[fold]
	return ok
}

// property reads a yes or no that begins with token i.
func (s *Scanner) property(i, from, to int) int {
	t := &s.tokens[i]
	if i == from {
		if next := s.answer(i, to); next > i {
			return next
		}
	}
	if !t.word.says {
		return i
	}
	if next := s.fixed(i, from, to); next > i {
		return next
	}
	p, ok := properties[t.word.fold]
	if s.supposed(i, from) || s.asked(to) {
		return i
	}
	if !ok {
		return s.able(i, from, to)
	}
	start, next := i, i+1
	switch {
	case t.word.fold == "free" && !s.freeOfCharge(i, from, to), t.word.fold == "compris" || t.word.fold == "comprise":
		if t.word.fold == "free" || i > from && s.tokens[i-1].word.fold == "y" || next < to && s.tokens[next].word.fold == "entre" {
			return i
		}
	case t.word.fold == "offert" || t.word.fold == "offerte", t.word.fold == "offerts", t.word.fold == "offertes":
		if next < to && s.tokens[next].word.fold == "par" {
			return i
		}
	}
	no, hedged, at := s.negated(i, from)
	if hedged {
		return i
	}
	direct := at == i-1 || at == i-2 && s.tokens[i-1].mark == '-'
	if !p.bare && !(at < i && direct) && !s.stated(i, from, to) || s.attributive(i, from, to, p) {
		return i
	}
	if at < i && direct {
		start = at
	}
	c := Claim{Type: Bool, Attribute: p.attribute, No: p.no != no}
	s.freePrice(c, start, next, from, to)
	return s.add(c, start, next)
}

// freePrice adds the price of what is free: nothing, in no currency.
func (s *Scanner) freePrice(c Claim, start, next, from, to int) {
	if c.Attribute != "free" || c.No || s.asked(to) {
		return
	}
	s.add(Claim{Type: Money, Text: "free"}, start, next)
}

// fixed reads phrases that say yes or no as a whole: "sans frais", "en option", "free
// of charge", "sans engagement".
func (s *Scanner) fixed(i, from, to int) int {
	var c Claim
	var words []string
	switch s.tokens[i].word.fold {
	case "sans":
		for _, w := range [...][]string{{"sans", "frais"}, {"sans", "surcout"}, {"sans", "supplement"}} {
			if end := s.follow(i, to, w); end > 0 {
				c, words = Claim{Type: Bool, Attribute: "free"}, w
			}
		}
		if s.follow(i, to, []string{"sans", "engagement"}) > 0 {
			c, words = Claim{Type: Bool, Attribute: "commitment", No: true}, []string{"sans", "engagement"}
		}
	case "no":
		for _, w := range [...][]string{{"no", "charge"}, {"no", "extra", "charge"}, {"no", "additional", "charge"}, {"no", "cost"}, {"no", "extra", "cost"}} {
			if s.follow(i, to, w) > 0 {
				c, words = Claim{Type: Bool, Attribute: "free"}, w
			}
		}
		for _, w := range [...][]string{{"no", "commitment"}, {"no", "minimum", "term"}, {"no", "contract"}} {
			if s.follow(i, to, w) > 0 {
				c, words = Claim{Type: Bool, Attribute: "commitment", No: true}, w
			}
		}
	case "avec":
		if s.follow(i, to, []string{"avec", "engagement"}) > 0 {
			c, words = Claim{Type: Bool, Attribute: "commitment"}, []string{"avec", "engagement"}
		}
	case "en":
		for _, w := range [...][]string{{"en", "option"}, {"en", "supplement"}, {"en", "sus"}} {
			if s.follow(i, to, w) > 0 {
				c, words = Claim{Type: Bool, Attribute: "included", No: true}, w
			}
		}
	}
	if words == nil || s.asked(to) {
		return i
	}
	end := s.follow(i, to, words)
	if c.Attribute == "free" {
		s.freePrice(c, i, end, from, to)
	}
	return s.add(c, i, end)
}

// asked reports whether the sentence that ends before token to is a question.
func (s *Scanner) asked(to int) bool { return s.tokens[to-1].mark == '?' }

// answer reads "Oui", "Non", "Yes", "No" at the beginning of an answer, or alone in a
// cell of a table.
func (s *Scanner) answer(i, to int) int {
	alone := i+1 == to || i+2 == to && s.tokens[i+1].mark == '.' || s.tokens[i+1].mark == ','
	switch {
	case s.label.rowed && alone:
	case s.passage.Question != "" && len(s.scan.Sentences) == 0 && (alone || s.tokens[i+1].kind == markToken):
	default:
		return i
	}
	switch f := s.tokens[i].word.fold; {
	case alone && (f == "none" || f == "aucun" || f == "aucune") && s.label.rowed:
		return s.add(Claim{Type: Bool, Attribute: "yes", No: true}, i, i+1)
	case f == "oui" || f == "yes" || s.tokens[i].mark == '✓' || s.tokens[i].mark == '✔':
		return s.add(Claim{Type: Bool, Attribute: "yes"}, i, i+1)
	case f == "non" || f == "no" || s.tokens[i].mark == '✗' || s.tokens[i].mark == '✘' || s.tokens[i].mark == '✕':
		return s.add(Claim{Type: Bool, Attribute: "yes", No: true}, i, i+1)
	}
	return i
}

// freeOfCharge reports whether "free" tells a price: not "feel free", "free to",
// "toll-free", "free text".
func (s *Scanner) freeOfCharge(i, from, to int) bool {
	if i > from {
		switch b := &s.tokens[i-1]; b.word.fold {
		case "feel", "tax", "toll", "duty", "hands", "sugar", "risk":
			return false
		case "":
			if b.mark == '-' && b.gap == glued {
				return false
			}
		}
	}
	if i+1 < to {
		switch n := &s.tokens[i+1]; n.word.fold {
		case "to", "from", "space", "text", "software", "movement", "will", "speech", "choice", "disk", "up":
			return false
		}
	}
	return s.language != french
}

// stated reports whether a verb, a colon or the shortness of the text makes token i a
// statement.
func (s *Scanner) stated(i, from, to int) bool {
	if s.label.rowed && i == from {
		return true // a cell that begins with it
	}
	if to-from <= 4 && (s.label.rowed || s.tokens[from].word != nil && to-from <= 3) {
		return true
	}
	f := s.tokens[i].word.fold
	if strings.HasPrefix(f, "accept") || strings.HasPrefix(f, "refus") {
		switch f {
		case "accept", "accepts", "acceptons", "acceptent", "refusons", "refusent", "refuse", "refuses", "accepte":
			return i > from && s.tokens[i-1].kind == wordToken
		}
	}
	for j := i - 1; j >= from && j >= i-5; j-- {
		t := &s.tokens[j]
		if t.kind == markToken {
			return t.mark == ':' && j == i-1
		}
		switch t.word.fold {
		case "est", "sont", "etre", "sera", "seront", "reste", "restent", "devient", "deviennent", "is", "are", "be", "isn", "aren", "remains", "becomes", "stays", "rend":
			return true
		}
	}
	return false
}

// attributive reports whether an adjective only names which things are meant: "the
// required documents", "tout document obligatoire".
func (s *Scanner) attributive(i, from, to int, p property) bool {
	if s.language == french || p.attribute == "unlimited" || p.attribute == "free" {
		return false
	}
	if i+1 >= to || s.tokens[i+1].kind != wordToken || s.tokens[i+1].gap > spaced || !s.noun(i+1) || s.language == other {
		return false
	}
	switch s.tokens[i+1].word.fold {
	case "after", "before", "when", "unless", "online", "free", "anywhere", "everywhere", "again", "separately", "within", "once", "today", "worldwide", "throughout":
		return false
	}
	if i > from {
		switch s.tokens[i-1].word.fold {
		case "the", "a", "an", "all", "any", "your", "of", "some", "every", "each", "other":
			return true
		}
	}
	return !s.stated(i, from, to)
}
