package main

import (
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"freshet/index/standby"
)

const (
	storeEmbedded = "embedded"
	storeQdrant   = "qdrant"
)

// indexConfig says where passages are searched.
type indexConfig struct {
	Store  string       `yaml:"store"` // embedded, or qdrant
	Qdrant qdrantConfig `yaml:"qdrant"`
	// Questions are a file of golden questions, as `freshet eval retrieval` reads them:
	// another index has to answer them as well before it is switched to.
	Questions string `yaml:"questions"`
	Standby   string `yaml:"standby"` // most passages kept in memory for when Qdrant is away; "": the default, "0": none

	standby int
}

// qdrantConfig says where Qdrant is and how a collection is laid out; the layout
// counts when the collection is made.
type qdrantConfig struct {
	Address          string `yaml:"address" json:"address"` // host:port of its gRPC interface
	APIKey           string `yaml:"api_key" json:"-"`
	TLS              bool   `yaml:"tls" json:"tls"`
	Collection       string `yaml:"collection" json:"collection"`
	Shards           int    `yaml:"shards" json:"shards"`
	Replicas         int    `yaml:"replicas" json:"replicas"`
	WriteConsistency int    `yaml:"write_consistency" json:"write_consistency"`
	Quantization     string `yaml:"quantization" json:"quantization"`
	Datatype         string `yaml:"datatype" json:"datatype"`
	OnDisk           bool   `yaml:"on_disk" json:"on_disk"`

	// KeyReference is the key as written, where it is a reference: what may be kept.
	KeyReference string `json:"key_reference,omitempty"`
}

// check expands references and fills in defaults.
func (x *indexConfig) check(w *walker, e expander) {
	expand(w, e, map[string]*string{"index.store": &x.Store, "index.standby": &x.Standby, "index.questions": &x.Questions})
	if x.Questions != "" && !filepath.IsAbs(x.Questions) {
		x.Questions = filepath.Join(e.dir, x.Questions)
	}
	x.standby = standby.MostChunks
	if x.Standby != "" {
		n, err := strconv.Atoi(strings.ReplaceAll(x.Standby, "_", ""))
		if err != nil || n < 0 {
			w.say(0, "index.standby: %q is not a number of passages; 0 keeps no standby", x.Standby)
		}
		x.standby = n
	}
	switch x.Store {
	case "":
		x.Store = storeEmbedded
	case storeEmbedded:
	case storeQdrant:
		x.Qdrant.check(w, e)
		return
	default:
		w.say(0, "index.store: %q is not a store; write embedded, or qdrant", x.Store)
	}
	if x.Qdrant.Address != "" {
		w.say(0, "index.qdrant has an address, but index.store is %s; write store: qdrant, or take the address away", x.Store)
	}
}

func (q *qdrantConfig) check(w *walker, e expander) {
	q.KeyReference = reference(q.APIKey)
	expand(w, e, map[string]*string{
		"index.qdrant.address": &q.Address, "index.qdrant.api_key": &q.APIKey, "index.qdrant.collection": &q.Collection,
		"index.qdrant.quantization": &q.Quantization, "index.qdrant.datatype": &q.Datatype,
	})
	switch host, _, err := net.SplitHostPort(q.Address); {
	case q.Address == "":
		w.say(0, "index.qdrant.address is missing: where Qdrant listens for gRPC, such as localhost:6334")
	case strings.Contains(q.Address, "://"):
		w.say(0, "index.qdrant.address: %q is a URL; write host:port of the gRPC interface, such as localhost:6334, and tls: true for https", q.Address)
	case err != nil && !strings.Contains(q.Address, ":"):
		q.Address = net.JoinHostPort(q.Address, "6334")
	case err != nil || host == "":
		w.say(0, "index.qdrant.address: %q is not host:port, such as localhost:6334", q.Address)
	}
	if q.Collection == "" {
		q.Collection = "freshet"
	}
	if !goodID.MatchString(q.Collection) {
		w.say(0, "index.qdrant.collection: %q needs small letters, digits, - and _, at most 63", q.Collection)
	}
	oneOf(w, "index.qdrant.quantization", &q.Quantization, "none", "int8", "binary")
	oneOf(w, "index.qdrant.datatype", &q.Datatype, "float32", "float16")
	for _, n := range []struct {
		key string
		to  *int
	}{{"shards", &q.Shards}, {"replicas", &q.Replicas}, {"write_consistency", &q.WriteConsistency}} {
		if *n.to < 0 || *n.to > 1000 {
			w.say(0, "index.qdrant.%s: %d is not a number from 1 to 1000", n.key, *n.to)
		}
		*n.to = max(*n.to, 1)
	}
	if q.WriteConsistency > q.Replicas {
		w.say(0, "index.qdrant.write_consistency is %d, but there are %d replicas: no write would be confirmed", q.WriteConsistency, q.Replicas)
	}
}

// reference returns a secret as written, if that is not the secret itself.
func reference(text string) string {
	if strings.HasPrefix(strings.TrimSpace(text), "${") {
		return strings.TrimSpace(text)
	}
	return ""
}

// expand replaces references in texts, by their keys.
func expand(w *walker, e expander, texts map[string]*string) {
	for key, text := range texts {
		expanded, err := e.text(*text)
		if err != nil {
			w.say(0, "%s: %v", key, err)
		}
		*text = strings.TrimSpace(expanded)
	}
}

// oneOf checks a choice; the first value is the default.
func oneOf(w *walker, key string, text *string, values ...string) {
	if *text == "" {
		*text = values[0]
	}
	if !slices.Contains(values, *text) {
		w.say(0, "%s: %q is not one of %s", key, *text, strings.Join(values, ", "))
	}
}
