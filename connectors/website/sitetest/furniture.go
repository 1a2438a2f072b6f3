package sitetest

import (
	"fmt"
	"html"
	"strings"
)

// Furniture is what all pages of one language carry besides their text.
type Furniture struct {
	Cookies string
	Menu    []string
	Heading string // above Hours and Place
	Hours   string
	Place   string
}

// FurnitureOf is the furniture of a site whose Options say Unmarked: within the
// element that holds the text, in markup that does not tell it from the text.
func FurnitureOf(lang string) Furniture {
	if lang == "en" {
		return Furniture{
			Cookies: "We and our partners keep small files on your machine so that the site remembers you. Accept them or refuse them, as you like.",
			Menu:    []string{"Welcome", "All procedures", "My account", "Town council", "News of the town", "Write to us"},
			Heading: "Come and see us",
			Hours:   "The counters are open from Monday to Friday from 8.45 to 17.15, on Saturday until noon; telephone 01 99 00 12 34.",
			Place:   "Marelle, 12 place du Marché, 99120 Marelle-sur-Orne",
		}
	}
	return Furniture{
		Cookies: "Nos partenaires et nous déposons de petits fichiers sur votre appareil pour que le site vous reconnaisse. Acceptez-les ou refusez-les, à votre guise.",
		Menu:    []string{"Bienvenue", "Toutes les démarches", "Mon compte", "Conseil municipal", "Actualités de la ville", "Nous écrire"},
		Heading: "Venir nous voir",
		Hours:   "Les guichets sont ouverts du lundi au vendredi de 8 h 45 à 17 h 15, le samedi jusqu'à midi ; téléphone 01 99 00 12 34.",
		Place:   "Marelle, 12, place du Marché, 99120 Marelle-sur-Orne",
	}
}

// before writes what stands above the text of an unmarked page.
func (f Furniture) before(b *strings.Builder) {
	fmt.Fprintf(b, "<div class=\"x1\"><p>%s</p></div>\n<div class=\"x2\"><ul>\n", html.EscapeString(f.Cookies))
	for i, m := range f.Menu {
		fmt.Fprintf(b, "<li><span data-to=\"%d\">%s</span></li>\n", i, html.EscapeString(m))
	}
	b.WriteString("</ul></div>\n")
}

// after writes what stands below it.
func (f Furniture) after(b *strings.Builder) {
	fmt.Fprintf(b, "<div class=\"x3\"><h2>%s</h2>\n<p>%s</p><p>%s</p></div>\n", html.EscapeString(f.Heading), html.EscapeString(f.Hours), html.EscapeString(f.Place))
}
