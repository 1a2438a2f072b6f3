package api

// words say a reason: of one document, as half a sentence that begins with "the" and
// a noun, and of many, behind their number. What is said of a run has no many.
type words struct{ one, many string }

// reasons are the words for all reasons that sources, the pipeline and persons give
// for the state of a document or the course of a run.
var reasons = map[string]words{
	// Left out, by the page's wish or the source's settings.
	"robots":              {"the page is forbidden by robots.txt", "pages are forbidden by robots.txt"},
	"noindex":             {"the page asks not to be indexed", "pages ask not to be indexed"},
	"excluded":            {"the page is left out by the source's settings", "pages are left out by the source's settings"},
	"canonical_elsewhere": {"the page says that it is a copy of another page", "pages say that they are copies of other pages"},
	"empty":               {"the page has no content", "pages have no content"},
	"duplicate_id":        {"the document is listed twice under one ID with different content", "documents are listed twice under one ID with different content"},
	"person":              {"the document was excluded by a person", "documents were excluded by a person"},
	"excluded_by_person":  {"the document was excluded by a person", "documents were excluded by a person"},
	"unpublished":         {"the document is a draft or was withdrawn by its author", "documents are drafts or were withdrawn by their authors"},
	"bad_id":              {"the document has an ID that is empty or too long", "documents have IDs that are empty or too long"},
	"same_but_not_known":  {"the document was called unchanged by its source, but is not held; it is read in the next run", "documents were called unchanged by their source, but are not held; they are read in the next run"},

	// Something stands in place of the page.
	"soft_404":         {"the page is the site's own \"not found\" page", "pages are the site's own \"not found\" page"},
	"login_page":       {"the page asks for a login", "pages ask for a login"},
	"consent_page":     {"the page asks for consent to cookies first", "pages ask for consent to cookies first"},
	"maintenance_page": {"the page is under maintenance", "pages are under maintenance"},
	"access_refused":   {"the page was read before and its site refuses access now", "pages were read before and their site refuses access now"},
	"needs_browser":    {"the page needs a browser: a program in it makes its text", "pages need a browser: a program in them makes their text"},

	// Not to be read.
	"http_refused":           {"the page is refused by its site (an answer such as 403)", "pages are refused by their site (answers such as 403)"},
	"redirect_loop":          {"the page redirects without end", "pages redirect without end"},
	"redirects_for_now":      {"the page redirects elsewhere for now; its old copy serves", "pages redirect elsewhere for now; their old copies serve"},
	"address_refused":        {"the page has an address that may not be fetched, such as one inside the network", "pages have addresses that may not be fetched, such as ones inside the network"},
	"unsupported_media_type": {"the file is of a type that is not read", "files are of a type that is not read"},
	"too_large":              {"the document is too large", "documents are too large"},
	"encrypted":              {"the file is encrypted", "files are encrypted"},
	"malformed":              {"the document is damaged", "documents are damaged"},
	"timeout":                {"the document took too long to answer", "documents took too long to answer"},
	"fault":                  {"the document could not be read; it is asked for again", "documents could not be read; they are asked for again"},

	"unsupported_body": {"the document's content is not text but holds objects", "documents have content that is not text but holds objects"},
	"document_cut":     {"the document was cut: it has more passages than are kept", "documents were cut: they have more passages than are kept"},

	// Folders.
	"link_outside":   {"the file is a link out of the folder", "files are links out of the folder"},
	"link_broken":    {"the file is a link to nothing", "files are links to nothing"},
	"link_loop":      {"the file is a link into itself", "files are links into themselves"},
	"link":           {"the file is a link, and links are not followed", "files are links, and links are not followed"},
	"not_a_file":     {"the file is no ordinary file", "files are no ordinary files"},
	"too_deep":       {"the file lies too deep in folders", "files lie too deep in folders"},
	"duplicate_name": {"the folder has the name of another, written otherwise", "folders have the names of others, written otherwise"},

	// On what ground a document vanishes.
	"not_listed":               {"the document is no longer listed by whole passes of the source", "documents are no longer listed by whole passes of the source"},
	"deleted_in_feed":          {"the document was deleted, as the source reported", "documents were deleted, as the source reported"},
	"not_found":                {"the document is not there, as the source answered twice (404)", "documents are not there, as the source answered twice (404)"},
	"gone":                     {"the document is gone for good, as the source says", "documents are gone for good, as the source says"},
	"text_replaced":            {"the document's new text shares almost nothing with the old one, as that of a login or maintenance page does", "documents have new texts that share almost nothing with the old ones"},
	"not_listed_and_not_found": {"the document is no longer listed by whole passes, and the source answers that it is not there", "documents are no longer listed, and the source answers that they are not there"},

	"missed":                {"the document was not listed this time; it is only taken to be gone when that happens again", "documents were not listed this time; they are only taken to be gone when that happens again"},
	"not_listed_but_there":  {"the document was not listed, but is there", "documents were not listed, but are there"},
	"absence_not_confirmed": {"the document was not listed, and whether it is gone could not be found out", "documents were not listed, and whether they are gone could not be found out"},
	"move_not_confirmed":    {"the document seems to have moved, which could not be confirmed", "documents seem to have moved, which could not be confirmed"},
	"deletions_pending":     {"the document would vanish and waits for a person", "documents would vanish and wait for a person"},
	"retried":               {"the document could not be read before and was asked for again", "documents could not be read before and were asked for again"},
	"retries_given_up":      {"the document could not be read for so long that it is not asked for separately any more", "documents could not be read for so long that they are not asked for separately any more"},

	// How a run went.
	"stopped":             {"the run was stopped; the next one goes on from there", ""},
	"feed_restarted":      {"the list of changes could not be followed any more, so everything was listed anew", ""},
	"listing_restarted":   {"the listing could not be gone on with and began anew", ""},
	"throttled":           {"the source asked to be left alone for a while", ""},
	"error_budget":        {"too many documents could not be read, so the run was ended", ""},
	"credentials_refused": {"the source refused the credentials", ""},
	"listing_truncated":   {"the listing of the source is not whole, so nothing is taken to be gone", ""},
	"place_not_found":     {"the place itself is not there", ""},
	"index_behind":        {"what was read cannot be found yet; the index is behind", ""},
	"detection_pending":   {"what was written was not compared with the rest yet; `serve`, or the next `sync`, goes on with it", ""},
	"vectors_pending":     {"passages wait for their dense vectors and are found by their words; `freshet doctor` asks the embedder", ""},
}
