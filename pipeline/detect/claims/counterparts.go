package claims

import (
	"strings"

	"freshet/index/lexical"
)

// counterparts give the stem of an English noun that of the French one that counts the
// same, so that a page and its translation can be compared.
var counterparts = func() map[string]string {
	s := lexical.NewStemmer()
	m := make(map[string]string)
	for pair := range strings.FieldsSeq(`device/appareil user/utilisateur channel/chaîne screen/écran digit/chiffre character/caractère time/fois
		person/personne people/personne employee/salarié instalment/mensualité installment/mensualité line/ligne account/compte member/membre
		seat/place file/fichier attempt/tentative try/essai item/article product/produit order/commande shop/boutique store/magasin
		country/pays language/langue call/appel message/message licence/licence license/licence project/projet workspace/espace bag/bagage
		child/enfant children/enfant guest/voyageur traveller/voyageur point/point photo/photo bed/lit book/livre dog/chien cat/chat
		night/nuit room/chambre car/voiture bike/vélo ticket/billet copy/copie page/page word/mot letter/lettre class/cours course/cours
		lesson/leçon session/séance meal/repas student/élève teacher/enseignant pupil/élève document/document invoice/facture bill/facture
		payment/paiement parcel/colis box/boîte key/clé card/carte code/code number/numéro step/étape part/pièce piece/pièce team/équipe
		site/site city/ville town/ville street/rue house/maison home/foyer family/famille household/foyer company/entreprise customer/client
		subscriber/abonné visitor/visiteur participant/participant adult/adulte passenger/passager driver/conducteur vehicle/véhicule
		door/porte window/fenêtre table/table chair/chaise desk/bureau floor/étage station/station stop/arrêt vote/vote question/question
		answer/réponse reading/relevé visit/visite request/demande change/modification update/mise engineer/ingénieur technician/technicien
		wall/mur lift/remontée slot/créneau space/place tree/arbre animal/animal pet/animal plan/forfait option/option game/jeu player/joueur
		bottle/bouteille glass/verre cup/tasse picture/image video/vidéo email/courriel branch/agence office/bureau partner/partenaire
		volunteer/bénévole artist/artiste show/spectacle film/film event/événement prize/prix month/mois`) {
		en, fr, _ := strings.Cut(pair, "/")
		from, _ := s.Stem(en, "en")
		to, _ := s.Stem(fr, "fr")
		m[from] = to
	}
	return m
}()
