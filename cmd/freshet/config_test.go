package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"freshet/api"
	"freshet/pipeline/extract"
)

const goodConfig = `knowledge_bases:
  - id: help
    languages: [fr, en]
sources:
  - id: kb
    knowledge_base: help
    type: records
    owner: owner@example.org
    schedule: "0 3 * * *"
    review_every: 180d
    settings:
      location: kb.jsonl
      id: id
      title: title
      body: body
    extract: {drop: [".cookie-banner"]}
index:
  store: embedded
embedding:
  provider: none
`

func TestABadConfigurationIsRefusedWithItsLine(t *testing.T) {
	change := func(old, new string) string { return strings.Replace(goodConfig, old, new, 1) }
	tests := map[string]struct{ text, want string }{
		"a key of a source":          {change("owner:", "ownr:"), `freshet.yaml:8: "ownr" is not a key of a source; did you mean "owner"?`},
		"a key of the whole":         {change("sources:", "source:"), `freshet.yaml:4: "source" is not a key of the configuration; did you mean "sources"?`},
		"a key of a knowledge base":  {change("languages:", "langauges:"), `freshet.yaml:3: "langauges" is not a key of a knowledge base; did you mean "languages"?`},
		"a key of the settings":      {change("title: title", "titel: title"), `freshet.yaml:14: "titel" is not a key of settings of type records; did you mean "title"?`},
		"a key of the index":         {change("  store:", "  stoer:"), `freshet.yaml:18: "stoer" is not a key of index; did you mean "store"?`},
		"a key of extract":           {change("{drop:", "{dorp:"), `freshet.yaml:16: "dorp" is not a key of extract; did you mean "drop"?`},
		"a key of all extraction":    {goodConfig + "extract: {limit: {}}\n", `freshet.yaml:21: "limit" is not a key of extract; did you mean "limits"?`},
		"a key of its limits":        {goodConfig + "extract: {limits: {pagse: 5}}\n", `freshet.yaml:21: "pagse" is not a key of extract.limits; did you mean "pages"?`},
		"a key of PDF files":         {goodConfig + "extract: {pdf: {password: [x]}}\n", `freshet.yaml:21: "password" is not a key of extract.pdf; did you mean "passwords"?`},
		"a command for PDF files":    {goodConfig + "extract: {pdf: {pdftotext: nowhere-to-be-found}}\n", `extract.pdf.pdftotext: exec: "nowhere-to-be-found"`},
		"a key of what is kept":      {goodConfig + "extract: {keep: {docment: 1MB}}\n", `freshet.yaml:21: "docment" is not a key of extract.keep; did you mean "document"?`},
		"a size that is kept":        {goodConfig + "extract: {keep: {total: much}}\n", `extract.keep.total: "much" is not a size; write 500KB, 50MB or 2GB; 0 keeps nothing`},
		"a size":                     {goodConfig + "extract: {limits: {bytes: big}}\n", `extract.limits.bytes: "big" is not a size; write 500KB, 50MB or 2GB`},
		"a size beyond bounds":       {goodConfig + "extract: {limits: {bytes: 2GB}}\n", `extract.limits.bytes: 2GB is more than can be`},
		"a number of pages":          {goodConfig + "extract: {limits: {pages: 0}}\n", `extract.limits.pages: "0" is not a number from 1`},
		"a form without commands":    {goodConfig + "extract: {commands: {docs: {}}}\n", `freshet.yaml:21: "docs" is not a key of extract.commands; did you mean "doc"?`},
		"a key of a command":         {goodConfig + "extract: {commands: {doc: {comand: [x]}}}\n", `freshet.yaml:21: "comand" is not a key of extract.commands.doc; did you mean "command"?`},
		"a command without a file":   {goodConfig + "extract: {commands: {doc: {command: [soffice], produces: docx}}}\n", `extract.commands.doc.command: {file} has to stand`},
		"what a command makes":       {goodConfig + "extract: {commands: {doc: {command: [soffice, \"{file}\"], produces: doc}}}\n", `extract.commands.doc.produces: write what the program makes`},
		"a command's time":           {goodConfig + "extract: {commands: {doc: {command: [soffice, \"{file}\"], produces: docx, timeout: 60}}}\n", `extract.commands.doc.timeout: "60" is not a duration`},
		"a time":                     {goodConfig + "extract: {limits: {time: 30}}\n", `extract.limits.time: "30" is not a duration`},
		"a type":                     {change("type: records", "type: record"), `freshet.yaml:7: "record" is not a type of source; did you mean "records"?`},
		"an unknown store":           {change("embedded", "qdrnt"), `index.store: "qdrnt" is not a store; write embedded, or qdrant`},
		"qdrant without an address":  {change("embedded", "qdrant"), `index.qdrant.address is missing: where Qdrant listens for gRPC`},
		"qdrant by its web address":  {change("store: embedded", "{store: qdrant, qdrant: {address: \"http://localhost:6333\"}}"), `is a URL; write host:port of the gRPC interface`},
		"an address without store":   {change("store: embedded", "{qdrant: {address: \"localhost:6334\"}}"), `index.qdrant has an address, but index.store is embedded; write store: qdrant`},
		"a layout":                   {change("store: embedded", "{store: qdrant, qdrant: {address: localhost, quantization: int4}}"), `index.qdrant.quantization: "int4" is not one of none, int8, binary`},
		"a key of qdrant":            {change("store: embedded", "{store: qdrant, qdrant: {adress: localhost}}"), `"adress" is not a key of index.qdrant; did you mean "address"?`},
		"writes nobody confirms":     {change("store: embedded", "{store: qdrant, qdrant: {address: localhost, replicas: 2, write_consistency: 3}}"), `no write would be confirmed`},
		"a standby":                  {change("store: embedded", "{standby: many}"), `index.standby: "many" is not a number of passages; 0 keeps no standby`},
		"a model without provider":   {change("provider: none", "{model: nomic-embed-text}"), `embedding names a model, but no provider; write provider: ollama`},
		"an embedder's address":      {change("provider: none", "{provider: ollama, base_url: \"localhost:11434\"}"), `embedding.base_url: "localhost:11434" is not an address such as http://localhost:11434/v1`},
		"a password in an address":   {change("provider: none", "{provider: vllm, base_url: \"https://me:secret@example.org/v1\"}"), `leave the password out of the address and write it under embedding.api_key`},
		"a key of the embedding":     {change("provider: none", "{provider: ollama, batch: {text: 3}}"), `"text" is not a key of embedding.batch; did you mean "texts"?`},
		"an unknown provider":        {change("provider: none", "{provider: olama, model: x}"), `embedding.provider: "olama" is not a provider; did you mean "ollama"?`},
		"a provider without a model": {change("provider: none", "{provider: ollama}"), `embedding.model is missing: the model as ollama names it`},
		"a table without directory":  {change("provider: none", "{provider: static}"), `embedding.directory is missing`},
		"a key that is missing":      {change("provider: none", "{provider: openai, model: text-embedding-3-small}"), `embedding.api_key`},
		"a dimension":                {change("provider: none", "{provider: ollama, dimension: -1}"), `embedding.dimension: -1 is not a number of dimensions`},
		"long texts":                 {change("provider: none", "{provider: ollama, long_texts: drop}"), `embedding.long_texts: "drop" is not one of split, truncate`},
		"a re-ranker":                {goodConfig + "rerank: {model: x}\n", `rerank names a model, but no provider; write provider: cohere, jina or tei`},
		"a schedule":                 {change("0 3 * * *", "0 25 * * *"), "freshet.yaml:5: source kb: schedule"},
		"a duration":                 {change("180d", "halfyear"), "write 90s, 15m, 12h or 30d"},
		"a missing setting":          {change("      location: kb.jsonl\n", ""), `the setting "location" is missing`},
		"an unknown knowledge base":  {change("knowledge_base: help", "knowledge_base: halp"), `the knowledge base "halp" is not among knowledge_bases`},
		"an id twice":                {change("index:", "  - {id: kb, type: files, settings: {location: x}}\nindex:"), `freshet.yaml:17: the source id "kb" is used twice, first on line 5`},
		"a variable":                 {change("kb.jsonl", "${NOWHERE}"), "the environment variable NOWHERE is not set; set it, or write ${NOWHERE:-default}"},
		"an open reference":          {change("kb.jsonl", `"${NOWHERE"`), "a reference is not closed"},
		"a secret's file":            {change("kb.jsonl", `"${file:nope}"`), "cannot be read"},
		"a key of doubts":            {goodConfig + "doubts: {owner: []}\n", `freshet.yaml:21: "owner" is not a key of doubts; did you mean "owners"?`},
		"a key of an owner":          {goodConfig + "doubts: {owners: [{path: /a, onwer: ann}]}\n", `"onwer" is not a key of an entry of doubts.owners; did you mean "owner"?`},
		"an owner of two things":     {goodConfig + "doubts: {owners: [{path: /a, source: kb, owner: ann}]}\n", `doubts.owners[0]: write one of document, path, source, team and person`},
		"an owner without a name":    {goodConfig + "doubts: {owners: [{path: /a}]}\n", `doubts.owners[0]: owner is missing`},
		"away without a deputy":      {goodConfig + "doubts: {owners: [{path: /a, owner: ann, away_until: 2027-01-01}]}\n", `doubts.owners[0]: away_until needs a deputy`},
		"a day off":                  {goodConfig + "doubts: {owners: [{path: /a, owner: ann, deputy: bob, away_until: soon}]}\n", `doubts.owners[0].away_until: "soon" is not a date such as 2027-01-31`},
		"an owner's knowledge base":  {goodConfig + "doubts: {owners: [{path: /a, owner: ann, knowledge_base: halp}]}\n", `the knowledge base "halp" is not among knowledge_bases`},
		"an owner's path":            {goodConfig + "doubts: {owners: [{path: \"/a[\", owner: ann}]}\n", `doubts.owners[0].path: "/a[" is not a path such as /tarifs/**`},
		"an authority on nothing":    {goodConfig + "doubts: {authorities: [{source: kb}]}\n", `doubts.authorities[0]: topic is missing`},
		"an authority's effect":      {goodConfig + "doubts: {authorities: [{topic: money, source: kb, effect: decides}]}\n", `doubts.authorities[0].effect: "decides" is not one of suggests, settles`},
		"a key of a review":          {goodConfig + "doubts: {review: [{path: /a, evry: 90d}]}\n", `"evry" is not a key of an entry of doubts.review; did you mean "every"?`},
		"a review of nothing":        {goodConfig + "doubts: {review: [{every: 90d}]}\n", `doubts.review[0]: write one of path and class`},
		"a review's interval":        {goodConfig + "doubts: {review: [{path: /a, every: often}]}\n", `doubts.review[0].every: "often" is not a duration of a day or more, such as 90d; never for what needs no review`},
		"a review's class":           {goodConfig + "doubts: {review: [{class: price, every: 90d}]}\n", `doubts.review[0].class: "price" is none; there are pricing, policy`},
		"a class of one base":        {goodConfig + "doubts: {review: [{class: faq, every: 90d, knowledge_base: help}]}\n", `doubts.review[0]: an interval of a class holds for all knowledge bases`},
		"a key of links":             {goodConfig + "doubts: {links: {chek: false}}\n", `freshet.yaml:21: "chek" is not a key of doubts.links; did you mean "check"?`},
		"a number of links":          {goodConfig + "doubts: {links: {per_run: -1}}\n", `doubts.links.per_run: -1 is not a number of links`},
		"time for a fix":             {goodConfig + "doubts: {due_after: soon}\n", `doubts.due_after: "soon" is not a duration of a day or more`},
		"not YAML":                   {"sources: [", "is not YAML: line 1"},
		"not keys":                   {"- a\n- b\n", "the file must hold keys such as sources:"},
		"sources without a list":     {"sources: {id: x}\n", `sources must be a list: begin each entry with "- id:"`},
		"two documents":              {goodConfig + "---\n" + goodConfig, "holds 2 YAML documents"},
		"brackets without an end":    {strings.Repeat("[", 10_000), "brackets stand inside each other"},
		"a list where a text is":     {change("id: kb\n", "id: [a, b]\n"), "line 5"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.write(defaultConfig, tt.text)
			for _, command := range [][]string{{"config", "check"}, {"source", "list"}} {
				r := w.run(command...)
				if r.status != exitFailed || !strings.Contains(r.errors, tt.want) {
					t.Errorf("%v: status %d, without %q: %s%s", command, r.status, tt.want, r.out, r.errors)
				}
			}
		})
	}
}

