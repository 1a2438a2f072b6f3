package claims

import "strings"

// A lexeme is what a folded word may mean. Most fields are zero.
type lexeme struct {
	number   int16 // value of a number word + 1
	scale    int64 // a thousand, a million, a billion
	month    int8  // 1 to 12
	weekday  int8  // 1 is Monday, 8 all working days, 9 Saturday and Sunday, 10 every day
	time     timeUnit
	currency string // ISO 4217, or "cent"
	unit     string // key of units
	flags    flags
}

// flags are what else a word is.
type flags uint32

const (
	numbersNext  flags = 1 << iota // what follows is an identifier: article, page, n°
	lawful                         // names a law: its date and number are no claims
	street                         // in addresses
	adjective                      // between a number and its noun
	notCounted                     // never a noun that is counted
	business                       // working, ouvrés
	connects                       // to, à, or: between the ends of a range
	negates                        // ne, pas, not
	unsaid                         // negates or only: in no stems
	product                        // has versions
	office                         // a role
	abbreviation                   // a full stop behind it ends no sentence
	calls                          // a number behind it is a telephone number
)

// timeUnit is a unit of duration.
type timeUnit uint8

const (
	second timeUnit = iota + 1
	minute
	hour
	day
	week
	fortnight
	month
	quarter
	semester
	year
)

// base tells what a timeUnit is in the Unit of a Claim: value*mul/div.
var timeBase = [...]struct {
	unit     string
	mul, div int64
}{
	second: {"minute", 1, 60}, minute: {"minute", 1, 1}, hour: {"minute", 60, 1},
	day: {"day", 1, 1}, week: {"day", 7, 1}, fortnight: {"day", 14, 1},
	month: {"month", 1, 1}, quarter: {"month", 3, 1}, semester: {"month", 6, 1}, year: {"month", 12, 1},
}

// periods name a timeUnit behind "par" or "per".
var periods = [...]string{
	second: "second", minute: "minute", hour: "hour", day: "day", week: "week", fortnight: "fortnight",
	month: "month", quarter: "quarter", semester: "semester", year: "year",
}

// units maps a unit of measure to its base unit: value*mul/div.
var units = map[string]struct {
	base     string
	mul, div int64
}{
	"mg": {"g", 1, 1000}, "g": {"g", 1, 1}, "kg": {"g", 1000, 1}, "t": {"g", 1_000_000, 1},
	"lb": {"g", 45359237, 100000}, "oz": {"g", 28349523, 1000000},
	"mm": {"m", 1, 1000}, "cm": {"m", 1, 100}, "m": {"m", 1, 1}, "km": {"m", 1000, 1},
	"in": {"m", 254, 10000}, "ft": {"m", 3048, 10000}, "mile": {"m", 1609344, 1000},
	"cm2": {"m2", 1, 10000}, "m2": {"m2", 1, 1}, "km2": {"m2", 1_000_000, 1}, "ha": {"m2", 10000, 1},
	"ml": {"l", 1, 1000}, "cl": {"l", 1, 100}, "dl": {"l", 1, 10}, "l": {"l", 1, 1}, "hl": {"l", 100, 1},
	"m3": {"l", 1000, 1}, "cm3": {"l", 1, 1000},
	"byte": {"byte", 1, 1}, "kB": {"byte", 1e3, 1}, "MB": {"byte", 1e6, 1}, "GB": {"byte", 1e9, 1}, "TB": {"byte", 1e12, 1},
	"KiB": {"byte", 1 << 10, 1}, "MiB": {"byte", 1 << 20, 1}, "GiB": {"byte", 1 << 30, 1}, "TiB": {"byte", 1 << 40, 1},
	"bit": {"bit", 1, 1}, "kb": {"bit", 1e3, 1}, "Mb": {"bit", 1e6, 1}, "Gb": {"bit", 1e9, 1}, "Tb": {"bit", 1e12, 1},
	"kb/s": {"bit/s", 1e3, 1}, "Mb/s": {"bit/s", 1e6, 1}, "Gb/s": {"bit/s", 1e9, 1},
	"W": {"W", 1, 1}, "kW": {"W", 1e3, 1}, "MW": {"W", 1e6, 1}, "Wh": {"Wh", 1, 1}, "kWh": {"Wh", 1e3, 1}, "MWh": {"Wh", 1e6, 1},
	"mAh": {"mAh", 1, 1}, "A": {"A", 1, 1}, "V": {"V", 1, 1}, "°C": {"°C", 1, 1}, "°F": {"°F", 1, 1},
	"Hz": {"Hz", 1, 1}, "kHz": {"Hz", 1e3, 1}, "MHz": {"Hz", 1e6, 1}, "GHz": {"Hz", 1e9, 1},
	"px": {"px", 1, 1}, "dpi": {"dpi", 1, 1}, "Mpx": {"px", 1e6, 1}, "dB": {"dB", 1, 1}, "kcal": {"kcal", 1, 1},
}

