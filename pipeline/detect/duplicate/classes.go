package duplicate

// classOf names the class of a word in lower case.
func classOf(word []byte) class {
	switch string(word) {
	case "pas", "non", "ne", "n", "jamais", "aucun", "aucune", "sans", "sauf", "ni", "interdit", "interdite", "impossible",
		"not", "no", "never", "without", "cannot", "neither", "nor", "except", "forbidden", "unless", "isnt", "dont", "doesnt", "cant", "t":
		return polar
	case "zéro", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze",
		"seize", "vingt", "trente", "quarante", "cinquante", "soixante", "cent", "cents", "mille", "demi", "demie", "double", "triple",
		"zero", "two", "three", "four", "five", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
		"sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
		"hundred", "thousand", "half", "twice",
		"janvier", "février", "mars", "avril", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
		"january", "february", "april", "june", "july", "august", "september", "october", "november", "december",
		"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
		"heure", "heures", "jour", "jours", "semaine", "semaines", "mois", "an", "ans", "année", "années", "minute", "minutes",
		"hour", "hours", "day", "days", "week", "weeks", "month", "months", "year", "years",
		"mensuel", "mensuelle", "annuel", "annuelle", "trimestriel", "trimestrielle", "hebdomadaire", "monthly", "yearly", "annual", "weekly", "quarterly":
		return number
	}
	return 0
}

// statesTime reports whether a word announces when a text was written or printed: a
// date or number next to it is none that the text states.
func statesTime(word string) bool {
	switch word {
	case "jour", "jourle", "modifié", "modifiée", "modification", "publié", "publiée", "publication", "révision", "imprimé", "updated", "update",
		"modified", "published", "revised", "reviewed", "revision", "printed", "copyright", "©", "page":
		return true
	}
	return false
}
