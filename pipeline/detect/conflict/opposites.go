package conflict

import "strings"

// A pole is what a word says on one axis: "gratuit" and "payant" are the two poles of
// one axis, "free" and "charged" the same in English.
type pole struct {
	axis uint8
	sign int8
}

// opposites are the axes: words for, and against. A word of the one pole that is
// negated says the other. They are whole words without accents; other forms are found
// by their stems. The same word may stand on several axes.
var opposites = [][2]string{
	axisAllowed: {
		"accepte acceptes acceptee acceptees accepter acceptons acceptent admis admise admises autorise autorises autorisee autorisees autorisation permis permise permet permettent possible possibles possibilite peut peuvent pouvez pouvons puis accepted accept accepts allowed allow allows permitted permit permits can may able possible welcome authorised authorized eligible eligibles",
		"interdit interdite interdits interdites interdiction interdire refuse refuses refusee refusees refuser refusons impossible impossibles prohibe prohibee prohibes proscrit proscrite exclu exclue exclus exclues forbidden prohibited banned refused refuse unable impossible disallowed ineligible ineligibles barred declined"},
	axisFree: {
		"gratuit gratuite gratuits gratuites gratuitement gratuite offert offerte offerts offertes gracieusement free complimentary",
		"payant payante payants payantes facture facturee factures facturees coute coutent frais tarif payer paye payez charged charge charges paid pay pays fee fees costs cost chargeable"},
	axisRequired: {
		"obligatoire obligatoires obligatoirement obligation requis requise requises exige exigee exiges exigees exiger necessaire necessaires indispensable imperatif imperative imperativement faut doit doivent devez demande demandee required mandatory compulsory needed need needs must necessary obligatory requires require essential",
		"facultatif facultative facultatifs facultatives facultativement optionnel optionnelle optionnels dispense dispensee dispenses optional voluntary unnecessary exempt waived"},
	axisIncluded: {
		"inclus incluse incluses inclut incluent inclure compris comprise comprises comprend comprennent integre integree included include includes including comes contains bundled",
		"supplement supplementaire option exclu exclue exclus sus extra excluded excludes separately surcharge"},
	axisRefund: {
		"remboursable remboursables rembourse remboursee rembourses remboursees remboursement rembourser remboursons refundable refunded refund refunds reimbursed reimbursable",
		"nonrefundable irremboursable"},
	axisAvailable: {
		"disponible disponibles propose proposee proposes proposees proposons available offered offer offers supported supports support compatible compatibles",
		"indisponible indisponibles epuise epuisee supprime unavailable discontinued unsupported incompatible incompatibles rupture"},
	axisOpen: {
		"ouvert ouverte ouverts ouvertes ouvre ouvrent ouverture open opens opened reopened accessible accessibles",
		"ferme fermee fermes fermees fermeture ferment closed close closes shut inaccessible inaccessibles"},
	axisRise: {
		"augmente augmentent augmentation augmenter augmentee hausse hausses monte montent monter croissance croit croissent croitre grimpe grimpent progresse progressent progression accru accrue eleve relevement accelere increase increases increased increasing rise rises rising rose risen grew grow grows growth climbed gain gained grown surged raise raised expand expanded higher",
		"diminue diminuent diminution diminuer baisse baissent baisser reduit reduite reduits reduisent reduire reduction recule reculent recul reculer chute chutent chuter decroit decroissent declin abaisse ralentit perd rechauffe fall falls fell fallen falling decrease decreases decreased decreasing decline declined declines drop drops dropped reduce reduced reduces shrink shrank lower lowered cut lost slumped"},
	axisAdopted: {
		"adopte adoptee adoptes adopter adoption approuve approuvee approuver approbation vote ratifie ratifiee valide validee signe signee maintenu maintenue maintenus maintenues confirme confirmee approved approve adopted adopt passed ratified upheld signed confirmed maintained kept validated",
		"rejete rejetee rejetes rejeter rejet repousse repoussee retoque annule annulee annules annulees annuler annulation abandonne abandonnee suspendu suspendue reporte reportee invalide rejected reject rejects voided cancelled canceled dropped scrapped overturned defeated vetoed suspended postponed abandoned denied"},
	axisSupport: {
		"soutient soutiennent soutenir soutenu soutien favorable favorables favoriser approuve defend defendent partisan supports support backs backed favour favor favours favors endorses endorsed promotes",
		"oppose opposent opposer opposition defavorable conteste contestent critique rejette denonce denoncent opposes oppose opposed against criticises condemns rejects objects"},
	axisAutomatic: {
		"automatique automatiques automatiquement automatic automatically",
		"manuel manuelle manuels manuellement manually manual"},
	axisTrue: {
		"vrai vraie vrais vraies authentique authentiques reel reelle reels reelles veritable veritables exact exacte exacts veridique avere averee fonde fondee prouve prouvee demontre confirme true real authentic genuine correct accurate proven confirmed verified factual",
		"faux fausse fausses inexact inexacte inexacts trompeur trompeuse trompeuses errone erronee erronees mensonger mensongere mensonge infonde infondee truque truquee fictif fictive montage infox intox invente inventee canular fabrique fabriquee parodie parodique satirique detourne detournee sorti false fake untrue misleading fabricated fictional hoax inaccurate incorrect wrong doctored staged baseless unfounded debunked myth"},
	axisSafe: {
		"sur sure surs sures sans_danger inoffensif inoffensive securise fiable fiables safe harmless secure reliable",
		"dangereux dangereuse dangereuses danger risque risques nocif nocive toxique toxiques dangerous harmful unsafe toxic risky hazardous unreliable"},
	axisEffective: {
		"efficace efficaces efficacite protege protegent proteger protection guerit fonctionne fonctionnent utile effective efficient works work protects protect useful cures efficacy",
		"inefficace inefficaces inefficacite inutile inutiles ineffective useless inefficient"},
	axisBegin: {
		"commence commencent commencer debut debute debutent demarre lance lancee begin begins began begun start starts started launched starting beginning",
		"termine terminee terminent terminer fin finit finissent acheve achevee cesse arrete arretee interrompu end ends ended finish finished stop stopped ceased halted"},
	axisArrive: {
		"entre entree entrees entrer arrive arrivent arriver rejoint rejoindre integre enter entered enters arrive arrived joins joined joining",
		"quitte quittent quitter sorti sortie sortir parti partie partir retire retiree retrait leave leaves left exit exited withdraw withdrew withdrawn departed quits"},
	axisBefore:   {"avant prealable prealablement anterieur anterieure precede before prior earlier precedes", "apres posterieur posterieure suite suit after later following afterwards"},
	axisFirst:    {"premier premiere premiers premieres first", "dernier derniere derniers dernieres last"},
	axisAll:      {"tous toutes toute tout chaque ensemble totalite entier entiere all every each whole entire everyone everything", "aucun aucune nul nulle personne rien none nobody nothing neither"},
	axisAlways:   {"toujours constamment systematiquement systematique always constantly systematically", "jamais never rarely rarement"},
	axisMore:     {"plus davantage superieur superieure superieurs more greater larger exceeds", "moins inferieur inferieure inferieurs fewer less smaller"},
	axisMost:     {"maximum maximal maximale majorite majoritaire majoritairement record maxi majority mostly highest maximum max most", "minimum minimal minimale minorite minoritaire mini minority lowest minimum min least"},
	axisStrong:   {"fort forte forts fortes important importante importants haut haute grand grande grands grandes eleve elevee elevees strong high large big great major severe heavy", "faible faibles leger legere bas basse petit petite petits petites minime negligeable mineur weak low small little minor slight negligible light"},
	axisPublic:   {"public publique publics publiques public", "prive privee prives privees private"},
	axisLegal:    {"legal legale legaux legales legalement licite legitime legal lawful legitimate legally", "illegal illegale illegaux illegales illegalement illicite illegitime illegal unlawful illegitimate illegally"},
	axisWin:      {"gagne gagnent gagner remporte remportent victoire vainqueur reussi reussite succes won win wins victory succeeded success successful", "perdu perdent perdre perd defaite echoue echouent echec perdant lost lose loses defeat failed fails failure unsuccessful"},
	axisAlive:    {"vivant vivante vivants survecu survivant sain saine alive survived living healthy", "mort morte morts mortes decede decedee deces tue tuee tues tuees dead died deceased killed"},
	axisNatural:  {"naturel naturelle naturels naturellement naturelles natural naturally", "artificiel artificielle artificiels laboratoire humain humaine volontairement criminel artificial artificially laboratory manmade deliberately"},
	axisOnline:   {"ligne internet web online website app", "courrier papier poste guichet personne post mail paper counter"},
	axisFast:     {"rapide rapides rapidement immediat immediate immediatement vite fast quick quickly rapidly immediately immediate", "lent lente lentement tardif tardive slow slowly delayed late"},
	axisPositive: {"positif positive positifs positives avantage benefique beneficiaire ameliore amelioration positive benefit beneficial improve improved improves", "negatif negative negatifs negatives inconvenient nefaste aggrave deteriore deterioration pire negative harm worsen worsened worse deteriorated"},
	axisSame:     {"identique identiques pareil egal egale egaux equivalent meme memes same identical equal", "different differente differents differentes distinct inegal autre autres different unequal distinct"},
	axisSelf:     {"independant independante independance autonome independent autonomous", "dependant dependante rachete rachetee filiale dependance dependent subsidiary acquired"},
	axisNorth:    {"nord septentrional north northern", "sud meridional south southern"},
	axisEast:     {"oriental orientale east eastern", "ouest occidental occidentale west western"},
	axisLeft:     {"gauche left", "droite right"},
	axisYoung:    {"jeune jeunes nouveau nouvelle recent recente young new recent", "vieux vieille ancien ancienne anciens anciennes age agee agees old former elderly"},
	axisDay:      {"jour diurne ete day daytime summer", "nuit nocturne hiver night winter"},
	axisKeep:     {"garder garde conserve conservee conserver conserves keep keeps kept retain retained stored", "supprime supprimee supprimes supprimer suppression efface effacee detruit detruite detruire delete deleted deletes erased removed remove destroyed"},
	axisEnable:   {"active activee activer actif activation enable enabled enables active activated on", "desactive desactivee desactiver inactif desactivation disable disabled disables inactive deactivated off"},
}