// unitSymbols are units as they are written, case counting.
var unitSymbols = symbols(`mg mg|g g|gr g|kg kg|Kg kg|KG kg|kgs kg|t t|lb lb|lbs lb|oz oz|mm mm|cm cm|m m|km km|Km km|in in|ft ft|mi mile
	cm² cm2|m² m2|km² km2|m2 m2|ha ha|ml ml|mL ml|cl cl|cL cl|dl dl|l l|L l|hl hl|m³ m3|m3 m3|cm³ cm3
	o byte|B byte|ko kB|Ko kB|KO kB|kB kB|KB kB|kb kb|Kb kb|mo MB|Mo MB|MO MB|MB MB|Mb Mb|mb MB|go GB|Go GB|GO GB|GB GB|gb GB|Gb Gb|To TB|TB TB|TO TB|tb TB
	Kio KiB|KiB KiB|Mio MiB|MiB MiB|Gio GiB|GiB GiB|Tio TiB|TiB TiB|kbps kb/s|Kbps kb/s|kbits kb/s|Mbps Mb/s|mbps Mb/s|Gbps Gb/s|gbps Gb/s|Kbit kb|kbit kb|Mbit Mb|Mbits Mb|Gbit Gb|Gbits Gb
	W W|kW kW|KW kW|MW MW|Wh Wh|kWh kWh|KWh kWh|kwh kWh|MWh MWh|mAh mAh|V V|Hz Hz|kHz kHz|MHz MHz|GHz GHz|px px|Mpx Mpx|MP Mpx|Mpix Mpx|dpi dpi|ppp dpi|dB dB|kcal kcal`)

func symbols(list string) map[string]string {
	m := make(map[string]string)
	for _, line := range strings.Split(list, "\n") {
		for _, pair := range strings.Split(line, "|") {
			surface, unit, _ := strings.Cut(strings.TrimSpace(pair), " ")
			m[surface] = unit
		}
	}
	return m
}

