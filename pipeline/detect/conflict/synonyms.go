package conflict

import (
	"strings"
	"sync"

	"freshet/index/lexical"
)

// synonyms are groups of words by which help pages say the same thing; of each group
// the first stands for all. Only words that are used for one another whatever the
// subject are here: "forfait" and "abonnement" are two things on many pages.
const synonyms = `
renvoyer renvoi renvoyez retourner retour retourne retournez restituer restitution rendre rendu
rembourser remboursement remboursé recréditer recrédité recrédit
résilier résiliation résilié annuler annulation annulé dénoncer
livraison livrer livré livrée expédition expédier expédié acheminer acheminé acheminement
colis paquet
facture note
caution dépôt
boutique magasin
voiture véhicule automobile auto
vélo bicyclette cycle bike bicycle
ordinateur pc
adhérent membre abonné sociétaire
enfant mineur
courriel mail email e-mail mél
justificatif attestation
inscription inscrire inscrit inscrivez adhésion adhérer
connexion connecter connectez identifier
changer changement modifier modification modifié
supprimer suppression effacer effacé
acheter achat acquérir acquisition
début commencer commence commencement débuter
fin terminer termine achever
réparer réparation
remplacer remplacement remplacé
demande demander sollicitation solliciter
réponse répondre
envoyer envoi adresser transmettre
nuit nuitée
séjour séjourner
départ partir
arrivée arriver arrivez
réservation réserver réservé réservez
salarié employé collaborateur
employeur patron
logement appartement habitation
aide assistance support
panne incident dysfonctionnement
garantie garanti garantir
assurance assurer assuré
retard tardif
absence absent
échange échanger
perdu perte perdre égaré
vol volé dérobé
paiement règlement régler payer payez
virement virer
carte badge
clé clef
salle pièce
repas déjeuner
bagage valise
médecin docteur praticien
trajet voyage
conserver conservation garder gardé stocker
expirer expiration échéance
valable validité valide
naissance naître né
poids peser pèse
hauteur haut
largeur large
longueur long
capacité contenance accueillir contenir
vitesse rapidité
température thermostat
directeur directrice dirigeant diriger dirige
responsable chargé
président présidente présider
habitants population peuplé
tués morts décès décédés victimes
refund refunded refunding reimburse reimbursed reimbursement
return returned returning
cancel cancellation cancelled canceled terminate termination
deliver delivery delivered ship shipping shipped shipment dispatch dispatched
parcel package
shop store
car vehicle
child children kid kids
lift elevator
guest visitor
bill invoice
overdue late
employee staff worker
begin start starting commence
finish end ending
buy purchase bought purchased
change modify amend edit changed
delete remove erase removed deleted
repair fix mend
replace replacement replaced swap
send sent
reply respond response answer
register sign enrol registration enroll
login log
apartment flat
help support assistance
warranty guarantee guaranteed
insurance insured insure
lost lose misplace misplaced
pay payment paid settle settlement
notice notify
weight weigh weighs
height tall
width wide
length long
capacity hold holds seat seats
keep retain retention store stored
expire expiry expiration
valid validity
people person persons
population inhabitants residents
killed dead deaths died fatalities
headquarters headquartered based
built construction constructed completed
`

// lightWords say of what type a value is, or join it to its subject; where two values
// of one type are compared they tell little.
const lightWords = `
coûter coûte coûtent prix tarif montant facturer facturé facturée facturés élever élève élèvent monter monte
revenir revient somme frais supplément payant compter comptez compte ajouter ajoute s'ajoute réclamer réclamé demandé
délai durée durer dure durent disposer disposez accorder accordé fixer fixé limite maximum minimum moyenne environ
horaire horaires ouvrir ouvre ouvrent ouvert ouverte ouverts ouverture fermer ferme fermé fermeture accueil accueille accueillir recevoir reçoit
téléphone téléphoner appeler appelez joindre joignable composer composez numéro ligne contacter contactez
adresse écrire écrivez site page lien
pouvoir peut peuvent pouvez devoir doit doivent devez falloir faut avoir être faire fait mettre mis prendre prend donner donne
trouver trouve trouvent comprendre comprend comporter comporte inclure inclut inclus offrir proposer propose proposé permettre permet
nombre total taux pourcentage part cas personne
jour jours semaine mois année an heure heures minute date
rester reste aller va venir vient bénéficier bénéficie obtenir recevez utiliser utilisez
cost costs price priced rate amount fee charge charged charges come comes total sum extra
take takes last lasts allow wait within period time term limit maximum minimum average about
open opens opening close closes closing hours
phone call telephone ring reach reached dial number line contact
address write email mail visit page link site
can may must need needs should have has be do get make give use find include includes included offer available
day days week month year hour minute date
per each every
`