// The axes.
const (
	axisAllowed uint8 = iota
	axisFree
	axisRequired
	axisIncluded
	axisRefund
	axisAvailable
	axisOpen
	axisRise
	axisAdopted
	axisSupport
	axisAutomatic
	axisTrue
	axisSafe
	axisEffective
	axisBegin
	axisArrive
	axisBefore
	axisFirst
	axisAll
	axisAlways
	axisMore
	axisMost
	axisStrong
	axisPublic
	axisLegal
	axisWin
	axisAlive
	axisNatural
	axisOnline
	axisFast
	axisPositive
	axisSame
	axisSelf
	axisNorth
	axisEast
	axisLeft
	axisYoung
	axisDay
	axisKeep
	axisEnable
)

// stated are the axes on which two statements of a help page contradict each other
// when everything else agrees; the others need a whole sentence that is the same.
var stated = func() (m uint64) {
	for _, a := range [...]uint8{
		axisAllowed, axisFree, axisRequired, axisIncluded, axisRefund, axisAvailable, axisOpen, axisAutomatic,
		axisLegal, axisAlways, axisAll, axisEffective, axisTrue, axisKeep, axisEnable,
	} {
		m |= 1 << a
	}
	return m
}()

// poles maps folded words to their poles.
var poles = func() map[string][]pole {
	m := make(map[string][]pole)
	for axis, words := range opposites {
		for i, sign := range [...]int8{1, -1} {
			for _, w := range strings.Fields(words[i]) {
				m[w] = append(m[w], pole{uint8(axis), sign})
			}
		}
	}
	return m
}()
