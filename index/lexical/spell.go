package lexical

// maxSuggestions is how many equally near words a misspelt one stands for.
const maxSuggestions = 2

// near returns the words of the base that are nearest to the one at a place, which
// the base does not contain. It is asked twice of a word, and searches once.
func (w *writer) near(place int, s *spoken) []suggestion {
	if w.nearest == nil {
		w.nearest = make(map[int][]suggestion)
	}
	list, known := w.nearest[place]
	if !known {
		list = w.search(s)
		w.nearest[place] = list
	}
	return list
}

func (w *writer) search(s *spoken) []suggestion {
	if w.base == nil || w.o.NoSpeller || !proper(s.surface) {
		return nil
	}
	list := w.base.vocabulary.Load().near(s.folded, maxSuggestions)
	for i := range list {
		if list[i].distance > list[0].distance {
			return list[:i]
		}
	}
	return list
}

// unaccented finds an unknown word under other accents: the same word.
func (w *writer) unaccented(place int, s *spoken) {
	if near := w.near(place, s); len(near) > 0 && near[0].distance == 0 {
		w.q.Words[place].Known = true
		w.suggest(place, s, near, 1)
	}
}

// spell puts the nearest words of the base beside one that is still unknown. A
// word that only means the same as one of the base is not misspelt.
func (w *writer) spell(place int, s *spoken) {
	word := &w.q.Words[place]
	if word.Known || word.Meant {
		return
	}
	if near := w.near(place, s); len(near) > 0 {
		word.Corrected = near[0].surface
		w.suggest(place, s, near, spellingWeight)
	}
}

func (w *writer) suggest(place int, s *spoken, near []suggestion, weight float32) {
	r := newReader()
	most := 0
	for _, x := range near {
		r.stems(x.surface, fold(x.surface), w.on).each(w.on, func(stem uint32) {
			most = max(most, w.stem(place, s.surface, stem, weight, true))
		})
	}
	if most > 0 {
		w.q.Words[place].IDF = idf(w.total, most)
	}
}
