package dates

import "strings"

func set(words string) map[string]bool {
	out := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// articles say nothing between a cue and its date.
var articles = set("le la les l the on this ce cette")

// units behind a number make it a number of things.
var units = set("euro euros eur dollars dollar usd clients client personnes personne people questions reponses answers users km m cm mm kg g mg mo go to ko mb gb tb kb w kw kwh v mah " +
	"heures heure minutes minute hours secondes seconds jours jour days ans years mots words pages points fois times calories kcal ml litres metres " +
	"habitants salaries employes employees members membres abonnes agences boutiques shops stores pieces exemplaires copies tonnes hectares")

// modifiers stand between a cue and a month or a year.
var modifiers = set("fin mi debut courant end late early mid beginning middle year annee annees")

// legal texts are named by their day.
var legal = set("loi lois decret decrets arrete arretes ordonnance reglement directive deliberation decision arret convention traite circulaire jugement avis " +
	"code accord protocole avenant recommandation resolution charte bareme act regulation law laws decree order judgment judgement ruling treaty ordinance statute " +
	"convention agreement article articles alinea annexe journal cjue scc")

// past says that a verb before a participle puts it into the past.
var past = set("a ont avons avez ai avait avaient avais ete eu eut had was were has have been fut furent etait etaient etais")

// pastWords are verbs of the past by themselves.
var pastWords = set("was were had fut furent etait etaient avait avaient devait devaient fallait pouvait pouvaient voulait lasted ran applied ended expired closed " +
	"launched opened began started founded existed lived worked served stayed remained became took went held joined announced introduced auparavant anciennement " +
	"jadis autrefois previously formerly fonda crea devint dura expira naquit")

// notImperfect end in -ait or -aient and are no verbs of the past.
var notImperfect = set("fait lait trait souhait parfait satisfait extrait retrait portrait attrait distrait bienfait forfait abstrait refait plait connait parait nait " +
	"disparait apparait reconnait imparfait souhaitait contrefait haut surfait stupefait defait essaient paient")

// notFuture end as the French future does and are no verbs.
var notFuture = set("camera opera extra ultra para sara zebra cobra tetra infra supra contra mantra hydra lira algebra sierra tiara bora aura canberra flora " +
	"fiera front affront pedra sutra guitra samsara andorra accra era terra tara chakra")

// futureOf "aura" is a verb after all.
var future = set("aura auront sera seront aurez serez pourrez devrez recevrez verrez ira iront will shall ll aurons serons pourra pourront devra devront")

// occasions have a time: a range of days beside one of them is when it is.
var occasions = set("offre offres promotion promotions promo promos solde soldes remise remises reduction reductions inscription inscriptions candidature candidatures " +
	"fermeture ferme fermee fermes fermees travaux exposition salon festival atelier ateliers conference formation formations session sessions campagne concours jeu consultation " +
	"evenement evenements vacances perturbation perturbations maintenance ouvert ouverte ouverts ouvertes ouverture valable valables valide valides bonus prime tarif tarifs prix gratuit gratuite " +
	"offert offerte code bon enquete sondage appel restaurants bars obligatoire reserve reservations billetterie vente ventes " +
	"offer offers sale sales discount discounts registration registrations applications application closed closure exhibition fair workshop workshops conference webinar " +
	"campaign contest giveaway holiday holidays disruption open valid free voucher coupon price prices enrolment enrollment booking bookings survey event events tickets")

// favours are what is offered: an end of them is an end, whatever the verb.
var favours = set("offert offerte offerts offertes gratuit gratuite gratuits gratuites remise reduction promo promotion cadeau beneficiez beneficie beneficient profitez bonus " +
	"discount free off gift voucher coupon enjoy reduit reduite reduits reduites toute rembourse remboursee")

// keeps say that what began before a day goes on.
var keeps = set("conserv conserve conservent conservez gardent garde gardez reste restent continue continuent continuer demeure demeurent keep keeps remain remains stay stays " +
	"still ancien anciens ancienne anciennes old older toujours")

// participles that do not end in é.
var participles = set("mis pris prise prises souscrit souscrits souscrite souscrites conclu conclus conclue conclues ouvert ouverts ouverte ouvertes emis emise emises acquis acquise acquises vendu vendus " +
	"vendue vendues recu recus recue recues construit construits construite construites ne nes nee nees entre entres tenu tenue tenus tenues rouvert rouverte commis remis remise obtenu obtenus inscrit inscrits inscrite inscrites " +
	"signed subscribed bought purchased made issued placed opened born registered built received ordered submitted taken concluded published created hired sold acquired " +
	"incurred completed granted joined declared enrolled manufactured produced delivered filed paid activated installed booked sent returned applied")

// being before a participle makes it a duty, not a thing that is over.
var being = set("etre be est sont sera seront soit soient is are being get gets")

// extended verbs move an end, also in the past.
var extended = set("prolonge prolongee prolonges prolongees etendu etendue etendus etendues reporte reportee reportes reportees maintenu maintenue maintenus reconduit reconduite " +
	"repousse repoussee decale decalee extended prolonged postponed moved renewed rescheduled pushed")

// returning words say that something comes back every year.
var returning = []string{"chaque annee", "tous les ans", "toutes les annees", "every year", "each year", "annually", "yearly", "chaque mois", "every month", "each month",
	"chaque ete", "chaque hiver", "every summer", "every winter", "annuel", "annuelle", "annuellement"}

// moved are participles of verbs that make their perfect with "être".
var moved = set("ne nes nee nees entre entres entree entrees paru parus parue parues devenu devenus devenue devenues arrive arrives arrivee arrivees sorti sortis sortie sorties " +
	"passe passes passee passees parti partis partie parties venu venus venue venues mort morts morte mortes decede decedee")

// reports tell of a time that is over by what they are.
var reports = set("exercice periode bilan chiffre chiffres statistiques rapport resultats releve donnees compte comptes menee mene conducted fiscal financial period statistics figures " +
	"results data report reported revenue turnover")

// hours are words of a time of day: "by 5 pm on 31 March".
var hours = set("h heure heures am pm minuit midi midnight noon o clock oclock")

// adjectives end as English participles do, and limit nothing that has been done.
var adjectives = set("speed exceed proceed succeed indeed unlimited limited reduced discounted united required needed agreed interested advanced detailed closed opened")
