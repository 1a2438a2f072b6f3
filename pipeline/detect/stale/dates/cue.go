package dates

import (
	"strings"
)

// beside are the cues that stand directly before a date, articles and days of the week
// left out. The longest that fits decides.
var beside = phrases(map[Cue]string{
	End: `jusqu au|jusqu a|jusqu en|jusqu|jusque|avant|d ici|d ici au|d ici a|d ici en|au plus tard|au plus tard en|expire|expirent|expirera|expireront|expire en|prend fin|prendra fin|prennent fin|
		prendront fin|se termine|se terminent|se terminera|se termineront|s acheve|s achevera|s achevent|cesse|cessera|cesseront|cessent|echeance|date limite|dernier delai|dernier jour|
		valable au|valables au|se clot|se closent|se cloture|se cloturent|se cloturera|ferme|ferment|finit|finissent|finira|finiront|s acheveront|s arrete|s arretent|s arretera|s arreteront|arrive a echeance|arrive a expiration|arrivera a echeance|cloture|cloture des inscriptions|date de fin|fin de validite|fin|expiration|date d expiration|limite de validite|fin de l offre|
		until|till|til|up to|close|last orders|last entry|final day|final day is|cut off|cut off date|last date|through|thru|before|by|no later than|not later than|ends|end|ending|ends in|expires|expire|expiring|will expire|will end|deadline|deadline is|deadline of|closes|closing|
		closing date|valid to|valid thru|prior to|good through|end date|on or before|expiry|expiry date|last day is|last day|use by|best before|due|due by|due date|at latest`,
	Upcoming: `prochain|prochaine|prochaine mise a jour|prochaine revision|prochaine date|next update|next review|next date|a venir|aura lieu|auront lieu|a lieu|ont lieu|se tiendra|se tiendront|se tient|se tiennent|ouvrira|rendez vous|prevu|prevue|prevus|prevues|prevu en|prevue en|prevu pour|prevue pour|
		se deroule|se deroulent|convoque|convoquee|fixe|fixee|notez date|attendu|attendue|attendu en|attendue en|programme|programmee|prochain rendez vous|
		upcoming|coming|coming in|set for|is set for|doors open|retires|shuts down|goes live|go live|arrives|kicks off|goes on sale|is released|moving|due to open|will be held|will launch|will open|takes place|take place|taking place|scheduled for|planned for|expected|expected in|expected for|join us|save date|arriving|launching|opening|is held|due in|next|
		slated for`,
	Start: `a compter du|a compter d|a compter de|a partir du|a partir d|a partir de|a partir|a dater du|des|apres|en vigueur au|en vigueur a compter du|entre en vigueur|entrera en vigueur|entreront en vigueur|applicable|applicable au|applicables au|applicables|
		prend effet|prendra effet|effectif|debute|commence|demarre|debutent|commencent|ouvre|ouvrent|
		from|starting|starting from|starting in|effective|effective from|effective as of|as from|beginning|with effect from|after|on or after|not before|starts|start|begins|begin|start date|opens|launches|available from|in force from`,
	AsOf: `au|en date du|a jour au|a jour en|mis a jour|mise a jour|mis a jour en|mise a jour en|derniere mise a jour|derniere modification|modifie|revise|etat au|situation au|arrete au|a date du|date de mise a jour|
		derniere revision|revu|verifie|
		as of|as at|last updated|updated|last update|last modified|last reviewed|last revised|reviewed|revised|current as of|correct as of|correct at|accurate as of|up to date as of|last checked`,
	History: `depuis|fonde en|fondee en|cree en|creee en|ne en|nee en|copyright|c|termine|terminee|termines|terminees|expiree|expires depuis|clos|close depuis|en vigueur depuis|entree en vigueur|entre en vigueur depuis|
		since|ever since|back in|founded in|created in|born in|established in|expired|ended|closed|launched|launched in|opened|opened in|published|posted|dated|came into force|entered into force|started|began|introduced|introduced in|
		signed|adopted|publie|publiee|poste|postee|ecrit|paru|redige|mis en ligne|mise en ligne|signe|adopte|adoptee|date de publication|publication date|publication|publie en|published in`,
})

