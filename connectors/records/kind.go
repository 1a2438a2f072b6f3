// Package records reads documents out of exports and listings: JSON lines, JSON,
// CSV or TSV from a file or an address, and listings of a REST service that come
// page by page. A mapping says which field is what.
package records

import (
	"fmt"
	"time"

	"freshet/connectors"
)

// Limits of the kind. Those that a source may change are its settings.
const (
	defaultMaxSizeMB   = 4096 // of one file or response
	defaultMaxRecordKB = 8192
	defaultMaxPages    = 100_000
	defaultMaxRecords  = 5_000_000 // in one pass; each costs about 50 bytes of memory
	maxNesting         = 100       // brackets inside each other
	maxIDBytes         = 2048
	maxTitleBytes      = 2048
	maxListItems       = 500 // labels, values of a facet, principals
	maxMetadataBytes   = 4096
	maxColumns         = 2000
	checkpointEvery    = 500 // records
	maxTemplateBytes   = 4096
)

// Kind describes the sort of source called "records".
//
// A revision is a hash of the mapped record, content included, and so exact.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:            "records",
		Title:           "Export or REST listing",
		Help:            "Reads the records of a JSON lines, JSON or CSV export, or of a paged REST listing.",
		Fields:          append(append(whereFields(), mappingFields()...), pagingFields()...),
		New:             func(env connectors.Env, s connectors.Settings) (connectors.Source, error) { return New(env, s) },
		RevisionTrust:   connectors.RevisionExact,
		ListsEverything: true,
		PublicByDefault: true,
		Schedule:        "0 * * * *",
		Freshness:       "as fresh as its schedule: every pass reads the whole export",
	}
}

func whereFields() []connectors.Field {
	return []connectors.Field{
		{Key: "location", Type: connectors.String, Label: "File or address", Required: true,
			Help: "The path of the export, or its https address; a relative path starts from the configuration's folder. {{secret:name}} stands for a stored secret.", Example: "kb.jsonl"},
		{Key: "preset", Type: connectors.String, Label: "Service", OneOf: presetNames(),
			Help: "Fills in what is usual for a service; settings given here win."},
		{Key: "format", Type: connectors.String, Label: "Format", OneOf: []string{"jsonl", "json", "csv", "tsv"},
			Help: "The form of the export; found out by name and content if it is not given."},
		{Key: "items", Type: connectors.String, Label: "Where the list is",
			Help: "The path to the list of records inside a JSON object.", Example: "data.items"},
		{Key: "delimiter", Type: connectors.String, Label: "Delimiter of a CSV",
			Help: "The character between two columns; found out from the header if it is not given.", Example: ";", Validate: validDelimiter},
		{Key: "charset", Type: connectors.String, Label: "Character set",
			Help: "The encoding of the text, such as windows-1252; UTF-8 or its byte order mark if it is not given.", Example: "iso-8859-1", Validate: validCharset},
		{Key: "headers", Type: connectors.Map, Label: "Request headers",
			Help: "Headers of every request; {{secret:name}} stands for a stored secret.", Example: "Authorization: Bearer {{secret:cms}}"},
		{Key: "max_size_mb", Type: connectors.Int, Label: "Largest export, in MB", Default: defaultMaxSizeMB,
			Help: "A file or response above this size is broken off and reported.", Validate: atLeastOne},
		{Key: "max_record_kb", Type: connectors.Int, Label: "Largest record, in KB", Default: defaultMaxRecordKB,
			Help: "A record above this size is reported and not read.", Validate: atLeastOne},
		{Key: "max_records", Type: connectors.Int, Label: "Most records", Default: defaultMaxRecords,
			Help: "A listing with more records is broken off and reported.", Validate: atLeastOne},
		{Key: "timeout", Type: connectors.Duration, Label: "Longest response", Default: 10 * time.Minute,
			Help: "How long one response may take to arrive."},
		{Key: "delay", Type: connectors.Duration, Label: "Pause between requests",
			Help: "The least time between two requests; the client's own pace if it is not given."},
	}
}