// lexicon is what folded words mean, in French and English alike.
var lexicon = func() map[string]lexeme {
	m := make(map[string]lexeme)
	put := func(list string, set func(l *lexeme, i int)) {
		for i, group := range strings.Fields(list) {
			for _, w := range strings.Split(group, ",") {
				l := m[w]
				set(&l, i)
				m[w] = l
			}
		}
	}
	putNumbers(put)
	put(`janvier,january,jan,janv fevrier,february,feb,fev,fevr mars,march,mar avril,april,apr,avr mai,may juin,june,jun
		juillet,july,jul,juil aout,august,aug septembre,september,sept,sep octobre,october,oct novembre,november,nov
		decembre,december,dec`, func(l *lexeme, i int) { l.month = int8(i + 1) })
	put(`lundi,lundis,monday,mondays,lun,mon mardi,mardis,tuesday,tuesdays,mar,tue,tues mercredi,mercredis,wednesday,wednesdays,mer,wed
		jeudi,jeudis,thursday,thursdays,jeu,thu,thur,thurs vendredi,vendredis,friday,fridays,ven,fri samedi,samedis,saturday,saturdays,sam,sat
		dimanche,dimanches,sunday,sundays,dim,sun weekdays,weekday weekend,weekends,week-end daily`,
		func(l *lexeme, i int) { l.weekday = int8(i + 1) })
	put(`s,sec,secs,seconde,secondes,second,seconds min,mins,mn,minute,minutes h,hr,hrs,heure,heures,hour,hours j,jour,jours,day,days
		semaine,semaines,week,weeks quinzaine,fortnight,fortnights mois,month,months,mth,mths trimestre,trimestres semestre,semestres
		an,ans,annee,annees,year,years,yr,yrs`, func(l *lexeme, i int) { l.time = timeUnit(i + 1) })
	put(`eur,euro,euros usd,dollar,dollars gbp,pound,pounds chf cad jpy,yen,yens cent,cents,centime,centimes,centimess aud sek dkk nok pln mad,dirham,dirhams xof`,
		func(l *lexeme, i int) {
			l.currency = [...]string{"EUR", "USD", "GBP", "CHF", "CAD", "JPY", "cent", "AUD", "SEK", "DKK", "NOK", "PLN", "MAD", "XOF"}[i]
		})
	put(`milligramme,milligrammes,milligram,milligrams gramme,grammes,gram,grams kilogramme,kilogrammes,kilogram,kilograms,kilo,kilos
		tonne,tonnes,ton,tons millimetre,millimetres,millimeter,millimeters centimetre,centimetres,centimeter,centimeters
		metre,metres,meter,meters kilometre,kilometres,kilometer,kilometers inch,inches,pouce,pouces feet,foot mile,miles
		hectare,hectares millilitre,millilitres,milliliter,milliliters centilitre,centilitres litre,litres,liter,liters
		octet,octets,byte,bytes kilooctet,kilooctets,kilobyte,kilobytes megaoctet,megaoctets,megabyte,megabytes
		gigaoctet,gigaoctets,gigabyte,gigabytes,gigas,giga teraoctet,teraoctets,terabyte,terabytes bit,bits
		watt,watts kilowatt,kilowatts volt,volts pixel,pixels ampere,amperes,amp,amps kilowattheure,kilowattheures wattheure,wattheures`,
		func(l *lexeme, i int) {
			l.unit = [...]string{"mg", "g", "kg", "t", "mm", "cm", "m", "km", "in", "ft", "mile", "ha", "ml", "cl", "l",
				"byte", "kB", "MB", "GB", "TB", "bit", "W", "kW", "V", "px", "A", "kWh", "Wh"}[i]
		})
	flag := func(f flags, list string) {
		put(list, func(l *lexeme, _ int) { l.flags |= f })
	}
	putFlags(flag)
	return m
}()

func putNumbers(put func(list string, set func(l *lexeme, i int))) {
	value := func(from, step int) func(l *lexeme, i int) {
		return func(l *lexeme, i int) { l.number = int16(from + i*step + 1) }
	}
	put(`zero un,une,one deux,two trois,three quatre,four cinq,five six sept,seven huit,eight neuf,nine dix,ten onze,eleven
		douze,twelve treize,thirteen quatorze,fourteen quinze,fifteen seize,sixteen seventeen eighteen nineteen`, value(0, 1))
	put(`vingt,vingts,twenty trente,thirty quarante,forty cinquante,fifty soixante,sixty septante,seventy huitante,octante,eighty nonante,ninety
		cent,cents,hundred`, value(20, 10))
	for i, list := range []string{"mille,thousand", "million,millions", "milliard,milliards,billion,billions"} {
		put(list, func(l *lexeme, _ int) { l.scale = [...]int64{1e3, 1e6, 1e9}[i] })
	}
}

