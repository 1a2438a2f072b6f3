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
renvoyer renvoi renvoyez retourner retour retourne retournez restituer restitution rendre rendu rendez rapporter rapportez
rembourser remboursement remboursé recréditer recrédité recrédit reverser reversé
résilier résiliation résilié annuler annulation annulé dénoncer dénonciation arrêt arrêter désabonner désabonnement
livraison livrer livré livrée expédition expédier expédié acheminer acheminé acheminement
colis paquet envoi
facture note addition
caution dépôt
boutique magasin enseigne
voiture véhicule automobile auto
vélo bicyclette deux-roues
ordinateur pc portable
adhérent membre sociétaire adhésion adhérer cotiser cotisation
abonné abonnement abonner souscription souscrire
enfant mineur bambin petit
jeune adolescent ado
adulte majeur
courriel mail email e-mail mél courrier
justificatif attestation preuve
inscription inscrire inscrit inscrivez enregistrer enregistrement
connexion connecter connectez identifier identifiant
changer changement modifier modification modifié
supprimer suppression effacer effacé
acheter achat acquérir acquisition
début commencer commence commencement débuter démarrer démarrage
fin terminer termine achever clore clôture
réparer réparation dépannage dépanner
remplacer remplacement remplacé
demande demander sollicitation solliciter requête
réponse répondre
nuit nuitée nocturne
séjour séjourner hébergement héberger
départ partir quitter
arrivée arriver arrivez
réservation réserver réservé réservez retenir
salarié employé collaborateur personnel équipe
employeur patron
logement appartement habitation domicile
locataire location louer loue louons bail
propriétaire bailleur
loyer mensualité
aide assistance support
panne incident dysfonctionnement défaillance
garantie garanti garantir
assurance assurer assuré
retard tardif tardive impayé
absence absent
échange échanger troquer
perdu perte perdre égaré égarer
vol volé dérobé
paiement règlement régler payer payez versement verser acquitter acquitte débourser
solde reste restant
virement virer
chèque chèques
carte badge
clé clef
salle pièce local
repas déjeuner dîner
cantine restaurant réfectoire restauration
bagage valise
médecin docteur praticien
trajet voyage déplacement
conserver conservation garder gardé stocker stockage
expirer expiration échéance
valable validité valide
naissance naître né
poids peser pèse charge
hauteur haut
largeur large
longueur long
capacité contenance jauge
vitesse rapidité débit
température degrés
directeur directrice dirigeant diriger dirige direction gérant gérante gérance
responsable chargé référent
président présidente présider présidence
habitants population peuplé
tués morts décès décédés victimes
chien animal chat compagnie
piscine bassin baignade nager natation
douche sanitaire lavabo
lessive laverie linge laver lave-linge
ménage nettoyage nettoyer propreté
parking stationnement stationner garer garez
place emplacement parcelle siège
ticket billet
entrée accès accéder entrer
visiteur invité invités hôte visite
voyageur passager
conducteur chauffeur
train rame
bus autobus car
avion vol
gare station
réduction remise rabais ristourne
promotion promo
prime bonus récompense
amende pénalité majoration
taxe impôt contribution
salaire rémunération paie
congé congés vacances
formation stage cours séance leçon
élève étudiant écolier
école établissement scolaire
livre ouvrage document
emprunt emprunter prêt prêter
bibliothèque médiathèque
musée exposition
concert spectacle représentation
film séance projection
eau hydrique
électricité électrique courant
chauffage chauffer chauffe
gaz combustible
compteur relevé
box modem routeur
internet web réseau wifi
mobile smartphone portable
application appli logiciel
fichier document pièce
photo image photographie
sauvegarde sauvegarder backup
passe mot-de-passe
utilisateur usager
client acheteur consommateur
vendeur commerçant marchand
fournisseur prestataire
commande commander
stock disponible
taille dimension format
couleur teinte coloris
bruit calme silence
feu incendie barbecue
fumer cigarette tabac
poubelle déchet ordures tri
recyclage recycler
urgence urgent
hôpital clinique
ordonnance prescription
vaccin vaccination vacciner
sang sanguin
rendez-vous rdv consultation
plainte réclamation réclamer
signature signer signé
dossier candidature
formulaire imprimé
mairie municipalité commune
ville agglomération
pays nation étranger
mensuel mensuellement mois
annuel annuellement an année
hebdomadaire semaine
quotidien journalier
préavis avertissement prévenir avertir
délivrer délivrance obtention
renouveler renouvellement reconduire reconduction
prolonger prolongation extension
suspendre suspension interrompre
activer activation
installation installer pose poser
technicien installateur intervention intervenir
contrat convention engagement
niveau étage
ascenseur monte-charge élévateur
gardien concierge veilleur garde
sécurité sûreté surveillance
casier consigne vestiaire
serviette drap
petit-déjeuner matin
bar buvette café
bateau embarcation navire
montagne sommet altitude
distance kilomètres éloigné
surface superficie aire
volume contenance
numéro référence
refund refunded refunding reimburse reimbursed reimbursement repay
return returned returning
cancel cancellation cancelled canceled terminate termination quit leaving leave
deliver delivery delivered ship shipping shipped shipment dispatch dispatched
parcel package
shop store outlet
car vehicle
bike bicycle cycle cycling
child children kid kids minor
lift elevator
guest visitor
bill invoice statement
overdue late unpaid arrears
employee staff worker team
begin start starting commence
finish end ending
buy purchase bought purchased
change modify amend edit changed alter
delete remove erase removed deleted
repair fix mend
replace replacement replaced swap exchange
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
weight weigh weighs load
height tall
width wide
length long
capacity hold holds
keep retain retention store stored
expire expiry expiration
valid validity
people person persons
population inhabitants residents
killed dead deaths died fatalities
headquarters headquartered based
built construction constructed completed
manager head run runs lead leads director
kitchen kettle cook cooking
desk workspace workstation
room space
meeting conference
print printer printing
film video recording record
dog pet animal cat
parking park car-park
ticket pass
discount reduction off
fine penalty surcharge
wage salary pay
holiday vacation leave
course class lesson training session
student pupil learner
school college
book loan borrow lend
library lending
laundry wash washing
clean cleaning housekeeping
breakfast morning
lunch dinner meal
luggage bag suitcase baggage
flight plane
bus coach
trip journey travel ride
driver chauffeur
passenger traveller traveler
rent rental lease hire
landlord owner
tenant renter lodger
key fob
card badge
locker cabinet
phone telephone mobile cell
app application software
photo picture image
backup copy
password passcode
user account
customer client buyer
seller merchant vendor
supplier provider
order ordered
size dimension
noise quiet silence
fire blaze
smoke smoking cigarette
rubbish waste trash bin garbage
emergency urgent
hospital clinic
doctor physician gp
prescription medication medicine
vaccine vaccination jab shot
appointment booking consultation reservation reserve book booked
complaint claim
sign signature signed
form application
council municipality
town city
country nation abroad
monthly month
yearly annual annually year
weekly week
daily day
renew renewal extend extension
suspend suspension pause
activate activation
install installation fitting
technician engineer
contract agreement
floor storey level
guard security caretaker
towel linen sheet
pool swim swimming
boat ship vessel
distance away
area surface
volume
deposit bond
tax duty levy
join joining membership member
subscription subscriber subscribe
door gate entrance entry
window pane
battery charge
speed rate
upload transfer
download
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

// Stem returns the stem by which a Comparer knows a stem of claims, which is what
// Context.IDF is asked for: one stem stands for words by which the same is said.
func Stem(stem string) string { return thesauri().canonical(stem) }
