package stale

import (
	"net/url"
	"strings"
	"time"

	"freshet/index/catalog"
)

// A Class is what kind of text a document is, in its normal form.
type Class string

// The Classes with a review interval of their own, or none.
const (
	Pricing   Class = "pricing"
	Policy    Class = "policy"
	Legal     Class = "legal"
	HowTo     Class = "howto"
	FAQ       Class = "faq"
	News      Class = "news"
	Changelog Class = "changelog"
	Archive   Class = "archive"
)

// Day is a day of a review interval.
const Day = 24 * time.Hour

// DefaultInterval is that of documents whose class is not known.
const DefaultInterval = 365 * Day

// ClassInterval is how often documents of a class are to be looked at, by default. News,
// changelogs and archives are of their time, and exempt: 0.
func ClassInterval(c Class) time.Duration {
	switch c {
	case Pricing:
		return 90 * Day
	case Policy, Legal, FAQ:
		return 180 * Day
	case HowTo:
		return 365 * Day
	case News, Changelog, Archive:
		return 0
	}
	return DefaultInterval
}

// Origin is where a review interval comes from.
type Origin string

// The Origins, the strongest first.
const (
	OfDocument Origin = "document"
	OfPath     Origin = "path"
	OfSource   Origin = "source"
	OfClass    Origin = "class"
)

// Review is how often documents are to be looked at, as an operator says.
type Review struct {
	// Paths are asked in order; the first that fits decides.
	Paths []PathRule
	// Classes override ClassInterval.
	Classes map[Class]time.Duration
}

// A PathRule is an interval for the documents below a path.
type PathRule struct {
	Base  string        // "": all
	Path  string        // see catalog.MatchPath
	Every time.Duration // 0: no review
}

// Interval is how often a document is to be looked at, 0 for never: what the document
// says, else the first path rule that fits, else its source, else its class.
func (r *Review) Interval(f *Facts) (time.Duration, Origin) {
	if f.ReviewEvery > 0 {
		return f.ReviewEvery, OfDocument
	}
	for _, rule := range r.Paths {
		if (rule.Base == "" || rule.Base == f.Base) && catalog.MatchPath(rule.Path, f.URL, f.ExternalID) {
			return rule.Every, OfPath
		}
	}
	class := ClassOf(f)
	if f.SourceReviewEvery > 0 && ClassInterval(class) > 0 { // news of a source are news
		return f.SourceReviewEvery, OfSource
	}
	if every, ok := r.Classes[class]; ok {
		return every, OfClass
	}
	return ClassInterval(class), OfClass
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	if u.Path == "" {
		return "/"
	}
	return u.Path
}

func segments(p string) []string {
	return strings.FieldsFunc(p, func(r rune) bool { return r == '/' })
}

// ClassOf is the class that the source says, else the one that the address or the title
// shows, else "".
func ClassOf(f *Facts) Class {
	switch said := normalClass(f.Class); said {
	case Pricing, Policy, Legal, HowTo, FAQ, News, Changelog, Archive:
		return said
	case "":
	default:
		return ""
	}
	for _, segment := range segments(pathOf(f.URL)) {
		if c, ok := shown[foldWords(strings.NewReplacer("-", " ", "_", " ").Replace(segment))]; ok {
			return c
		}
	}
	for _, crumb := range f.Path {
		if c, ok := shown[foldWords(crumb)]; ok {
			return c
		}
	}
	return classOfTitle(foldWords(f.Title))
}

func normalClass(c string) Class {
	switch n := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(c)); n {
	case "price", "prices", "tarif", "tarifs":
		return Pricing
	case "policies":
		return Policy
	case "howtos", "guide", "tutorial":
		return HowTo
	case "faqs":
		return FAQ
	case "releasenotes", "changelogs":
		return Changelog
	case "archives":
		return Archive
	case "article", "page", "webpage": // schema.org words that say nothing of the text
		return ""
	default:
		return Class(n)
	}
}

// shown are whole segments of addresses and breadcrumbs that show a class.
var shown = map[string]Class{
	"tarif": Pricing, "tarifs": Pricing, "prix": Pricing, "nos tarifs": Pricing, "pricing": Pricing, "prices": Pricing, "price list": Pricing, "grille tarifaire": Pricing,
	"cgv": Legal, "cgu": Legal, "legal": Legal, "mentions legales": Legal, "conditions generales": Legal, "conditions generales de vente": Legal, "terms": Legal,
	"terms of service": Legal, "terms and conditions": Legal, "privacy": Policy, "privacy policy": Policy, "politique de confidentialite": Policy, "policies": Policy,
	"faq": FAQ, "faqs": FAQ, "foire aux questions": FAQ,
	"news": News, "actualites": News, "actualite": News, "actus": News, "blog": News, "presse": News, "press": News, "press releases": News, "communiques": News, "communiques de presse": News,
	"changelog": Changelog, "release notes": Changelog, "releases": Changelog, "notes de version": Changelog,
	"archive": Archive, "archives": Archive,
}

func classOfTitle(title string) Class {
	for _, begin := range [...]struct {
		words string
		class Class
	}{{"archive", Archive}, {"archives", Archive}, {"changelog", Changelog}, {"notes de version", Changelog}, {"release notes", Changelog},
		{"tarifs", Pricing}, {"nos tarifs", Pricing}, {"grille tarifaire", Pricing}, {"pricing", Pricing}, {"prices", Pricing}, {"price list", Pricing},
		{"conditions generales", Legal}, {"mentions legales", Legal}, {"terms and conditions", Legal}, {"terms of", Legal},
		{"politique de confidentialite", Policy}, {"privacy policy", Policy}, {"faq", FAQ}, {"foire aux questions", FAQ}} {
		if title == begin.words || strings.HasPrefix(title, begin.words+" ") {
			return begin.class
		}
	}
	return ""
}