// translations are groups of words of the two languages, by which sentences of
// translations are told to be each other's counterparts.
const translations = `
retourner return|rembourser refund|résilier cancel|livraison deliver|colis parcel|facture bill|dépôt deposit|boutique shop|voiture car
vélo bike|ordinateur computer|adhérent member|enfant child|réservation book|départ departure|arrivée arrive|nuit night|séjour stay
paiement pay|salle room|clé key|logement apartment|réparer repair|remplacer replace|garantie warranty|assurance insurance|retard late
perdu lose|vol theft|changer change|supprimer delete|acheter buy|réponse reply|envoyer send|demande request|inscription register
poids weight|hauteur height|largeur width|longueur length|plage beach|piscine pool|chien dog|chat cat|animal pet|cabine cabin|terrasse terrace
navette shuttle|gare station|barrière gate|ménage clean|été summer|hiver winter|adulte adult|bébé baby|étudiant student|client customer
abonnement subscription|forfait plan|carte card|compte account|données data|appareil device|utilisateur user|fichier file|stockage storage
mois month|semaine week|annuel annual|préavis notice|contrat contract|délai deadline|remise discount|réduction discount|gratuit free
repas meal|petit-déjeuner breakfast|chambre room|lit bed|linge linen|serviette towel|électricité electricity|eau water|chauffage heating
médecin doctor|ordonnance prescription|billet ticket|train train|vitesse speed|zone zone|appel call|message message|réseau network
étage floor|ascenseur lift|porte door|parking parking|rue street|ville town|pays country|bureau office|entreprise company|salarié employee
`

// thesaurus is what the words above are by their stems.
type thesaurus struct {
	groups map[string]string // stem to the stem that stands for it
	light  map[string]bool   // by the stem that stands for it
}

// thesauri returns the thesaurus, which is made once.
var thesauri = sync.OnceValue(newThesaurus)

// same makes one group of two.
func (t *thesaurus) same(head, other string) {
	for stem, h := range t.groups {
		if h == other {
			t.groups[stem] = head
		}
	}
	t.groups[other] = head
}

// newThesaurus stems the words in both languages.
func newThesaurus() *thesaurus {
	s := lexical.NewStemmer()
	t := &thesaurus{groups: make(map[string]string), light: make(map[string]bool)}
	for line := range strings.Lines(synonyms) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		head, _ := s.Stem(words[0], "fr")
		for _, language := range [...]string{"fr", "en"} {
			for _, w := range words {
				if stem, stop := s.Stem(w, language); !stop {
					if _, taken := t.groups[stem]; !taken {
						t.groups[stem] = head
					}
				}
			}
		}
	}
	for line := range strings.Lines(translations) {
		for pair := range strings.SplitSeq(strings.TrimSpace(line), "|") {
			french, english, _ := strings.Cut(pair, " ")
			head, _ := s.Stem(french, "fr")
			stem, _ := s.Stem(english, "en")
			// What one language has for a group stands for the other's group too.
			t.same(t.canonical(head), t.canonical(stem))
		}
	}
	for _, language := range [...]string{"fr", "en"} {
		for w := range strings.FieldsSeq(lightWords) {
			stem, _ := s.Stem(w, language)
			t.light[t.canonical(stem)] = true
		}
	}
	return t
}

// canonical returns the stem that stands for a stem.
func (t *thesaurus) canonical(stem string) string {
	if head, ok := t.groups[stem]; ok {
		return head
	}
	return stem
}
