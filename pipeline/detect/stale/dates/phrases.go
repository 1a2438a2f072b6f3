package dates

import "strings"

// beside are the cues that stand directly before a date, articles and days of the week
// left out. The longest that fits decides.
var beside = phrases(map[Cue]string{
	End: `jusqu au|jusqu a|jusqu en|jusqu|jusque|avant|d ici|d ici au|d ici a|d ici en|au plus tard|au plus tard en|expire|expirent|expirera|expireront|expire en|prend fin|prendra fin|prennent fin|
		prendront fin|se termine|se terminent|se terminera|se termineront|s acheve|s achevera|s achevent|cesse|cessera|cesseront|cessent|echeance|date limite|dernier delai|dernier jour|
		valable au|valables au|limite au|limitee au|limites au|limitees au|se clot|se closent|se cloture|se cloturent|se cloturera|ferme|ferment|finit|finissent|finira|finiront|s acheveront|s arrete|s arretent|s arretera|s arreteront|arrive a echeance|arrive a expiration|arrivera a echeance|cloture|cloture des inscriptions|date de fin|fin de validite|fin|expiration|date d expiration|limite de validite|fin de l offre|
		until|till|til|up to|up to and including|limited to|close|last orders|last entry|final day|final day is|cut off|cut off date|last date|through|thru|before|by|no later than|not later than|ends|end|ending|ends in|expires|expire|expiring|will expire|will end|deadline|deadline is|deadline of|closes|closing|
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
		dernier delai|prend fin|se termine|s acheve|fin des|date de fin|fin de offre|fin de operation|fin de promotion|fin de vente|end of offer|end of sale|end of promotion|a rendre|a remettre|a deposer|a retourner|a renvoyer|ends|closes|cut off|dernier jour|applications close|prendra fin|se terminera|will end|will expire|reste ouvert|remains open|due`,
	Upcoming: `prochain|prochaine|prochains|prochaines|a venir|aura lieu|auront lieu|a lieu|ont lieu|se tiendra|se tiendront|se tient|ouvrira|ouvriront|bientot|prevu|prevue|prevus|prevues|rendez vous|retrouvez nous|inscrivez vous|venez|rejoignez nous|come and|vous attendons|vous attend|se deroule|se deroulent|next|seeing you|see you|meet us|
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