// near are the cues that a date may stand a few words from.
var near = phrases(map[Cue]string{
	End: `valable|valables|valide|valides|validite|expire|expirent|expirera|expiration|date limite|echeance|cloture|deadline|valid|expires|expiry|closing date|last day|end date|
		dernier delai|prend fin|se termine|s acheve|fin des|a rendre|a remettre|a deposer|a retourner|a renvoyer|ends|closes|cut off|dernier jour|applications close|prendra fin|se terminera|will end|will expire|reste ouvert|remains open|due`,
	Upcoming: `prochain|prochaine|prochains|prochaines|a venir|aura lieu|auront lieu|a lieu|ont lieu|se tiendra|se tiendront|se tient|ouvrira|ouvriront|bientot|prevu|prevue|prevus|prevues|rendez vous|retrouvez nous|inscrivez vous|vous attendons|vous attend|se deroule|se deroulent|next|seeing you|see you|meet us|
		upcoming|coming|will be held|will launch|scheduled|takes place|take place|join us|coming soon|to be held|will take place`,
})

// behind are the cues that stand directly behind a date.
var behind = phrases(map[Cue]string{
	End: `inclus|inclu|au plus tard|dernier delai|a minuit|inclusive|at latest|included|a 23h59|deadline`,
})

// a phrase is words with what they mean.
type phraseTable struct {
	cues    map[string]Cue
	longest int
}

func phrases(lists map[Cue]string) phraseTable {
	t := phraseTable{cues: make(map[string]Cue)}
	for cue, list := range lists {
		for p := range strings.SplitSeq(list, "|") {
			p = strings.Join(strings.Fields(p), " ")
			if p == "" {
				continue
			}
			// A word of two meanings has the one that makes less of a date: it does no harm.
			if other, twice := t.cues[p]; !twice || cue > other {
				t.cues[p] = cue
			}
			t.longest = max(t.longest, strings.Count(p, " ")+1)
		}
	}
	return t
}

// at returns the cue of the longest phrase that ends words, and how many words it has.
func (t *phraseTable) at(words []string) (Cue, int) {
	for n := min(t.longest, len(words)); n > 0; n-- {
		if cue, ok := t.cues[strings.Join(words[len(words)-n:], " ")]; ok {
			return cue, n
		}
	}
	return None, 0
}

// opening returns the cue of the longest phrase that words begin with.
func (t *phraseTable) opening(words []string) Cue {
	for n := min(t.longest, len(words)); n > 0; n-- {
		if cue, ok := t.cues[strings.Join(words[:n], " ")]; ok {
			return cue
		}
	}
	return None
}

// last returns the cue of the last phrase in words.
func (t *phraseTable) last(words []string) Cue {
	for end := len(words); end > 0; end-- {
		if cue, n := t.at(words[:end]); n > 0 {
			return cue
		}
	}
	return None
}

// The windows of DOUBTS.md 1.7, in words.
const (
	windowLeft  = 6
	windowRight = 3
	// A label is longer: "Date limite pour s'inscrire au concours de pétanque : 26 août".
	windowLabel = 15
	// A participle makes history of "avant" that far to its left.
	windowParticiple = 10
	// The day of a law stands that far behind its kind: "Regulation (EU) 2016/679 of the
	// European Parliament and of the Council of 27 April 2016".
	windowLegal = 16
)

// cueOf decides what the i-th date of a sentence is there for.
func (c *clauses) cueOf(i int) Cue {
	f := &c.found[i]
	k := c.around(i)
	if c.isReference(f, &k) {
		return History
	}
	if !f.HasYear && c.returns() {
		return Recurring
	}
	cue, n := beside.at(k.left)
	if n > 0 && c.negated(&k, n) || cue == History && n == 1 && c.idle(k.places[len(k.places)-1]) {
		cue, n = None, 0
	}
	if cue == AsOf && n == 1 && k.left[len(k.left)-1] == "au" {
		cue = c.toDay(&k)
	}
	if n > 0 && f.Precision == Year {
		cue = c.ofYear(cue, &k)
	}
	if f.Range && (cue == None || cue == Start || cue == AsOf) {
		return c.ofRange(f, &k)
	}
	switch cue {
	case History:
		if c.willBe(f) && c.places(&k, n) { // "sera mis en ligne le"
			return Upcoming
		}
	case End:
		return c.ofEnd(f, &k, n)
	case Upcoming:
		if c.isPast(f) && !c.willBe(f) {
			return History
		}
		return cue
	case None:
		return c.ofNeighbours(f, &k)
	}
	return cue
}

// surroundings are the words around a date, as far as they may speak of it.
type surroundings struct {
	left, right []string // without articles, days of the week and modifiers
	first       int      // of left, among the words
	places      []int    // of left's words
}

