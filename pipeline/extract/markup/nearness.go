package markup

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A nearness says what a block is close to, by the names of the elements around it.
type nearness uint8

const (
	nearDoubtful nearness = 1 << iota // a teaser, a card, a box, a bar
	nearCaption
	nearContent // named as content, or a main or article element
	nearFigure
	nearPerson // what is said of the author
	nearSide   // a side column
	nearComments
	nearDeck // a line between title and text
)

func nearOf(n *html.Node) nearness {
	var near nearness
	switch n.DataAtom {
	case atom.Body, atom.Html:
		return 0
	case atom.Figcaption:
		near = nearCaption
	case atom.Figure:
		near = nearFigure
	}
	if len(n.Attr) == 0 {
		return near
	}
	if p := attr(n, "itemprop"); p == "articleBody" || p == "mainContentOfPage" {
		near |= nearContent
	}
	for _, names := range [...]string{attr(n, "class"), attr(n, "id")} {
		for part := range nameParts(names) {
			near |= nearName(part)
		}
	}
	return near
}

// nearName is what one word of a class name or ID says.
func nearName(part string) nearness {
	switch part {
	case "content", "article", "post", "entry", "story", "body", "text", "articlebody", "contenu", "texte", "richtext", "rte", "wysiwyg", "markdown", "prose":
		return nearContent
	case "caption", "credit", "credits", "figcaption", "legend", "photo":
		return nearCaption
	case "gallery", "slideshow", "image", "img", "media", "figure", "lightbox", "carousel", "thumb", "video", "embed":
		return nearFigure
	case "author", "authors", "bio", "biography", "byline", "contributor", "profile", "auteur":
		return nearPerson | nearDoubtful
	case "sidebar", "rail", "aside", "widget", "side", "right", "secondary", "newsletter", "inscription", "signup", "subscribe", "promo", "disclaimer", "print":
		return nearSide | nearDoubtful
	case "comment", "comments", "commentlist", "respond", "reply", "discussion", "disqus", "commentaires":
		return nearComments | nearDoubtful
	case "subtitle", "standfirst", "dek", "deck", "subhead", "subheading", "summary", "excerpt", "lede", "chapo", "chapeau":
		return nearDeck | nearDoubtful
	case "meta", "tags", "tag", "date", "teaser", "teasers", "card", "recommended", "recommendations", "more", "trending", "popular", "copyright", "rating",
		"toolbar", "player", "topbar", "banner", "login", "paywall", "info", "bottom", "links", "toc", "tools",
		"notice", "alert", "cta", "box", "infobox", "next", "prev", "previous", "readmore", "latest", "sponsored", "feed", "twitter", "facebook", "instagram",
		"label", "labels", "categories", "category", "timestamp", "posted", "header", "head", "top", "hidden":
		return nearDoubtful
	}
	return 0
}