func putFlags(flag func(f flags, list string)) {
	flag(numbersNext, `article articles art page pages p chapitre chapitres chapter section sections annexe appendix figure fig tableau table
		paragraphe para alinea numero numeros no n nos number reference ref dossier code etape step titre title
		version versions formulaire form cerfa lot bp cs cedex batiment bat ligne line zone zones groupe group niveau level
		siren siret rcs iban naf ape iso rfc norme directive reglement decret loi arrete deliberation convention
		question volume vol tome partie part port porte bus metro terminal salle room chambre bureau poste ext`)
	flag(lawful, `loi lois decret decrets ordonnance arrete directive reglement deliberation circulaire convention act regulation law bill
		rgpd gdpr cnil jorf traite treaty arret decision avis recommandation code`)
	flag(street, `rue avenue av boulevard bd place quai allee allees chemin impasse square cours route passage faubourg esplanade
		street st road rd lane drive court avenue ave boulevard blvd way`)
	flag(adjective, `nouveaux nouvelles nouveau nouvelle autres autre premiers premieres derniers dernieres dernier derniere premier premiere
		prochains prochaines prochain prochaine grandes grands petites petits memes simples differents differentes principaux principales seul seule seuls seules
		bons bonnes gros grosses longs longues pleins pleines
		different additional extra new simultaneous free active connected main other more separate last first next previous past
		consecutive single full whole small large big independent distinct common general registered personal business working
		calendar possible available major key basic simple long short`)
	flag(notCounted, `a an and or of in on at to the for from by per with as is are was were be than that this these those if so but not no it its we you they
		de d des du le la les l un une et ou en au aux par pour sur dans avec sans est sont etait qui que quoi dont ce ces cette se sa son ses plus moins
		il elle ils elles nous vous on y a ont peut doit sera seront ainsi mais donc car puis alors ensuite si entre
		then which when where who whose while after before until during also only per cent percent pourcent environ about
		deux trois quatre fois-ci ht ttc tva vat am pm an mois jours heures e eme er ere th nd rd st th
		http https www com fr org eu net gouv html pdf
		has have had does do did can could may might must shall should will would there here all both each every
		chaque tout tous toute toutes afin lors selon chez vers jusqu depuis pendant contre sous voir cf etc ex via
		minimum maximum min max million millions cas case cases facon facons maniere manieres way ways moyen moyens raison raisons reason reasons
		chose choses thing things sorte sortes type types kinds volets parties`)
	flag(business, `ouvre ouvres ouvree ouvrees ouvrable ouvrables working business`)
	flag(connects, `a ou to or through and et`)
	flag(negates, `ne n pas not non no never jamais aucun aucune nul nulle sans without cannot isn aren doesn don didn won wasn weren couldn shouldn can hasn haven nor ni`)
	flag(unsaid, `ne n pas not non no t isn aren doesn don didn won cannot`)
	flag(product, `ios android windows macos ipados watchos tvos visionos linux ubuntu debian chrome firefox safari edge opera python java php node
		office excel word wordpress drupal prestashop magento joomla tls ssl http usb bluetooth hdmi go postgresql mysql mariadb sqlite
		version release`)
	flag(office, `directeur directrice president presidente gerant gerante responsable chef cheffe ceo cfo cto coo dpo dpd rssi ciso delegue deleguee
		maire ministre secretaire tresorier tresoriere manager director chairman chairwoman chair head founder fondateur fondatrice
		editor publisher editeur redacteur redactrice mediateur mediatrice ombudsman contact interlocuteur referent referente publication`)
	flag(abbreviation, `m mm mme mlle mlles mr mrs ms dr prof st ste me art env ex p pp cf etc av apr al fig no nos vol chap ed tel max min
		inc excl incl ltd co corp vs approx dept est e g i eg ie jr sr av bd rd ave ref resp janv fevr avr juil sept oct nov dec jan feb mar apr jun jul aug
		mon tue tues wed thu thur fri sat sun`)
	flag(calls, `tel telephone telephonique appelez appeler appel composez composer contactez joignable numero call dial phone hotline fax mobile portable
		ring number appels joindre standard`)
}
