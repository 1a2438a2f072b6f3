package claims

import (
	"slices"
	"strings"
)

// sense is what a phrase says about what stands near it; a phrase may say several
// things.
type sense uint32

const (
	opMin sense = 1 << iota
	opMax
	opAbout
	opMinAfter // behind the value: "ou plus"
	opMaxAfter
	opBetween  // "entre": the value is a range
	deadline   // "sous", "within": how long something takes
	lasting    // "pendant", "durée": what follows is a duration, no time of day
	clock      // "vers", "at": what follows is a time of day, no duration
	condition  // opens the scope of a condition
	pastTense  // the sentence tells of the past
	changed    // "passé de": the first value is past
	illustrate // an example
	dateEnd
	dateUpcoming
	dateStart
	dateAsOf
	dateHistory
	recurring
	thenPays // "puis": the period of the value before holds
)

// A phrase is a run of folded words with its senses.
type phrase struct {
	words []string
	sense sense
}

// phrases are by their first word, longest first.
var phrases = func() map[string][]*phrase {
	m := make(map[string][]*phrase)
	add := func(s sense, list string) {
		for _, text := range strings.FieldsFunc(list, func(r rune) bool { return r == '|' || r == '\n' }) {
			words := strings.Fields(text)
			if len(words) == 0 {
				continue
			}
			i := slices.IndexFunc(m[words[0]], func(p *phrase) bool { return slices.Equal(p.words, words) })
			if i >= 0 {
				m[words[0]][i].sense |= s
				continue
			}
			m[words[0]] = append(m[words[0]], &phrase{words, s})
		}
	}
	addPhrases(add)
	for _, list := range m {
		slices.SortStableFunc(list, func(a, b *phrase) int { return len(b.words) - len(a.words) })
	}
	return m
}()

