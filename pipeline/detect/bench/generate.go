package bench

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// generate adds the site's pages and plants to the set.
func (s *site) generate(set *Set) error {
	var all []*page
	for _, p := range s.pages {
		some, err := p.expand()
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	byTitle, families, groups := map[string]*Page{}, map[string][]string{}, map[string][]string{}
	for i, p := range all {
		if err := p.copied(s.pages); err != nil {
			return err
		}
		out := Page{
			ID: s.file + "/" + slug(p.title) + suffix(p.language, s.language), Title: fill(p.title, p.language, set.Now), Locale: p.language, Path: p.path,
			Facets: p.facets, Class: p.class, Translation: p.translation,
		}
		if p.translation != "" {
			out.Translation = s.file + "/" + p.translation
		}
		out.URL = s.base + "/" + strings.TrimPrefix(out.ID, s.file+"/")
		days := p.modified
		if days < 0 {
			days = 20 + int(draw(set.Seed, "modified", out.ID)%280)
		}
		out.Modified = set.Now.AddDate(0, 0, -days)
		body, err := s.body(set, p, out.ID)
		if err != nil {
			return fmt.Errorf("page %q: %w", p.title, err)
		}
		out.Body = body
		if p.family != "" {
			families[p.family] = append(families[p.family], out.ID)
		}
		if out.Translation != "" {
			groups[out.Translation] = append(groups[out.Translation], out.ID)
		}
		set.Pages = append(set.Pages, out)
		byTitle[p.title] = &set.Pages[len(set.Pages)-1]
		if p.copyOf != "" {
			plantCopy(set, s.file+"/page-"+strconv.Itoa(i), byTitle[p.copyOf], byTitle[p.title])
		}
	}
	if err := s.settle(set); err != nil {
		return err
	}
	s.pairs(set, families, "family")
	s.pairs(set, groups, "translated")
	s.boilerplate(set)
	return nil
}

// suffix tells the pages of the site's other language apart.
func suffix(language, of string) string {
	if language == of {
		return ""
	}
	return "-" + language
}

// copied takes over the body of the page that this one copies.
func (p *page) copied(pages []*page) error {
	if p.copyOf == "" {
		return nil
	}
	i := slices.IndexFunc(pages, func(o *page) bool { return o.title == p.copyOf })
	if i < 0 || strings.Contains(strings.Join(pages[i].body, "\n"), "[[") {
		return fmt.Errorf("page %q copies %q, which does not stand before it or has marks", p.title, p.copyOf)
	}
	text := strings.Join(pages[i].body, "\n")
	for _, e := range p.edits {
		if !strings.Contains(text, e[0]) {
			return fmt.Errorf("page %q edits %q, which is not there", p.title, e[0])
		}
		text = strings.Replace(text, e[0], e[1], 1)
	}
	p.body = strings.Split(text, "\n")
	return nil
}

func plantCopy(set *Set, id string, a, b *Page) {
	pl := Plant{ID: id, Kind: Duplicate, Level: Whole, Language: a.Locale, A: Mention{Page: a.ID}, B: Mention{Page: b.ID}}
	for _, text := range strings.Split(a.Body, "\n") {
		if len(text) > len(pl.A.Quote) && strings.Contains(b.Body, text) {
			pl.A.Quote, pl.B.Quote = text, text
		}
	}
	set.Plants = append(set.Plants, pl)
}

// pairs plants the lookalikes that whole pages are: siblings of a template, translations.
func (s *site) pairs(set *Set, groups map[string][]string, trap string) {
	for _, ids := range groups {
		for i, a := range ids {
			for _, b := range ids[i+1:] {
				pa, _ := set.Page(a)
				pb, _ := set.Page(b)
				set.Plants = append(set.Plants, Plant{
					ID: s.file + "/" + trap + "/" + strings.TrimPrefix(a, s.file+"/") + "+" + strings.TrimPrefix(b, s.file+"/"), Kind: Lookalike, Trap: trap, Against: Duplicate,
					A: Mention{Page: a, Quote: s.longest(pa.Body)}, B: Mention{Page: b, Quote: s.longest(pb.Body)}, Language: pa.Locale,
				})
			}
		}
	}
}

// boilerplate plants the lookalikes that the footer makes of pages that have nothing
// else in common: each with the one after it in the file.
func (s *site) boilerplate(set *Set) {
	if s.footer == "" {
		return
	}
	doubled := map[[2]string]bool{}
	for _, p := range set.Plants {
		if p.Kind == Duplicate || p.Against == Duplicate {
			doubled[[2]string{p.A.Page, p.B.Page}], doubled[[2]string{p.B.Page, p.A.Page}] = true, true
		}
	}
	last := ""
	for _, p := range set.Pages {
		if !strings.HasPrefix(p.ID, s.file+"/") || p.Locale != s.language {
			continue
		}
		if last != "" && !doubled[[2]string{last, p.ID}] {
			set.Plants = append(set.Plants, Plant{
				ID: p.ID + "+footer", Kind: Lookalike, Trap: "boilerplate", Against: Duplicate,
				A: Mention{Page: last, Quote: s.footer}, B: Mention{Page: p.ID, Quote: s.footer}, Language: s.language,
			})
			last = ""
			continue
		}
		last = p.ID
	}
}

// longest is the longest line of a page, its footer apart.
func (s *site) longest(body string) string {
	return slices.MaxFunc(strings.Split(strings.TrimSuffix(body, s.footer+"\n"), "\n"), func(a, b string) int { return len(a) - len(b) })
}

// body fills the marks, values and dates of a page's lines, and notes what was
// mentioned.
func (s *site) body(set *Set, p *page, id string) (string, error) {
	var out []string
	for _, line := range p.body {
		var failed error
		type found struct {
			d           *planted
			text, value string
			shown       bool // the value stands in the text as such
		}
		var marks []found
		filled := mark.ReplaceAllStringFunc(line, func(m string) string {
			g := mark.FindStringSubmatch(m)
			d := s.plants[g[1]]
			if d == nil {
				failed = fmt.Errorf("[[%s]] is not declared", g[1])
				return m
			}
			text, value, shown, err := s.mention(set, d, g[2], g[3])
			if err != nil {
				failed = err
			}
			marks = append(marks, found{d, text, value, shown})
			return text
		})
		if failed != nil {
			return "", failed
		}
		filled = fill(filled, p.language, set.Now)
		for _, m := range marks {
			text, value := fill(m.text, p.language, set.Now), fill(m.value, p.language, set.Now)
			at := value
			if !m.shown {
				at = ""
			}
			if m.d.language == "" {
				m.d.language = p.language
			}
			m.d.mentions = append(m.d.mentions, Mention{Page: id, Quote: quote(filled, text, at, m.d.kind), Value: value})
		}
		out = append(out, filled)
	}
	if s.footer != "" && p.language == s.language {
		out = append(out, "", s.footer)
	}
	return strings.TrimSpace(strings.Join(out, "\n")) + "\n", nil
}

var literal = regexp.MustCompile(`‹([^›]*)›`)

// mention writes one mark: its text with the value that the plant has at this mention,
// and whether that value stands in it.
func (s *site) mention(set *Set, d *planted, how, text string) (string, string, bool, error) {
	switch how {
	case "":
		text = d.text
	case "~":
		edits := cutEdits(text)
		text = d.text
		for _, e := range edits {
			if !strings.Contains(text, e[0]) {
				return "", "", false, fmt.Errorf("%s: %q is not in what is repeated", d.id, e[0])
			}
			text = strings.Replace(text, e[0], e[1], 1)
		}
	default:
		d.text = text
	}
	if text == "" {
		return "", "", false, fmt.Errorf("[[%s]] repeats nothing", d.id)
	}
	value, shown := "", false
	if g := literal.FindStringSubmatch(text); g != nil {
		value, shown = g[1], true
		text = literal.ReplaceAllString(text, "$1")
	}
	n := len(d.mentions)
	if written := strings.Contains(text, "¤"); len(d.values) > 0 && !shown {
		i := s.choice(set, d, n, written)
		value, shown = d.values[i][n%len(d.values[i])], written
		text = strings.ReplaceAll(text, "¤", value)
	} else if written {
		return "", "", false, fmt.Errorf("%s has no values", d.id)
	}
	return text, value, shown, nil
}

// choice is which of the plant's values its nth mention has.
func (s *site) choice(set *Set, d *planted, n int, written bool) int {
	of := uint64(len(d.values))
	first := draw(set.Seed, s.file, d.id, "first") % of
	switch {
	case !written: // the sentences themselves are the values
		return n % int(of)
	case d.kind == "same" || d.kind == "translation":
		return int(first)
	case d.kind == string(Conflict) || d.kind == string(Drift):
		if n == 0 || of == 1 {
			return int(first)
		}
		return int((first + 1 + draw(set.Seed, s.file, d.id, "second")%(of-1)) % of)
	default:
		return int((first + uint64(n)) % of)
	}
}

// quote is what of the line is the mention: the row of a table, the item of a list, the
// sentence that holds the value, or the whole text where it has none.
func quote(line, text, value, kind string) string {
	line = strings.TrimSpace(line)
	switch {
	case strings.HasPrefix(line, "|"):
		return line
	case kind == string(Duplicate) || traps()[kind] == Duplicate:
		return text
	}
	for _, s := range sentences(text) {
		if value != "" && strings.Contains(s, value) {
			text = s
			break
		}
	}
	if item, ok := strings.CutPrefix(line, "- "); ok && len(sentences(item)) == 1 {
		return item
	}
	return text
}

// sentences cuts a text after a full stop, a question or an exclamation mark that a
// space and a capital letter follow.
func sentences(text string) []string {
	var out []string
	runes := []rune(text)
	from := 0
	for i := 1; i+2 < len(runes); i++ {
		if strings.ContainsRune(".?!", runes[i]) && runes[i+1] == ' ' && unicode.IsUpper(runes[i+2]) && !unicode.IsUpper(runes[i-1]) && i-from > 12 {
			out = append(out, string(runes[from:i+1]))
			from = i + 2
		}
	}
	return append(out, string(runes[from:]))
}

// settle makes plants of the mentions.
func (s *site) settle(set *Set) error {
	var bad []error
	for _, id := range s.order {
		d := s.plants[id]
		against, trap := traps()[d.kind]
		two := !trap && d.kind != string(Expired)
		base := Plant{ID: s.file + "/" + id, Kind: Kind(d.kind), Type: d.kindOf, Level: d.level, Language: d.language}
		if trap {
			base.Kind, base.Trap, base.Against = Lookalike, d.kind, against
			if d.kindOf == "bool" {
				base.Against = YesNo
			}
		}
		switch n := len(d.mentions); {
		case two && n != 2, !two && n == 0:
			bad = append(bad, fmt.Errorf("%s (%s) is mentioned %d times", id, d.kind, n))
		case two:
			base.A, base.B = d.mentions[0], d.mentions[1]
			set.Plants = append(set.Plants, base)
		case base.Kind == Expired || against == Expired:
			for i, m := range d.mentions {
				one := base
				one.A = m
				one.ID += repeat(i)
				set.Plants = append(set.Plants, one)
			}
		case n == 1:
			bad = append(bad, fmt.Errorf("%s (%s) is mentioned once only", id, d.kind))
		default:
			i := 0
			for k, a := range d.mentions {
				for _, b := range d.mentions[k+1:] {
					one := base
					one.A, one.B = a, b
					one.ID += repeat(i)
					set.Plants, i = append(set.Plants, one), i+1
				}
			}
		}
	}
	return errors.Join(bad...)
}

func repeat(i int) string {
	if i == 0 {
		return ""
	}
	return "." + strconv.Itoa(i+1)
}

var day = regexp.MustCompile(`@([dsumyi])([+-]\d+)`)

// fill writes dates: @d-45 is the day 45 days ago in words, @s in figures, @u as it is
// written in the United States, @i as ISO 8601, @m+2 the month in two months, @y-1 last
// year.
func fill(text, language string, now time.Time) string {
	return day.ReplaceAllStringFunc(text, func(m string) string {
		n, _ := strconv.Atoi(m[2:])
		switch t := now.AddDate(0, 0, n); m[1] {
		case 'd':
			return longDate(t, language)
		case 's':
			return t.Format("02/01/2006")
		case 'u':
			return t.Format("January 2, 2006")
		case 'i':
			return t.Format("2006-01-02")
		case 'm':
			t = time.Date(now.Year(), now.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
			return monthName(t, language) + " " + strconv.Itoa(t.Year())
		default:
			return strconv.Itoa(now.Year() + n)
		}
	})
}

func longDate(t time.Time, language string) string {
	number := strconv.Itoa(t.Day())
	if language == "fr" && t.Day() == 1 {
		number = "1er"
	}
	return number + " " + monthName(t, language) + " " + strconv.Itoa(t.Year())
}

func monthName(t time.Time, language string) string {
	if language == "fr" {
		return strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")[t.Month()-1]
	}
	return t.Month().String()
}

// slug is a title as part of an address.
func slug(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		if i := strings.IndexRune("àâäçéèêëîïôöùûüÿœ", r); i >= 0 {
			r = rune("aaaceeeeiioouuuyo"[len([]rune("àâäçéèêëîïôöùûüÿœ"[:i]))])
		}
		switch {
		case r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}