func TestAConfigurationIsCheckedAndServed(t *testing.T) {
	w := newWorld(t)
	w.write(defaultConfig, goodConfig)
	w.write("kb.jsonl", export(5))
	w.says(exitDone, "is in order: 1 knowledge base, 1 source", "config", "check")
	w.ok("sync")
	var d api.SourceDetails
	w.ask(&d, "source", "show", "kb")
	if d.State != "published" || d.Origin != "file" || d.Documents.Present != 5 || d.ReviewEvery != "180d" || len(d.NextRuns) != 5 {
		t.Errorf("%+v", d)
	}
	w.says(exitFailed, "stands in the configuration file", "source", "remove", "kb", "--yes")
}

func TestCommandsOfExtractionComeFromTheConfiguration(t *testing.T) {
	text := goodConfig + "extract:\n  commands:\n    doc: {command: [\"${OFFICE:-soffice}\", --convert-to, docx, --outdir, \"{dir}\", \"{file}\"], produces: docx, timeout: 90s}\n"
	c, err := readConfig("freshet.yaml", []byte(text), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	got := c.Extract.commands["doc"]
	if got.Args[0] != "soffice" || got.Produces != "docx" || got.Timeout != 90*time.Second || !formatsConfig(c).External.Has("doc") || formatsConfig(c).External.Has("xls") {
		t.Errorf("%+v", got)
	}
}

func TestLimitsOfExtractionComeFromTheConfiguration(t *testing.T) {
	w := newWorld(t)
	text := goodConfig + "extract:\n  limits: {bytes: 1KB, pages: 7, time: 2m, inflated: \"${MOST:-3 MB}\", article_bytes: 9}\n"
	w.write(defaultConfig, text)
	c, err := readConfig("freshet.yaml", []byte(text), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	want := extract.Limits{Bytes: 1 << 10, Pages: 7, Time: 2 * time.Minute, Inflated: 3 << 20, ArticleBytes: 9}
	if got := formatsConfig(c).Limits; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	w.write("kb.jsonl", `{"id": "a", "title": "A", "body": "`+strings.Repeat("long ", 1000)+`"}`+"\n"+export(1))
	r := w.run("sync")
	if r.status != exitPartial || !strings.Contains(w.ok("source", "show", "kb", "--skipped"), "too_large") {
		t.Errorf("status %d: %s%s\n%s", r.status, r.out, r.errors, w.ok("source", "show", "kb", "--skipped"))
	}
	w.says(exitFailed, "too_large", "extract", w.write("long.txt", strings.Repeat("long ", 1000)))
}

func TestASourceWhoseBlockVanishedServesAndNoLongerSyncs(t *testing.T) {
	w := newWorld(t)
	w.write(defaultConfig, goodConfig)
	w.write("kb.jsonl", export(5))
	w.ok("sync")
	w.write(defaultConfig, "knowledge_bases:\n  - id: help\n")
	var d api.SourceDetails
	w.ask(&d, "source", "show", "kb")
	if d.State != "detached" || d.Documents.Present != 5 || len(d.NextRuns) != 0 {
		t.Errorf("%+v", d)
	}
	if out := w.ok("search", "article number 3"); !strings.Contains(out, "Article 3") {
		t.Errorf("it serves no longer:\n%s", out)
	}
	w.says(exitFailed, "no source is published", "sync")
	w.write(defaultConfig, goodConfig)
	w.ask(&d, "source", "show", "kb")
	if d.State != "published" || len(d.NextRuns) != 5 {
		t.Errorf("after the block came back: %+v", d)
	}
	w.write(defaultConfig, "knowledge_bases:\n  - id: help\n")
	w.ok("source", "remove", "kb", "--yes")
	w.says(exitDone, "none: the knowledge base does not hold this", "search", "article number 3")
}

func TestWithoutAConfigurationSourcesOfTheFileStay(t *testing.T) {
	w := newWorld(t)
	path := w.write(defaultConfig, goodConfig)
	w.write("kb.jsonl", export(5))
	w.ok("sync")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	var d api.SourceDetails
	w.ask(&d, "source", "show", "kb")
	if d.State != "published" {
		t.Errorf("state %s", d.State)
	}
}

func TestReferencesAreExpandedAndNotKept(t *testing.T) {
	w := newWorld(t)
	w.env["EXPORT"] = "kb.jsonl"
	w.write("kb.jsonl", export(5))
	secret := w.write("secret", "s3cr3t-value\n")
	w.write(defaultConfig, strings.Replace(goodConfig, "location: kb.jsonl", fmt.Sprintf("location: ${EXPORT}\n      items: \"${file:%s}\"\n      url: \"https://x.example/${NOBODY:-article}/{{id}}\"", secret), 1))
	w.ok("sync")
	if n := w.served("kb"); n != 5 {
		t.Errorf("%d documents are served", n)
	}
	if out := w.ok("search", "article number 3"); !strings.Contains(out, "https://x.example/article/3") {
		t.Errorf("search says\n%s", out)
	}
	for _, name := range []string{catalogFile, catalogFile + "-wal"} {
		text, err := os.ReadFile(filepath.Join(w.data, name))
		if err == nil && strings.Contains(string(text), "s3cr3t-value") {
			t.Errorf("%s holds the secret", name)
		}
	}
}

func TestCallersOfTheAPICannotReadFilesByReference(t *testing.T) {
	w := newWorld(t)
	secret := w.write("secret", "s3cr3t-value")
	w.write(defaultConfig, goodConfig)
	w.write("kb.jsonl", export(5))
	w.ok("source", "list")
	r := w.run("source", "test", "kb", "--type", "records", "--kb", "help", "--set", "location=http://${file:"+secret+"}.example/", "--set", "id=id", "--set", "body=body")
	if strings.Contains(r.out+r.errors, "s3cr3t-value") {
		t.Errorf("the secret is told:\n%s%s", r.out, r.errors)
	}
}

func FuzzReadConfig(f *testing.F) {
	for _, seed := range []string{goodConfig, "sources: [", "a: &a [*a]", "sources:\n- <<: {id: x}\n", "\x00", "index: {store: ${X}}", "? - a\n: b", "sources:\n  - id: ${file:/}\n    settings: !!binary x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := readConfig("x.yaml", []byte(text), func(string) string { return "" })
		if err == nil && c == nil {
			t.Fatal("neither a configuration nor an error")
		}
	})
}

func FuzzExpand(f *testing.F) {
	for _, seed := range []string{"${A}", "$${A}", "${A:-${B}}", "${", "$", "${}", "${A:-}", "a${A}b${B:-c}d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "file:") {
			return // files of the machine that fuzzes are not read
		}
		got, err := expander{getenv: func(string) string { return "v" }}.text(text)
		if err == nil && !strings.Contains(text, "${") && got != text {
			t.Fatalf("%q became %q", text, got)
		}
	})
}
