package sitetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// vocabulary is what sentences of one language are made of. In templates, {n} is a
// thing with its article, {d} "of" such a thing, {p} a person or office, {a} a verb
// phrase, {t} a time, {w} a place, {c} a number, {x} a name of the page's own.
type vocabulary struct {
	templates, things, people, actions, times, places []string
	of                                                func(string) string
	headings                                          []string
}

var english = vocabulary{
	templates: []string{
		"{p} checks {n} {t} and writes {x} {c} on the form.",
		"{n} of {x} {a} {t}, unless {p} has said otherwise.",
		"To renew {n}, bring {n} and the letter from {x} {w}.",
		"{x} costs {c} euros {t}; {n} is included.",
		"When {n} {a}, {p} sends {x} within {c} days.",
		"Whoever loses {n} reports it {w}, quoting {x} {c}.",
		"Between {c} and {c} households use {x} {w}.",
		"{p} recommends {x} rather than {n} for anything longer than {c} metres.",
		"A copy {d} stays {w} until {x} is closed.",
		"Since the reform of {x}, {n} {a} {t}.",
		"Press the green key of {x} for {c} seconds, then open {n}.",
		"{n} and {n} are kept apart from {x} {w}.",
		"Without {n}, {x} {a} after {c} minutes.",
		"Questions about {x} are answered by {p} {t}.",
		"The {x} tariff applies to {n} and to every order above {c} euros.",
		"If {x} blinks red, unplug {n} and call {p}.",
		"Half {d} comes from {x}; the rest is paid {t}.",
		"{p} may refuse {x} where {n} is older than {c} years.",
		"Parking for {x} is found {w}, {c} steps from the gate.",
		"Returns of {x} need {n}, the invoice and box number {c}.",
	},
	things:   strings.Split("the invoice,the router,the meter,the contract,the season ticket,the boiler,the permit,the library card,the deposit,the antenna,the receipt,the delivery note,the password,the cable,the voucher,the timetable,the insurance policy,the wheelchair ramp,the compost bin,the parcel,the warranty,the firmware,the sim card,the bank statement,the residence certificate,the swimming badge,the repair kit,the application,the thermostat,the notice of arrears,the keyboard,the battery,the rental agreement,the vaccination booklet,the school meal,the water valve,the parking disc,the membership,the helmet,the passport photo", ","),
	people:   strings.Split("The cashier,The duty engineer,Our hotline,The registrar,The caretaker,The branch in the old town,The warehouse,Your adviser,The appeals board,The school office,The night team,The meter reader,The librarian,The courier,The accounts department", ","),
	actions:  strings.Split("expires,starts again,is charged twice,falls due,becomes void,is renewed without a letter,must be signed,can be paused,moves to the next tier,loses its discount,is checked on site,needs a second signature,stays valid,is refunded in full,is blocked", ","),
	times:    strings.Split("every Tuesday,before noon,at the end of the quarter,during school holidays,from March onwards,on the first working day,after two reminders,once a year,within a fortnight,at weekends,between Christmas and Epiphany,in the evening,without delay", ","),
	places:   strings.Split("at the town hall,behind the station,on the second floor,in the customer area,at counter seven,beside the harbour,in the annex,at any post office,under the menu Account,near the covered market,in the basement,at the depot", ","),
	of:       func(n string) string { return "of " + n },
	headings: []string{"What {x} covers", "Before you order {x}", "Deadlines for {x}", "When {x} fails", "Costs of {x}", "Papers for {x}", "Changing {x}", "{x} abroad"},
}

