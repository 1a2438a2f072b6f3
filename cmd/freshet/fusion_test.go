package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"freshet/index/catalog"
	"freshet/index/retrieve"
)

// embedder is an endpoint of the OpenAI shape: a text's vector counts its 4-letter
// pieces.
type embedder struct {
	*httptest.Server
	away atomic.Bool
}

func newEmbedderServer(t *testing.T) *embedder {
	e := &embedder{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ Input []string }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || e.away.Load() {
			http.Error(w, "away", http.StatusServiceUnavailable)
			return
		}
		type item struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		}
		reply := struct {
			Data []item `json:"data"`
		}{}
		for i, text := range asked.Input {
			reply.Data = append(reply.Data, item{i, pieces(text)})
		}
		if err := json.NewEncoder(w).Encode(reply); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(e.Close)
	return e
}

func pieces(text string) []float32 {
	v := make([]float32, 64)
	v[0] = 0.01
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		for i := 0; i+4 <= len(word); i++ {
			h := fnv.New32a()
			_, _ = h.Write([]byte(word[i : i+4])) // it never fails
			v[h.Sum32()%64]++
		}
	}
	return v
}

func TestHowMuchMeaningCountsIsLearntAndKept(t *testing.T) {
	server := newEmbedderServer(t)
	w := newWorld(t)
	subjects := []string{"invoices", "passwords", "deliveries", "refunds", "addresses", "newsletters", "vouchers", "warranties", "repairs", "accounts"}
	verbs := []string{"Cancelling", "Changing", "Finding", "Printing"}
	var list []golden
	for i, subject := range subjects {
		for j, verb := range verbs {
			id := fmt.Sprintf("p%d-%d", i, j)
			w.write("pages/"+id+".md", fmt.Sprintf("# %s %s of customers\n\n%s %s is done on the page of your %s, under number %d%d.\n", verb, subject, verb, subject, subject, i, j))
			list = append(list, goldenLine(fmt.Sprintf("how about %s my %s", strings.ToLower(verb), subject), id+".md"))
		}
	}
	w.write(defaultConfig, fmt.Sprintf(`
embedding: {provider: openai-compatible, base_url: "%s/v1", model: pieces}
knowledge_bases: [{id: help, languages: [en]}]
sources: [{id: pages, knowledge_base: help, type: files, settings: {location: pages}}]
`, server.URL))
	_, stop := w.serve()
	w.ok("sync")
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) { // the vectors come behind the text
		var r retrieve.Response
		w.ask(&r, "search", "cancelling invoices", "--kb", "help")
		if len(r.Hits) > 0 && r.Hits[0].Scores.Dense > 0 {
			break
		}
		if time.Since(began) > 20*time.Second {
			t.Fatalf("no dense vectors: %+v", r)
		}
	}
	w.ok("sync")
	questions := w.writeGolden("golden.jsonl", list)
	said := w.ok("eval", "retrieval", "--questions", questions, "--learn")
	if !strings.Contains(said, "learnt from 40 questions") {
		t.Errorf("eval says\n%s", said)
	}

	server.away.Store(true)
	var r retrieve.Response
	w.ask(&r, "search", "deliveries that nobody asked for before", "--kb", "help")
	if len(r.Hits) == 0 || r.Answer.State == retrieve.None || fmt.Sprint(r.Degraded) != "[embedder]" {
		t.Errorf("without the embedder: %s, %d hits, degraded %v", r.Answer.State, len(r.Hits), r.Degraded)
	}
	stop()

	c, err := catalog.Open(t.Context(), catalog.Options{Path: w.data + "/" + catalogFile, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	row, err := c.Base(t.Context(), "help")
	if err != nil {
		t.Fatal(err)
	}
	l := learntOf(row.Model)
	if l.Model == nil || l.Fusion == nil || l.Fusion.Model == nil || l.Fusion.Fingerprint == "" || l.Fusion.Golden != len(list) {
		t.Errorf("kept: %s", row.Model)
	}
}

func goldenLine(question, page string) golden {
	return golden{Question: question, Expected: []string{page}}
}

func TestWhatWasLearntOfAnEarlierVersionIsRead(t *testing.T) {
	l := learntOf(`{"Bias":-3,"Weights":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15],"Found":0.6,"Uncertain":0.2}`)
	if l.Model == nil || l.Bias != -3 || l.Weights[14] != 15 || l.Found != 0.6 || l.Fusion != nil {
		t.Errorf("%+v", l)
	}
	if l := learntOf("{"); l.Model != nil || l.Fusion != nil {
		t.Errorf("%+v", l)
	}
	text, err := json.Marshal(learnt{Model: &retrieve.Model{Bias: -1}, Fusion: &retrieve.Fusion{Fingerprint: "f", Share: 0.4}})
	if err != nil {
		t.Fatal(err)
	}
	if l := learntOf(string(text)); l.Bias != -1 || l.Fusion.Share != 0.4 || l.fusionFor("f").Share != 0.4 || l.fusionFor("g") != (retrieve.Fusion{Fingerprint: "g", Share: 0.3}) {
		t.Errorf("%s", text)
	}
}
