package markup

import (
	"slices"
	"strings"
	"unicode"
)

// shortCaption is the longest text, in bytes, that is compared with captions, and
// tersest the longest in which a word may stand anywhere.
const (
	shortCaption = 160
	tersest      = 80
)

// caption recognises the short lines in English and French with which pages
// announce or label what is not content. A question is none.
func caption(text string) bool {
	if len(text) > shortCaption || strings.HasSuffix(strings.TrimRight(text, " »"), "?") {
		return false
	}
	s := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(text)), "’", "'")
	bare := strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '©' })
	if slices.Contains(wholeCaptions, bare) {
		return true
	}
	for _, p := range captionStarts {
		if strings.HasPrefix(bare, p) {
			return true
		}
	}
	if len(s) < tersest {
		for _, p := range captionWords {
			if strings.Contains(s, p) {
				return true
			}
		}
	}
	return false
}

// bareAddress reports whether a text is an address and nothing else.
func bareAddress(text string) bool {
	return (strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")) && !strings.ContainsAny(text, " \n")
}

// names reports whether a text in lower case has one of the phrases; one that ends
// with "^" has to begin it.
func names(lower string, phrases []string) bool {
	for _, p := range phrases {
		if start, ok := strings.CutSuffix(p, "^"); ok && strings.HasPrefix(lower, start) || !ok && strings.Contains(lower, p) {
			return true
		}
	}
	return false
}

// bylines are in lines that say who wrote a page and when.
var bylines = []string{"by ^", "par ^", "published", "updated", "posted", "publié", "mis à jour"}

// credits are in lines that say whose a picture is.
var credits = []string{"©", "photo", "getty", "shutterstock", "image:", "credit:", "crédit"}

// plugs are in lines that ask something of the reader, or say who helped.
var plugs = []string{"follow ", "subscribe", "sign up", "newsletter", "twitter", "facebook", "instagram", "click here", "read more", "contributed to",
	"reporting by", "editing by", "@", "email", "copyright", "abonnez", "inscrivez", "suivez", "this story", "this article", "cet article"}

// wholeCaptions are captions when nothing else stands in the line: in help pages
// sentences begin with these words.
var wholeCaptions = []string{
	"menu", "search", "print", "share", "tags", "tag", "comments", "comment", "advertisement", "advertisements", "advert", "ad", "sponsored", "related",
	"login", "log in", "sign in", "sign up", "subscribe", "next", "previous", "loading", "newsletter", "newsletters", "trending", "popular", "caption",
	"close", "photo", "image", "source", "sources", "share this", "privacy policy", "terms of use", "terms of service", "cookies", "continue reading",
	"publicité", "annonce", "imprimer", "partager", "rechercher", "recherche", "suivant", "précédent", "commentaires", "commentaire", "retour",
	"connexion", "se connecter", "s'abonner", "s'inscrire", "haut de page", "fermer", "à lire", "mentions légales", "crédits", "sponsorisé",
}

// captionStarts begin the lines that lead away from the content, or ask for
// something.
var captionStarts = []string{
	"related articles", "related posts", "related stories", "related content", "related topics", "related news", "related:", "read more", "read next",
	"read also", "also read", "see also:", "more from", "more on this", "more stories", "more news", "recommended for", "recommended stories",
	"recommended articles", "recommended reading", "you may also", "you might also", "most read", "most popular", "trending now", "trending news",
	"trending stories", "trending posts", "trending topics", "popular posts", "popular articles", "popular stories", "latest news", "latest posts",
	"latest stories", "latest articles", "recent posts", "recent comments", "recent articles", "share this", "share on", "share via", "follow us",
	"follow @", "sign up for our", "sign up for the", "sign up for free", "sign up to", "subscribe to our", "subscribe to the", "subscribe now",
	"get the latest", "join our newsletter", "join our mailing", "leave a comment", "leave a reply", "post a comment", "write a comment",
	"be the first to comment", "comments are closed", "no comments", "comments (", "you must be logged in", "you must log in", "log in to post",
	"log in to comment", "log in to leave", "copyright", "©", "all rights reserved", "we use cookies", "this site uses cookies",
	"this website uses cookies", "click here to subscribe", "click here to sign", "click here to get", "back to", "skip to", "filed under",
	"posted in", "posted by", "about the author", "about the writer", "continue reading", "watch:", "photo:", "photo by", "photo credit", "image:",
	"image credit", "source:", "sources:", "tags:", "categories:",
	"contenu sponsorisé", "à lire aussi", "à lire également", "lire aussi", "lire également", "lire la suite", "lire l'article", "voir aussi :",
	"sur le même sujet", "sur le même thème", "articles liés", "articles similaires", "articles récents", "derniers articles", "dans la même rubrique",
	"dans la même catégorie", "les plus lus", "les articles les plus", "vous aimerez aussi", "vous pourriez aussi", "partager sur", "partager cet",
	"partager l'", "partagez cet", "suivez-nous", "inscrivez-vous à la newsletter", "inscrivez-vous à notre", "s'inscrire à la newsletter",
	"abonnez-vous à la newsletter", "abonnez-vous à notre", "abonnez-vous pour", "déjà abonné", "laisser un commentaire", "poster un commentaire",
	"publier un commentaire", "ajouter un commentaire", "aucun commentaire", "commentaires (", "tous droits", "nous utilisons des cookies",
	"ce site utilise des cookies", "cliquez ici pour vous", "haut de page", "retour en haut", "retour à l'accueil", "retour à la liste",
	"aller au contenu", "mots-clés", "étiquettes", "publié dans", "publié par", "à propos de l'auteur", "crédit photo", "photo :", "source :",
}

// captionWords make a caption of any line that is very short.
var captionWords = []string{
	"newsletter", "to your inbox", "advertisement", "all rights reserved", "tous droits réservés", "lire la suite", "we use cookies", "des cookies",
}