func addPhrases(add func(s sense, list string)) {
	add(opMin, `a partir de|a partir d|a partir du|a compter de|des|au moins|au minimum|minimum|minimum de|minimum d|un minimum de|minimale de|minimale d|minimal de|minimal d|plus de|plus d|superieur a|superieure a|superieurs a
		superieures a|au moins egal a|au moins egale a|au moins egaux a|superieur ou egal a|superieure ou egale a|pas moins de|au dela de|depassant|from|at least|minimum of|a minimum of|more than|over|above|no less than|not less than|exceeding|greater than|starting at|starting from
		starts at|starts from|min|upwards of|in excess of`)
	add(opMax, `jusqu a|jusqu au|jusqu aux|jusque|au plus|au maximum|maximum|maximum de|maximum d|un maximum de|maximale de|maximale d|maximal de|maximal d|moins de|moins d|inferieur a|inferieure a|inferieurs a|inferieures a
		inferieur ou egal a|inferieure ou egale a|pas plus de|dans la limite de|limite a|limitee a|limites a|limitees a|plafonne a|plafonnee a|plafonnes a|au plus tard dans les|sans depasser|n excede pas|ne depasse pas|ne peut exceder|ne peut depasser|pas depasser|pas exceder|peut pas depasser|peut pas exceder|sans exceder|n excedant pas|ne depassant pas|ne pas depasser
		up to|at most|maximum of|a maximum of|less than|fewer than|under|below|no more than|not more than|capped at|limited to|max|not exceed|not exceeding|as many as|as much as`)
	add(opAbout, `environ|autour de|autour d|approximativement|a peu pres|aux alentours de|de l ordre de|pres de|quelque|quelques|en moyenne|en moyenne de|about|around|approximately|approx|roughly|nearly|almost|on average|circa|some|presque|une moyenne de|an average of`)
	add(opMinAfter, `ou plus|et plus|au moins|au minimum|minimum|mini|or more|and more|at least|and over|or over|and above|or above|and up|ou superieur|ou superieure|ou superieurs|et superieur|or later|or newer|or higher|et les suivants|et les suivantes|et suivants|et suivantes|ou suivants|ou plus tard|et au dela|and upwards|and onwards|or above|ou ulterieure|ou ulterieur|ou plus recent|ou plus recente|et plus recent|et ulterieures|and later|and newer|and higher|min`)
	add(opMaxAfter, `ou moins|au plus|au maximum|maximum|maxi|or less|or fewer|at most|max|or under|and under|or below|ou inferieur|ou anterieure|or earlier|and below`)
	add(opBetween, `entre|between|comprise entre|compris entre`)
	add(deadline, `sous|sous un delai de|dans un delai de|dans les|dans le delai de|d ici|within|in|within a period of|en`)
	add(lasting, `pendant|durant|duree|duree de|duree d|sous|dans|dans les|delai|delai de|comptez|prend|dure|durent|depuis|toutes les|apres|attendez|attendre|patientez|en|for|within|in|takes|take|lasts|last|every|wait|during|duration|moins de|plus de|au moins|jusqu a|environ|up to|at least|about|tous les`)
	add(clock, `a|des|avant|apres|vers|jusqu a|a partir de|at|before|after|until|by|from|till|around|de`)
	add(condition, `si|sauf|sauf si|sous reserve|sous reserve de|a condition de|a condition que|a condition d|en cas de|en cas d|lorsque|lorsqu|quand|pour les|pour le|pour la|pour un|pour une|pour des|pour toute|pour tout|hors|hormis|excepte|a l exception de|a l exception des|a l exception du|reserve aux|reservee aux|reserve a|reservee a|a moins que|a moins de|des lors que|tant que|uniquement pour|seulement pour|dans le cas|selon|en dehors
		if|unless|except|except for|when|for members|for customers|for the|for new|for existing|for business|for orders|for students|for users|provided|provided that|in case of|in the event of|only for|excluding|as long as|subject to|for those|with the exception of|apart from|other than|for children|for adults|for people|for subscribers|for companies|whenever`)
	add(pastTense, `auparavant|anciennement|autrefois|jadis|precedemment|jusqu alors|jusque la|par le passe|dans le passe|a l epoque|l an dernier|l annee derniere|etait|etaient|avait|avaient|fut|furent|previously|formerly|used to|was|were|had been|in the past|at the time|last year|back then|once was|no longer applies|until recently|ancien tarif|ancienne version|ancien`)
	add(changed, `passe de|passee de|passes de|passees de|est passe de|sont passes de|augmente de|increased from|was increased from|raised from|went from|changed from|reduced from|decreased from|lowered from|rises from|rose from|up from|down from|baisse de|releve de|abaisse de|au lieu de|au lieu d|instead of|contre`)
	add(illustrate, `par exemple|p ex|exemple|exemples|a titre d exemple|for example|for instance|e g|eg|example|examples|such as|imaginons|supposons|prenons|suppose|imagine|let s say|par ex|ex|say`)
	add(dateEnd, `jusqu a|jusqu au|jusqu en|jusqu a la|valable jusqu au|valables jusqu au|avant le|avant|expire le|expire|expirent le|expirent|expirera le|fin le|finit le|prend fin le|prendra fin le|prennent fin le|se termine le|se terminera le|date limite|date limite le|date butoir|au plus tard|au plus tard le|echeance|cloture le|clos le|ferme le|d ici le|d ici au|d ici|until|through|till|ends|ends on|end on|ending|expires|expires on|expire on|expiring|deadline|deadline is|closes on|closes|valid until|valid till|valid through|no later than|not later than|before|by|last day|up to|ending on|runs until|finishes|jusqu`)
	add(dateUpcoming, `prochain|prochaine|a venir|aura lieu|auront lieu|se tiendra|se tiendront|se deroulera|ouvrira|ouvriront|sera disponible|seront disponibles|sera ouvert|sera ouverte|sera lance|sera lancee|sera ferme|sera fermee|seront fermes|seront fermees|bientot|entrera en vigueur|entreront en vigueur|commencera|debutera|est prevu|est prevue|sont prevus|sont prevues|prevu|prevue|sera mis|sera mise|upcoming|will be held|will launch|will take place|will open|will be|will start|will begin|coming|scheduled for|is scheduled|planned for|takes place on|launches on|opens on|will come|will close|will end|will`)
	add(dateStart, `a compter du|a compter de|a partir du|a partir de|a partir d|des le|depuis le|depuis|en vigueur le|en vigueur depuis|entre en vigueur|entree en vigueur|prend effet|effectif|applicable|applicables|applicable au|from|effective|effective from|effective on|as from|starting|starting on|beginning|with effect from|since|as of now|in force since`)
	add(dateAsOf, `au|en date du|a jour au|mis a jour le|mise a jour le|mis a jour|mise a jour|mises a jour|derniere mise a jour|date de mise a jour|a la date du|etat au|situation au|as of|as at|last updated|updated on|updated|last modified|last reviewed|last update|reviewed|verifie le|verifiee le|revise le|revised|revised on|verified|verified on|tarifs au|prix au|tarif au|constate au|arrete au`)
	add(dateHistory, `fonde en|fondee en|fondee le|cree en|creee en|creee le|cree le|depuis|since|founded in|founded|established in|established|created in|born|ne le|nee le|publie le|publiee le|publie en|paru en|paru le|signe le|signee le|adopte le|adoptee le|copyright|posted on|published on|published|written by|launched in|en vigueur depuis|lance en|a ete|ont ete|was|were|etait|avait|date du|date de|du reglement|historique|inaugure|ouvert en|ouverte en|sorti en|released in|released on|released`)
	add(recurring, `chaque annee|tous les ans|chaque|every|each year|every year|annually|annuellement|yearly|tous les`)
	add(thenPays, `puis|ensuite|then|after that|thereafter|apres quoi|followed by|au lieu de|instead of|ou|or`)
}

// A cue is a phrase found in a sentence: tokens [from, to).
type cue struct {
	from, to int
	sense    sense
}

// findCues lists the phrases in tokens [from, to). At each word the longest that
// fits counts.
func (s *Scanner) findCues(from, to int) {
	s.cues = s.cues[:0]
	for i := from; i < to; i++ {
		for _, p := range s.tokens[i].word.phrases {
			if end := s.follow(i, to, p.words); end > 0 {
				s.cues = append(s.cues, cue{i, end, p.sense})
				break
			}
		}
	}
}

// follow returns the end of these words if they stand from token i on, before to,
// else 0. Hyphens and full stops within ("e.g.", "au-delà") do not count.
func (s *Scanner) follow(i, to int, words []string) int {
	for j, w := range words {
		if j > 0 && i < to && (s.tokens[i].mark == '-' || s.tokens[i].mark == '.') && s.tokens[i].gap == glued {
			i++
		}
		if i >= to || s.tokens[i].word.fold != w {
			return 0
		}
		i++
	}
	return i
}

// said returns the last cue of one of the senses that lies in [from, to), and
// whether there is one.
func (s *Scanner) said(senses sense, from, to int) (cue, bool) {
	for k := len(s.cues) - 1; k >= 0; k-- {
		if c := s.cues[k]; c.sense&senses != 0 && c.from >= from && c.to <= to {
			return c, true
		}
	}
	return cue{}, false
}
