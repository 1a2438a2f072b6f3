package api

import (
	"strings"

	"freshet/index/catalog"
)

// evidences says in words on what ground a document would vanish.
var evidences = map[string]string{
	"not_listed":               "whole passes of the source no longer list it",
	"deleted_in_feed":          "the source reported that it was deleted",
	"not_found":                "the source answered twice that it is not there (404)",
	"gone":                     "the source says that it is gone for good",
	"unpublished":              "its author withdrew it",
	"robots":                   "robots.txt forbids reading it",
	"noindex":                  "the page asks not to be indexed",
	"excluded":                 "the source's settings leave it out",
	"canonical_elsewhere":      "it says that it is a copy of another page",
	"empty":                    "it has no content any more",
	"duplicate_id":             "the source lists its ID twice with different content",
	"text_replaced":            "its new text shares almost nothing with the old one, as that of a login or maintenance page does",
	"not_listed_and_not_found": "whole passes of the source no longer list it, and the source answers that it is not there",
}

// actions says what would become of it.
var actions = map[catalog.Action]string{
	catalog.ActHide:    "It would no longer be served: ",
	catalog.ActRemove:  "It would be removed: ",
	catalog.ActExclude: "It would be excluded: ",
	catalog.ActReplace: "Its text would be replaced: ",
}

func inWords(h *catalog.Hold) string {
	code, _, _ := strings.Cut(h.Evidence, " ")
	why, ok := evidences[code]
	if !ok {
		why = h.Evidence
	}
	return actions[h.Action] + why + "."
}
