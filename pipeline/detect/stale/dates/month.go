package dates

import "time"

// monthNames are folded; "march" and "may" are also words, see month.
var monthNames = map[string]time.Month{
	"janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7, "aout": 8, "septembre": 9, "octobre": 10, "novembre": 11, "decembre": 12,
	"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
	"janv": 1, "jan": 1, "fevr": 2, "fev": 2, "feb": 2, "mar": 3, "avr": 4, "apr": 4, "jun": 6, "juil": 7, "jul": 7, "aug": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}

// Seasons end in the northern hemisphere, a winter in the year after the one that it
// is named by.
type season struct {
	month time.Month
	day   int
	later int // years
}

var seasons = map[string]season{
	"printemps": {6, 21, 0}, "ete": {9, 22, 0}, "automne": {12, 21, 0}, "hiver": {3, 20, 1},
	"spring": {6, 21, 0}, "summer": {9, 22, 0}, "autumn": {12, 21, 0}, "fall": {12, 21, 0}, "winter": {3, 20, 1},
}

// ordinals count quarters and halves in words.
var ordinals = map[string]int{
	"premier": 1, "deuxieme": 2, "second": 2, "troisieme": 3, "quatrieme": 4, "dernier": 4,
	"first": 1, "third": 3, "fourth": 4, "last": 4,
}

var weekdays = set("lundi mardi mercredi jeudi vendredi samedi dimanche monday tuesday wednesday thursday friday saturday sunday " +
	"lun mer jeu ven sam dim mon tue tues wed thu thur thurs fri sat sun")
