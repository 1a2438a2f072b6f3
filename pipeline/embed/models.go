package embed

import "strings"

// A model is what is published about models whose names contain a word.
type model struct {
	word    string // in lower case, in the last part of the name
	query   string // put before a question
	passage string // put before a passage
	tokens  int    // longest text that it reads; 0: not said here
	needs   string // another word that the name must have
}

const (
	retrieveEnglish  = "Represent this sentence for searching relevant passages: "
	retrieveChinese  = "为这个句子生成表示以用于检索相关文章："
	retrieveInstruct = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: "
)

// models returns the table of prefixes by name; the first line that fits holds.
// The sources are the models' cards (huggingface.co/<name>), section "Usage":
//
//	intfloat/multilingual-e5-large-instruct, intfloat/e5-mistral-7b-instruct: one-sentence instruction for queries only
//	intfloat/multilingual-e5-{small,base,large}, e5-*-v2: "query: ", "passage: "; 512 tokens
//	nomic-ai/nomic-embed-text-v1, -v1.5, -v2-moe: "search_query: ", "search_document: "
//	BAAI/bge-m3: none; 8192 tokens. BAAI/bge-*-en-v1.5, bge-*-zh-v1.5: a sentence for queries only; 512 tokens
//	mixedbread-ai/mxbai-embed-large-v1: the sentence of bge for queries only; 512 tokens
//	Snowflake/snowflake-arctic-embed-{l,m}-v2.0 (in Ollama snowflake-arctic-embed2): "query: " for queries only; 8192 tokens
//	Snowflake/snowflake-arctic-embed-{xs,s,m,l}, -m-v1.5: the sentence of bge for queries only; 512 tokens
//	google/embeddinggemma-300m: "task: search result | query: ", "title: none | text: "; 2048 tokens
//	Qwen/Qwen3-Embedding-*: instruction for queries only; 32768 tokens
//	OrdalieTech/Solon-embeddings-{base,large}-0.1: "query : " for queries only; 512 tokens
//	sentence-transformers/all-MiniLM-L6-v2: none; 256 word pieces
func models() []model {
	return []model{
		{word: "e5-mistral", query: retrieveInstruct, tokens: 4096},
		{word: "e5", needs: "instruct", query: retrieveInstruct, tokens: 512},
		{word: "e5", query: "query: ", passage: "passage: ", tokens: 512},
		{word: "nomic-embed-text", query: "search_query: ", passage: "search_document: "},
		{word: "bge-m3", tokens: 8192},
		{word: "bge", needs: "zh", query: retrieveChinese, tokens: 512},
		{word: "bge", query: retrieveEnglish, tokens: 512},
		{word: "mxbai-embed", query: retrieveEnglish, tokens: 512},
		{word: "arctic-embed2", query: "query: ", tokens: 8192},
		{word: "arctic-embed-l-v2", query: "query: ", tokens: 8192},
		{word: "arctic-embed-m-v2", query: "query: ", tokens: 8192},
		{word: "arctic-embed", query: retrieveEnglish, tokens: 512},
		{word: "embeddinggemma", query: "task: search result | query: ", passage: "title: none | text: ", tokens: 2048},
		{word: "qwen3-embedding", query: retrieveInstruct, tokens: 32768},
		{word: "solon-embeddings", query: "query : ", tokens: 512},
		{word: "all-minilm", tokens: 256},
	}
}

// modelNamed finds what is published about a model by its name, which may carry an
// owner before a slash and a tag after a colon.
func modelNamed(name string) model {
	name = strings.ToLower(name)
	name = name[strings.LastIndexByte(name, '/')+1:]
	name, _, _ = strings.Cut(name, ":")
	for _, m := range models() {
		if contains(name, m.word) && (m.needs == "" || contains(name, m.needs)) {
			return m
		}
	}
	return model{}
}

// contains reports whether a name has a word that begins at a border: "e5" is in
// "multilingual-e5-small" but not in "code5".
func contains(name, word string) bool {
	for from := 0; ; {
		at := strings.Index(name[from:], word)
		if at < 0 {
			return false
		}
		at += from
		if at == 0 || strings.IndexByte("-_. ", name[at-1]) >= 0 {
			return true
		}
		from = at + 1
	}
}
