package conflict

import "strings"

// wellKnown are contrast sets that need not be learnt: who, where, when, which kind.
// A sentence about one of a set says nothing of another. Folded, one form of each
// number; a stroke parts sets, a slash forms of one word.
const wellKnown = `
standard/classique/normal/normale express/prioritaire/rapide economique|
mensuel/mensuelle/mensuellement/monthly annuel/annuelle/annuellement/annual/yearly trimestriel/trimestrielle/quarterly hebdomadaire/weekly quotidien/quotidienne/daily|
adulte/adult enfant/child/children bebe/baby senior etudiant/etudiante/student junior/ado/teenager|
particulier/particuliere/individual/consumer professionnel/professionnelle/business/entreprise/company association/charity|
france belgique/belgium suisse/switzerland canada luxembourg allemagne/germany espagne/spain italie/italy royaume/uk kingdom europe etranger/abroad corse guadeloupe martinique reunion usa|
matin/morning soir/evening midi/noon apres/afternoon nuit/night|
ete/summer hiver/winter printemps/spring automne/autumn|
petit/petite/small moyen/moyenne/medium grand/grande/large|
basic/basique/essentiel/starter pro premium enterprise solo duo famille/family equipe/team|
ios android windows mac/macos linux|
interieur/indoor exterieur/outdoor|
national/nationale/domestic international/internationale|
simple/single double twin triple|
debit credit|
semaine/weekday weekend|
achat/purchase location/rental|
neuf/neuve occasion/used|
installation activation resiliation/cancellation fermeture/closure|
reduit/reduite/reduced plein/pleine/full|
homme/men femme/women|
mineur/minor majeur|
voiture/car moto/motorcycle velo/bike camion/truck|
chien/dog chat/cat|
gaz/gas electricite/electricity eau/water|
locataire/tenant proprietaire/owner/landlord|
domicile/home relais/point magasin/store|
carte/card cheque/check virement/transfer prelevement/debit especes/cash|
premier/premiere/first deuxieme/second/seconde troisieme/third quatrieme/fourth dernier/derniere/last|
minimum/minimal/minimale maximum/maximal/maximale|
entree/entry sortie/exit|
arrivee/arrival depart/departure|
nord/north sud/south est/east ouest/west|
principal/principale/main secondaire/secondary|
titulaire ayant|
temporaire/temporary permanent/permanente definitif/definitive|
haut/haute/high bas/basse/low|
court/courte/short long/longue|
salarie/salariee/employee independant/freelance fonctionnaire stagiaire/intern
`

// contrastSets maps the tokens of wellKnown to their sets.
var contrastSets = func() map[uint64][]int32 {
	m := make(map[uint64][]int32)
	n := int32(0)
	for set := range strings.SplitSeq(wellKnown, "|") {
		for member := range strings.FieldsSeq(set) {
			for form := range strings.SplitSeq(member, "/") {
				if list := m[token(form)]; len(list) == 0 || list[len(list)-1] != n {
					m[token(form)] = append(list, n)
				}
			}
		}
		n++
	}
	return m
}()