var french = vocabulary{
	templates: []string{
		"{p} vérifie {n} {t} et inscrit {x} {c} sur le formulaire.",
		"{n} de {x} {a} {t}, sauf avis contraire de la mairie.",
		"Pour renouveler {n}, présentez {n} et le courrier de {x} {w}.",
		"{x} coûte {c} euros {t} ; {n} est compris dans ce prix.",
		"Quand {n} {a}, {p} envoie {x} sous {c} jours.",
		"Qui perd {n} le signale {w} en rappelant {x} {c}.",
		"Entre {c} et {c} foyers utilisent {x} {w}.",
		"{p} conseille {x} plutôt que {n} au-delà de {c} mètres.",
		"Une copie {d} reste {w} jusqu'à la clôture de {x}.",
		"Depuis la réforme {x}, {n} {a} {t}.",
		"Appuyez {c} secondes sur la touche verte de {x}, puis ouvrez {n}.",
		"{n} et {n} se rangent à part de {x}, {w}.",
		"Sans {n}, {x} {a} au bout de {c} minutes.",
		"{p} répond {t} aux questions sur {x}.",
		"Le tarif {x} concerne {n} et toute commande supérieure à {c} euros.",
		"Si {x} clignote en rouge, débranchez {n} puis appelez le {c}.",
		"La moitié {d} provient de {x} ; le reste se règle {t}.",
		"{p} peut refuser {x} lorsque {n} a plus de {c} ans.",
		"Le stationnement pour {x} se trouve {w}, à {c} pas du portail.",
		"Le retour de {x} exige {n}, la facture et le numéro {c}.",
	},
	things:  strings.Split("la facture,le routeur,le compteur,le contrat,l'abonnement,la chaudière,le permis,la carte de lecteur,le dépôt de garantie,l'antenne,le reçu,le bon de livraison,le mot de passe,le câble,le chèque-cadeau,l'horaire,la police d'assurance,la rampe d'accès,le composteur,le colis,la garantie,le micrologiciel,la carte SIM,le relevé bancaire,l'attestation de domicile,le badge de piscine,la trousse de réparation,la demande,le thermostat,l'avis d'échéance,le clavier,la batterie,le bail,le carnet de vaccination,le repas scolaire,la vanne d'eau,le disque de stationnement,l'adhésion,le casque,la photo d'identité", ","),
	people:  strings.Split("La caissière,L'ingénieur d'astreinte,Notre assistance,L'état civil,Le gardien,L'agence de la vieille ville,L'entrepôt,Votre conseillère,La commission de recours,Le secrétariat de l'école,L'équipe de nuit,Le releveur,La bibliothécaire,Le livreur,La comptabilité", ","),
	actions: strings.Split("expire,redémarre,est débité deux fois,arrive à échéance,devient caduc,est reconduit sans courrier,doit être signé,peut être suspendu,passe au palier suivant,perd sa remise,est contrôlé sur place,exige une seconde signature,reste valable,est remboursé en totalité,est bloqué", ","),
	times:   strings.Split("chaque mardi,avant midi,à la fin du trimestre,pendant les vacances scolaires,à partir de mars,le premier jour ouvré,après deux rappels,une fois par an,sous quinzaine,le week-end,entre Noël et l'Épiphanie,en soirée,sans délai", ","),
	places:  strings.Split("à la mairie,derrière la gare,au deuxième étage,dans l'espace client,au guichet sept,près du port,dans l'annexe,dans tout bureau de poste,sous le menu Compte,près des halles,au sous-sol,au dépôt", ","),
	of: func(n string) string {
		if rest, ok := strings.CutPrefix(n, "le "); ok {
			return "du " + rest
		}
		return "de " + n
	},
	headings: []string{"Ce que couvre {x}", "Avant de commander {x}", "Les délais de {x}", "En cas de panne de {x}", "Le prix de {x}", "Les pièces pour {x}", "Modifier {x}", "{x} à l'étranger"},
}

// writer makes the texts of one page.
type writer struct {
	rand  *rand.Rand
	words *vocabulary
	names []string
}

// newWriter returns a writer whose names are its own, so that pages of the same
// vocabulary are about different things.
func newWriter(r *rand.Rand, lang string) *writer {
	w := &writer{rand: r, words: &english}
	if lang == "fr" {
		w.words = &french
	}
	for range 7 {
		w.names = append(w.names, w.name())
	}
	return w
}

func (w *writer) name() string {
	const first, rest, vowels = "BCDFGHJKLMNPRSTVZ", "bcdfglmnprstvz", "aeiou"
	var b strings.Builder
	b.WriteByte(first[w.rand.IntN(len(first))])
	for range 2 + w.rand.IntN(2) {
		b.WriteByte(vowels[w.rand.IntN(len(vowels))])
		b.WriteByte(rest[w.rand.IntN(len(rest))])
	}
	b.WriteByte("aeo"[w.rand.IntN(3)])
	return b.String()
}

func (w *writer) fill(template string) string {
	var b strings.Builder
	for {
		at := strings.IndexByte(template, '{')
		if at < 0 {
			b.WriteString(template)
			break
		}
		b.WriteString(template[:at])
		b.WriteString(w.slot(template[at+1]))
		template = template[at+3:]
	}
	return b.String()
}

func (w *writer) slot(kind byte) string {
	switch kind {
	case 'n':
		return pick(w.rand, w.words.things)
	case 'd':
		return w.words.of(pick(w.rand, w.words.things))
	case 'p':
		return pick(w.rand, w.words.people)
	case 'a':
		return pick(w.rand, w.words.actions)
	case 't':
		return pick(w.rand, w.words.times)
	case 'w':
		return pick(w.rand, w.words.places)
	case 'c':
		return fmt.Sprint(2 + w.rand.IntN(997))
	}
	return pick(w.rand, w.names)
}

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// sentence begins with a capital.
func (w *writer) sentence() string {
	s := w.fill(pick(w.rand, w.words.templates))
	return strings.ToUpper(s[:1]) + s[1:]
}

// paragraph has two to four sentences.
func (w *writer) paragraph() string {
	list := make([]string, 2+w.rand.IntN(3))
	for i := range list {
		list[i] = w.sentence()
	}
	return strings.Join(list, " ")
}

func (w *writer) heading() string { return w.fill(pick(w.rand, w.words.headings)) }

// article is a title with about so many words of text.
func (w *writer) article(words int) (title string, text []block) {
	title = w.heading()
	for n := 0; n < words; {
		if len(text) > 0 && len(text)%4 == 3 {
			text = append(text, block{"h2", w.heading()})
		}
		p := w.paragraph()
		n += strings.Count(p, " ") + 1
		text = append(text, block{"p", p})
	}
	return title, text
}
