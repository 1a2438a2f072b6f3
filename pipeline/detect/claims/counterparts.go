package claims

// counterparts give stems of English nouns the French stem that counts the same, so
// that a page and its translation can be compared.
var counterparts = map[string]string{
	"devic": "appareil", "user": "utilis", "channel": "chain", "screen": "ecran", "digit": "chiffr", "charact": "caracter",
	"time": "fois", "person": "person", "peopl": "person", "employe": "salar", "instal": "mensual", "line": "lign",
	"account": "compt", "member": "membr", "seat": "plac", "file": "fichi", "attempt": "tent", "item": "articl",
	"product": "produit", "order": "command", "shop": "boutiqu", "store": "magasin", "countri": "pay", "languag": "langu",
	"call": "appel", "messag": "messag", "licens": "licenc", "project": "projet", "workspac": "espac", "bag": "bagag",
	"child": "enfant", "children": "enfant", "guest": "voyageur", "point": "point", "photo": "photo",
}