func (c *clauses) around(i int) surroundings {
	f := &c.found[i]
	floor, ceiling := 0, len(c.words)
	if i > 0 {
		floor = c.found[i-1].to
	}
	if i+1 < len(c.found) {
		ceiling = c.found[i+1].from
	}
	k := surroundings{first: floor}
	to := f.from
	for to > floor && f.Precision > Day && (modifiers[c.words[to-1].s] || to-1 > floor && (c.words[to-1].s == "of" || c.words[to-1].s == "de") && modifiers[c.words[to-2].s]) {
		to--
	}
	for j := floor; j < to; j++ {
		w := &c.words[j]
		if articles[w.s] || weekdays[w.s] || w.s == "du" && f.Range && j >= to-2 || (w.s == "from" || w.s == "between" || w.s == "entre") && f.Range && j >= to-2 {
			continue
		}
		k.left = append(k.left, w.s)
		k.places = append(k.places, j)
	}
	for j := f.to; j < ceiling && len(k.right) < 12; j++ {
		if !articles[c.words[j].s] {
			k.right = append(k.right, c.words[j].s)
		}
	}
	return k
}

// near returns the last words of the left side as far as a window and a comma reach.
func (c *clauses) nearLeft(f *found, k *surroundings) []string {
	from, window := len(k.left), windowLeft
	if f.from > 0 && strings.HasSuffix(strings.TrimRight(c.text[:c.words[f.from].start], " \u00a0\u202f"), ":") {
		window = windowLabel
	}
	for from > 0 && len(k.left)-from < window {
		j := k.places[from-1]
		next := f.from
		if from < len(k.left) {
			next = k.places[from]
		}
		if gap := c.text[c.words[j].end:c.words[next].start]; from < len(k.left) && strings.ContainsAny(gap, ",|") {
			break
		}
		from--
	}
	return k.left[from:]
}

// ofEnd decides on an end: one that a participle or the past makes history of is none.
func (c *clauses) ofEnd(f *found, k *surroundings, n int) Cue {
	word := k.left[len(k.left)-n]
	switch word {
	case "avant", "before", "prior":
		if c.afterParticiple(f, k, n) && !(c.has(favours) && !c.has(keeps)) {
			return History
		}
	case "des", "due":
	}
	if c.isPast(f) {
		return History
	}
	return End
}

// ofYear takes a year for an end only behind words that cannot mean anything else.
func (c *clauses) ofYear(cue Cue, k *surroundings) Cue {
	switch last := k.left[len(k.left)-1]; {
	case cue == AsOf:
		return None
	case last == "avant" || last == "before" || last == "fin" || last == "due" || last == "end":
		if cue == End && c.modified(k) {
			return End
		}
		return History
	}
	return cue
}

// modified reports whether "fin" or "end of" stands before the year.
func (c *clauses) modified(k *surroundings) bool {
	j := k.places[len(k.places)-1] + 1
	return j < len(c.words) && modifiers[c.words[j].s]
}

// toDay reads "au 31 mars 2025": the state of that day, or the day that something is
// put off to.
func (c *clauses) toDay(k *surroundings) Cue {
	for _, w := range k.left {
		if extended[w] {
			return End
		}
	}
	if cue := near.last(k.left[max(0, len(k.left)-1-windowLeft) : len(k.left)-1]); cue != None {
		return cue
	}
	for _, w := range c.words {
		if isFuture(w.s) {
			return Upcoming
		}
	}
	return AsOf
}

// ofRange decides what a range without a cue is: the time of something that has one.
func (c *clauses) ofRange(f *found, k *surroundings) Cue {
	if f.Precision == Year || !f.HasYear {
		return None
	}
	if n := len(k.left); n > 0 && c.participle(k.places[n-1]) && !c.dutyBefore(k.places[n-1]) {
		if !(c.has(favours) && !c.has(keeps)) && !extended[k.left[n-1]] && !occasions[k.left[n-1]] {
			return History
		}
	}
	if c.isPast(f) {
		return History
	}
	if near.last(c.nearLeft(f, k)) != None || c.willBe(f) {
		return End
	}
	if c.has(reports) || wholeYears(f) || f.Precision != Day {
		return None
	}
	return End
}

// wholeYears reports whether a range is years from 1 January to 31 December: figures
// are given of those, and offers rarely.
func wholeYears(f *found) bool {
	first, last := f.First.Time(), f.Last.Time()
	return first.YearDay() == 1 && last.Month() == 12 && last.Day() == 31
}