func mappingFields() []connectors.Field {
	field := "A field's path, such as author.name, or a template such as "
	return []connectors.Field{
		{Key: "id", Type: connectors.String, Label: "Identifier", Help: field + "{{lang}}-{{id}}. It must be stable and different for every record.", Example: "id", Validate: validTemplate},
		{Key: "title", Type: connectors.String, Label: "Title", Help: field + "{{name}} ({{code}}).", Example: "title", Validate: validTemplate},
		{Key: "body", Type: connectors.Strings, Label: "Content", Help: "Fields, or templates such as {{question}} and {{answer}}; several are put below each other.", Example: "html", Validate: validTemplates},
		{Key: "body_format", Type: connectors.String, Label: "Form of the content", OneOf: []string{"html", "markdown", "text"}, Help: "What the content is written in; text if it is not given."},
		{Key: "url", Type: connectors.String, Label: "Link for readers", Help: field + "https://example.org/help/{{slug}}.", Example: "url", Validate: validTemplate},
		{Key: "edit_url", Type: connectors.String, Label: "Link for owners", Help: field + "https://cms.example.org/edit/{{id}}.", Validate: validTemplate},
		{Key: "canonical", Type: connectors.String, Label: "Original address", Help: field + "{{canonical_url}}.", Validate: validTemplate},
		{Key: "labels", Type: connectors.Strings, Label: "Labels", Help: "Fields whose values are labels; tags[].name takes the name of each.", Example: "theme", Validate: validTemplates},
		{Key: "facets", Type: connectors.Map, Label: "Facets", Help: "Names and the fields that hold their values, such as product: product.name.", Validate: validTemplateMap},
		{Key: "metadata", Type: connectors.Map, Label: "Further details", Help: "Names and the fields that hold their values.", Validate: validTemplateMap},
		{Key: "path", Type: connectors.Strings, Label: "Breadcrumb", Help: "Fields that say where the document stands, the widest first.", Validate: validTemplates},
		{Key: "locale", Type: connectors.String, Label: "Language", Help: "The field that holds the language; =fr means French for all.", Example: "lang", Validate: validTemplate},
		{Key: "translation_group", Type: connectors.String, Label: "Translation group", Help: "A field that is equal for the translations of one item.", Validate: validTemplate},
		{Key: "created", Type: connectors.String, Label: "Created", Help: "The field with the date of creation.", Validate: validTemplate},
		{Key: "modified", Type: connectors.String, Label: "Modified", Help: "The field with the date of the last change.", Validate: validTemplate},
		{Key: "date_order", Type: connectors.String, Label: "Order in dates", OneOf: []string{"dmy", "mdy"}, Help: "Whether 03/04/2026 is 3 April (dmy, the default) or March 4 (mdy)."},
		{Key: "owner", Type: connectors.String, Label: "Owner", Help: "The field with who answers for the document; =ann@example.org for all.", Validate: validTemplate},
		{Key: "class", Type: connectors.String, Label: "Class", Help: "The field with the sort of document (policy, pricing, how-to, FAQ, news); =FAQ for all.", Validate: validTemplate},
		{Key: "parent", Type: connectors.String, Label: "Part of", Help: "The field with the identifier of the record that holds this one.", Validate: validTemplate},
		{Key: "access", Type: connectors.Strings, Label: "Who may read", Help: "Fields that hold user:…, group:… or domain:…, or the word public; a record without any is shown to nobody.", Validate: validTemplates},
		{Key: "public", Type: connectors.Bool, Label: "Public", Help: "Whether everybody may read all records."},
		{Key: "where", Type: connectors.Map, Label: "Only records with", Help: "Fields and the values that they must have: a value, !value for any other, * for any at all.", Example: "status: published"},
	}
}

func pagingFields() []connectors.Field {
	return []connectors.Field{
		{Key: "paging", Type: connectors.String, Label: "Paging", OneOf: []string{"none", "page", "offset", "cursor", "next", "link"},
			Help: "How further pages are asked for: page or offset (a number in the address), cursor (a token from the response), next (an address in the response), link (the Link header); a Link header is followed if this is not given."},
		{Key: "page_param", Type: connectors.String, Label: "Parameter of the page", Help: "The name in the address: page, offset or cursor if it is not given.", Example: "page"},
		{Key: "page_start", Type: connectors.String, Label: "First page", Help: "The number of the first page, or of the first offset; 1 for pages and 0 for offsets if it is not given.", Validate: validNumber},
		{Key: "size_param", Type: connectors.String, Label: "Parameter of the page's size", Help: "The name in the address that says how many records a page has.", Example: "per_page"},
		{Key: "page_size", Type: connectors.Int, Label: "Records a page", Help: "How many records to ask for at once, with size_param.", Validate: atLeastOne},
		{Key: "cursor", Type: connectors.String, Label: "Where the cursor is", Help: "The path to the next token in the response.", Example: "meta.after_cursor"},
		{Key: "next", Type: connectors.String, Label: "Where the next address is", Help: "The path to the next page's address in the response.", Example: "links.next"},
		{Key: "total", Type: connectors.String, Label: "Where the total is", Help: "The path to the number of all records; a listing with fewer is reported as cut short.", Example: "meta.total"},
		{Key: "end_status", Type: connectors.Strings, Label: "Status after the last page", Help: "Status codes with which the service answers a page after the last.", Example: "404"},
		{Key: "max_pages", Type: connectors.Int, Label: "Most pages", Default: defaultMaxPages, Help: "A listing with more pages is broken off and reported.", Validate: atLeastOne},
	}
}

func atLeastOne(v any) error {
	if n, _ := v.(int); n < 1 {
		return fmt.Errorf("it must be 1 or more, not %d", n)
	}
	return nil
}
