package lexical

// everyday are groups of words and phrases that people use for one another when
// they ask for help, whatever the base is about.
var everyday = [][]string{
	// Accounts and messages.
	{"mail", "email", "courriel", "mél", "e-mail"}, {"adresse mail", "adresse email", "adresse électronique"},
	{"sms", "texto", "message"}, {"mdp", "mot de passe", "password"}, {"login", "identifiant"}, {"se connecter", "connexion"},
	{"espace client", "compte client", "mon compte"}, {"créer un compte", "s'inscrire", "inscription"},
	{"spam", "pourriel", "indésirable"}, {"phishing", "hameçonnage"}, {"arnaque", "escroquerie", "fraude"}, {"piraté", "piratage", "hacké"},
	{"pub", "publicité", "publicitaire"}, {"désinscrire", "désabonner"}, {"effacer", "supprimer", "enlever"}, {"appli", "application"},
	{"site", "site internet", "site web"}, {"photo", "image"},
	// Telephone, internet and machines.
	{"tel", "téléphone"}, {"portable", "mobile", "téléphone mobile"}, {"gigas", "go", "données", "data"}, {"box", "routeur", "modem"},
	{"wifi", "wi-fi", "sans fil"}, {"lent", "lenteur", "rame", "ralenti"}, {"panne", "coupure", "marche plus", "fonctionne plus"},
	{"marcher", "fonctionner"}, {"ordi", "ordinateur", "pc"}, {"dépannage", "réparation", "réparer"}, {"technicien", "installateur", "dépanneur"},
	// Money and contracts.
	{"prix", "tarif", "coût", "montant"}, {"coûter", "prix", "tarif"}, {"cher", "prix"}, {"frais", "coût", "pénalité"},
	{"payer", "régler", "paiement"}, {"facture", "facturation", "facturer"}, {"rembourser", "remboursement"}, {"remise", "réduction", "rabais", "promo", "promotion"},
	{"cb", "carte bancaire", "carte bleue"}, {"rib", "iban", "coordonnées bancaires", "compte bancaire"}, {"banque", "bancaire"}, {"chèque", "chéquier"},
	{"prélèvement", "débit"}, {"argent", "somme"}, {"résilier", "annuler", "arrêter", "mettre fin"}, {"résiliation", "annulation"}, {"se désabonner", "résilier"},
	{"abonnement", "contrat", "forfait"}, {"engagement", "durée minimale"}, {"caution", "dépôt de garantie"}, {"impôts", "fiscal"}, {"loyer", "bail"},
	{"proprio", "propriétaire", "bailleur"}, {"impayé", "retard de paiement"}, {"prime", "bonus", "avantage"},
	// Orders, shops and services.
	{"colis", "paquet"}, {"livraison", "expédition"}, {"renvoyer", "retourner", "rendre", "restituer"}, {"commande", "achat"}, {"changer d'avis", "rétractation"},
	{"boutique", "magasin", "agence"}, {"horaires", "heures d'ouverture"}, {"joindre", "contacter", "appeler"}, {"service client", "conseiller"},
	{"rdv", "rendez-vous"}, {"reporter", "déplacer"}, {"réclamation", "plainte", "contester"}, {"délai", "durée", "combien de temps"}, {"prévenir", "informer", "avertir"},
	// People, places and papers.
	{"boulot", "travail", "emploi"}, {"patron", "employeur"}, {"entreprise", "société", "professionnel", "pro"}, {"papiers", "documents", "justificatif"},
	{"voiture", "auto", "véhicule"}, {"vélo", "bicyclette"}, {"maison", "domicile", "logement"}, {"adresse de domicile", "adresse postale"},
	{"déménager", "déménagement"}, {"docteur", "médecin"}, {"bébé", "enfant"}, {"ado", "adolescent", "mineur"}, {"école", "scolaire"}, {"retraite", "pension"},
	{"chômage", "demandeur d'emploi"}, {"sécu", "sécurité sociale"}, {"perdu", "perte"}, {"volé", "vol", "piqué"}, {"cassé", "casse", "abîmé", "endommagé"},
	{"info", "information", "renseignement"}, {"erreur", "faute"}, {"étranger", "hors de france"}, {"mort", "décès", "décédé"}, {"mariage", "marié"},

	// Accounts and messages.
	{"mail", "email", "e-mail"}, {"password", "passcode", "pwd"}, {"login", "log in", "sign in"}, {"sign up", "register", "create an account"},
	{"unsubscribe", "cancel"}, {"delete", "remove", "erase"}, {"deactivate", "disable", "turn off", "switch off"}, {"enable", "activate", "turn on", "switch on"},
	{"app", "application"}, {"photo", "picture", "image", "pic"}, {"video", "movie"}, {"ad", "advertisement"}, {"forgot", "forgotten", "lost"}, {"change", "modify"},
	// Telephone, internet and machines.
	{"phone", "telephone"}, {"cellphone", "cell phone", "mobile phone", "mobile"}, {"router", "modem", "box"}, {"wifi", "wi-fi", "wireless"},
	{"pc", "computer", "laptop"}, {"browser", "web browser"}, {"slow", "speed"}, {"outage", "down", "not working"}, {"broken", "damaged", "cracked"},
	{"fix", "repair", "mend"}, {"engineer", "technician", "installer"}, {"tv", "television"},
	// Money and contracts.
	{"price", "cost", "fee", "charge"}, {"cheap", "cheapest", "lowest price"}, {"bill", "invoice"}, {"pay", "payment"}, {"refund", "reimburse", "money back", "refunded"},
	{"discount", "reduction", "promotion"}, {"cancel", "cancellation", "terminate", "end"}, {"plan", "subscription", "package"}, {"contract length", "minimum term"},
	{"deposit", "guarantee"}, {"cheque", "check"}, {"overdue", "late payment", "unpaid"}, {"buy", "purchase", "order"},
	// Orders, shops and services.
	{"shipping", "delivery"}, {"ship", "deliver"}, {"parcel", "package"}, {"send back", "give back", "return", "giving back"}, {"change my mind", "withdraw", "withdrawal"},
	{"shop", "store", "branch"}, {"opening hours", "open", "business hours"}, {"customer service", "support", "helpline"}, {"contact", "reach", "get in touch"},
	{"appointment", "booking", "visit"}, {"reschedule", "move the appointment", "postpone"}, {"complain", "complaint", "dispute"}, {"mistake", "error", "wrong"},
	// People and places.
	{"home", "house"}, {"address", "location"}, {"job", "work"}, {"company", "business"}, {"car", "vehicle"}, {"kid", "child"}, {"doctor", "physician"},
	{"illness", "disease", "sickness"}, {"transmit", "spread", "transmission"}, {"catch", "infect"}, {"vaccine", "vaccination"}, {"stolen", "theft"},
	{"uk", "united kingdom", "britain"}, {"usa", "united states", "states", "america"}, {"info", "information"}, {"abroad", "foreign country"},
}

// compileVariants prepares groups of equivalents.
func compileVariants(groups [][]string, weight float32) *Synonyms {
	var rules []Synonym
	for _, group := range groups {
		for i, a := range group {
			for _, b := range group[i+1:] {
				rules = append(rules, Synonym{From: a, To: b})
			}
		}
	}
	return compileSynonyms(rules, weight)
}
