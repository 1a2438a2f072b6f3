package judge

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

// The words are matched against folded text: lower case, without accents, with single
// spaces and plain apostrophes.
var (
	acceptLabel   = regexp.MustCompile(`\b(tout accepter|j'accepte|accepter|refuser|tout refuser|accept all|accept|i agree|agree|reject all|got it|allow all|consent)\b`)
	enableScripts = regexp.MustCompile(`(enable|activate|turn on|requires?|need) (java ?script)|java ?script (is|est|to be) (disabled|required|desactive|enabled|necessaire)|(activer|activez|autoriser|necessite) (le )?java ?script`)

	maintenanceTitle = regexp.MustCompile(`\b(en|under|down for|site) maintenance\b|^maintenance( mode)?( [-|] .*)?$|\bback soon\b|be right back|\btemporarily (unavailable|down|offline)\b|momentanement indisponible|temporairement indisponible|revenons (bientot|tres vite|vite)|service unavailable|site indisponible`)
	maintenanceText  = regexp.MustCompile(`\b(en|under|down for|scheduled) maintenance\b|maintenance (en cours|programmee|in progress|work|mode)|back (soon|shortly|online)|(momentanement|temporairement) (indisponible|inaccessible)|temporarily (unavailable|down|offline)|de retour (bientot|tres vite|dans)|revenons (bientot|tres vite|vite)|veuillez (reessayer|revenir) plus tard|please (try|come|check) (again|back) (later|soon)`)

	notFoundTitle = regexp.MustCompile(`(^|\W)(404|410)(\W|$)|\bnot found\b|\bintrouvable\b|\bnon trouvee?\b|n'existe (pas|plus)|(does not|doesn't|no longer) exists?|page (inconnue|unavailable|indisponible)`)
	notFoundText  = regexp.MustCompile(`\bpages? (that |which )?(you|vous|que vous|demandee?|requested|recherchee?)\b.{0,60}(not|n'|no longer|introuvable|pas|plus|moved|deplacee)|(page|contenu|document|adresse|article) (demandee? |recherchee? )?(est |semble )?(introuvable|non trouvee?|n'existe (pas|plus)|n'est (pas|plus) disponible)|(could|can)( ?not|'t) (be found|find)|\berreur 404\b|\b404 error\b|\berror 404\b|(does not|doesn't|no longer) exist|aucune page ne correspond`)

	loginTitle = regexp.MustCompile(`\b(log ?-?in|sign ?-?in|log on|sign on|connexion|se connecter|connectez-vous|identification|identifiez-vous|authentification|authentication|authentifiez-vous|mot de passe|password)\b`)
	loginPath  = regexp.MustCompile(`(?i)/((wp|user|account|member|customer|client|espace)[-_])?(log-?in|log-?on|sign[-_]?in|sso|saml2?|adfs|oauth2?|openid-connect|authorize|authenticate|auth|cas|connexion|identification|se-connecter|session/new)(\.[a-z]{2,5})?(/|$)`)

	consentText = regexp.MustCompile(`\b(cookies?|consent|consentement|traceurs?|vie privee|privacy)\b`)
	consentPath = regexp.MustCompile(`(?i)(^|[/._-])(consent|cookie-?wall|privacy-?wall|gdpr|rgpd|tcf)([/._-]|$)`)
	consentAsk  = regexp.MustCompile(`before you continue|avant de (continuer|poursuivre|acceder)|we value your privacy|we and our \d* ?partners|nous et nos \d* ?partenaires|respect(ons|er)? (de )?votre vie privee|continuer sans accepter|accept(er)? (all|tous? les) (the )?cookies|votre consentement|your consent|parametrer (les|vos|mes) (cookies|choix)|manage (your )?(cookies|preferences|choices)`)
)

func maintenance(f facts, _ *url.URL) Opinion {
	if f.words > maintenanceWords {
		return Opinion{}
	}
	said := maintenanceTitle.MatchString(f.title) || maintenanceTitle.MatchString(f.heading)
	if !maintenanceText.MatchString(f.text) && !(said && (f.refresh || f.words < maintenanceWords/4)) {
		return Opinion{}
	}
	if said || f.words < maintenanceWords/2 {
		return Opinion{Maintenance, "the page says that the site is under maintenance or not available for the moment"}
	}
	return Opinion{}
}

func notFound(f facts, _ *url.URL) Opinion {
	if f.words > notFoundWords {
		return Opinion{}
	}
	if (notFoundTitle.MatchString(f.title) || notFoundTitle.MatchString(f.heading)) && (notFoundText.MatchString(f.text) || f.words < notFoundWords/3) {
		return Opinion{NotFound, "the page says that it does not exist, though it answers as if it did"}
	}
	return Opinion{}
}

func login(f facts, at *url.URL) Opinion {
	byName := loginTitle.MatchString(f.title) || loginTitle.MatchString(f.heading)
	switch {
	case f.words > loginWords:
		return Opinion{}
	case f.password && (byName || LoginAddress(at) || f.words < loginWords/2):
		return Opinion{Login, "the page asks for a password"}
	case byName && LoginAddress(at) && f.words < loginWords/2:
		return Opinion{Login, "the page is the beginning of a login"}
	}
	return Opinion{}
}

func consent(f facts, at *url.URL) Opinion {
	if f.words > consentWords || !f.accept || f.words == 0 {
		return Opinion{}
	}
	asks := consentAsk.MatchString(f.text) || consentPath.MatchString(at.Path)
	if asks && len(consentText.FindAllStringIndex(f.text, -1)) >= 2 {
		return Opinion{Consent, "the page asks for consent to cookies before it shows anything else"}
	}
	return Opinion{}
}

func needsBrowser(f facts, _ *url.URL) Opinion {
	if f.words >= browserWords || f.allWords >= 3*browserWords || f.scripts == 0 {
		return Opinion{}
	}
	switch {
	case f.application != "":
		return Opinion{NeedsBrowser, fmt.Sprintf("its content is put together by a program in the browser (in the element %s)", f.application)}
	case f.enable:
		return Opinion{NeedsBrowser, "it asks to switch JavaScript on"}
	}
	return Opinion{}
}

// LoginAddress reports whether an address looks like that of a login, to which sites
// redirect those whom they do not know.
func LoginAddress(at *url.URL) bool { return at != nil && loginPath.MatchString(at.Path) }

// ConsentAddress reports whether an address looks like that of a consent wall.
func ConsentAddress(at *url.URL) bool {
	return at != nil && (consentPath.MatchString(at.Path) || strings.HasPrefix(at.Host, "consent."))
}

// fold brings text to lower case without accents, with single spaces and plain
// apostrophes.
func fold(s string) string {
	var b strings.Builder
	space := true
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsSpace(r):
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		case r == '\u2019' || r == '\u02bc' || r == '`':
			b.WriteByte('\'')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		space = false
	}
	return strings.TrimSuffix(b.String(), " ")
}

// writeText writes the text below n, elements apart from each other.
func writeText(b *strings.Builder, n *html.Node) {
	// Iterative: a hostile page nests deeper than a stack is wide.
	for at := n; at != nil; {
		if at.Type == html.TextNode {
			b.WriteString(at.Data)
			b.WriteByte(' ')
		}
		if at.FirstChild != nil {
			at = at.FirstChild
			continue
		}
		for at != n && at.NextSibling == nil {
			at = at.Parent
		}
		if at == n {
			return
		}
		at = at.NextSibling
	}
}