// ofNeighbours looks for a cue that does not stand beside the date.
func (c *clauses) ofNeighbours(f *found, k *surroundings) Cue {
	cue := behind.opening(k.right)
	if cue == None {
		cue = near.last(c.nearLeft(f, k))
	}
	if cue == None && len(k.right) > 0 {
		cue = near.last(k.right[:min(windowRight, len(k.right))])
		if cue == End && !c.has(occasions) {
			cue = None // "le 31 mars 2025, le contrat expire" is a rule as often as an end
		}
	}
	if cue == None && c.willBe(f) && (f.Precision < Year || c.introduced(f)) {
		cue = Upcoming
	}
	if cue == None || f.Precision == Year && !c.introduced(f) {
		return None
	}
	if c.isPast(f) && !c.willBe(f) {
		return History
	}
	return cue
}

// introduced reports whether a year stands behind a word that makes it a time.
func (c *clauses) introduced(f *found) bool {
	if f.from == 0 {
		return false
	}
	switch c.words[f.from-1].s {
	case "en", "in", "by", "for", "pour", "courant", "annee", "fin", "debut", "mi", "early", "late", "mid", "of", "l", "until":
		return true
	}
	return false
}

// negated reports whether "not" stands before the cue of an end: not before a day is
// no end.
func (c *clauses) negated(k *surroundings, n int) bool {
	switch k.left[len(k.left)-n] {
	case "avant", "before", "until", "till":
	default:
		return false
	}
	for _, w := range k.left[max(0, len(k.left)-n-3) : len(k.left)-n] {
		if w == "pas" || w == "not" || w == "jamais" || w == "never" {
			return true
		}
	}
	return false
}

// places reports whether the cue of n words is a participle, which tells of the future
// behind "sera".
func (c *clauses) places(k *surroundings, n int) bool {
	j := k.places[len(k.places)-n]
	return c.participle(j) || c.words[j].s == "mis" || c.words[j].s == "mise"
}

func (c *clauses) returns() bool {
	all := make([]string, len(c.words))
	for i := range c.words {
		all[i] = c.words[i].s
	}
	text := " " + strings.Join(all, " ") + " "
	for _, p := range returning {
		if strings.Contains(text, " "+p+" ") {
			return true
		}
	}
	for i := range c.words[:max(0, len(c.words)-1)] {
		if s := c.words[i].s; s == "every" || s == "each" || s == "chaque" {
			if _, ok := c.month(i + 1); ok {
				return true
			}
		}
	}
	return false
}

// has reports whether a word of the set stands in the sentence.
func (c *clauses) has(words map[string]bool) bool {
	for i := range c.words {
		if words[c.words[i].s] {
			return true
		}
	}
	return false
}

// isReference reports whether the date names a law, an author's day or a copyright.
func (c *clauses) isReference(f *found, k *surroundings) bool {
	before := c.text[c.from:c.words[f.from].start]
	if strings.Contains(before, "©") || strings.HasSuffix(strings.TrimRight(strings.ToLower(before), " \u00a0"), "(c)") {
		return true
	}
	n := len(k.left)
	if n == 0 {
		return false
	}
	last := k.left[n-1]
	if f.Precision == Year {
		return last == "copyright" || legal[last] || n > 1 && (last == "de" || last == "of") && legal[k.left[n-2]]
	}
	if f.from == 0 || last != "du" && last != "of" && last != "de" && last != "dated" && !legal[last] {
		return false
	}
	for _, w := range k.left[max(0, n-windowLegal):] {
		if legal[w] {
			return true
		}
	}
	return false
}

// announced returns what the headings above a passage say of its dates.
func announced(path []string) Cue {
	if len(path) == 0 {
		return None
	}
	last := path[len(path)-1]
	return announcedIn(words(last, 0, len(last)))
}

// announcedIn returns what a heading, or a line that leads a list, says of the dates
// below it. A heading with a date of its own speaks of that.
func announcedIn(list []word) Cue {
	all := make([]string, 0, len(list))
	for _, w := range list {
		if w.number >= 0 {
			return None
		}
		all = append(all, w.s)
	}
	text := " " + strings.Join(all, " ") + " "
	for _, p := range [...]string{"a venir", "prochains", "prochaines", "prochain", "prochaine", "upcoming", "next events", "coming up", "coming soon", "bientot"} {
		if strings.Contains(text, " "+p+" ") {
			return Upcoming
		}
	}
	for _, p := range [...]string{"dates limites", "date limite", "deadlines", "deadline", "echeances", "closing dates", "closing date"} {
		if strings.Contains(text, " "+p+" ") {
			return End
		}
	}
	return None
}
