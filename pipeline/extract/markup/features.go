package markup

// A feature is something that can be seen of a block of a page and that speaks for
// or against its being content. A block has it or has it not.
type feature uint8

// The features. "Found" means that a library has most of the block's words.
const (
	always          feature = iota
	bothFound               // by trafilatura and readability
	onlyTrafilatura         // found it
	onlyReadability         // found it
	noneFound               // neither library found anything on the page
	inCore                  // in the innermost element that holds most of the page's sentences
	boxFound                // most of what stands beside it in its element was found by trafilatura
	boxRead                 // and by readability
	boxLost                 // next to nothing beside it was found
	afterLost               // it was not
	between                 // the blocks before and behind it were found
	ahead                   // it stands before the first longer block that both found
	aheadFound              // so it does, and was found
	behind                  // it stands behind the last such block
	behindFound             // so it does, and was found
	someLinks               // a quarter of its text is links
	mostLinks               // six tenths are
	allLinks                // all is
	tiny                    // below 20 letters and digits
	short                   // below 60
	shortFound              // below 60, and found by both
	shortRead               // below 60, and found by readability only
	middling                // 60 to 159
	long                    // 400 and more
	isList
	isLostList // no library found the list
	isTable
	isCode
	isQuote
	inNav
	inHeader
	inFooter
	inAside
	inForm
	besideForm // a form stands in the small element around it
	marginal   // an element around it is named as an advertisement, a sidebar and the like
	doubtful   // an element around it is named as a teaser, a card, a box and the like
	inSide     // or as a side column
	inCaption  // or as a caption
	inFigure   // or as a picture, a gallery, a video
	inPerson   // or as what is said of the author
	namedContent
	sentence      // it ends as a sentence does
	announcing    // it ends with a colon
	fragment      // it ends as neither
	fragmentFound // so it does, and both found it
	boilerplate   // it is a caption such as "Related articles"
	underCaption  // the heading above it is one
	seenBefore    // the same text stands above
	titleAgain    // it has the words of the title
	numbers       // one letter or digit in five is a digit
	byline        // it says who wrote the page and when
	credit        // it says whose a picture is
	address       // it is the address of a page
	opening       // it is the first text of the page
	features
)

// A sight is the set of features of a block.
type sight uint64

func sightOf(list ...feature) sight {
	var s sight
	for _, f := range list {
		s.set(f, true)
	}
	return s
}

func (s *sight) set(f feature, yes bool) {
	if yes {
		*s |= 1 << f
	}
}

func (s sight) has(f feature) bool { return s&(1<<f) != 0 }

// score is above 0 for a block that looks like content.
func (s sight) score() float64 {
	z := 0.0
	for f := range features {
		if s.has(f) {
			z += weights[f]
		}
	}
	return z
}

// guilty are the features that speak against a block whatever the libraries say.
var guilty = sightOf(mostLinks, allLinks, inNav, inHeader, inFooter, inAside, inForm, besideForm, marginal, doubtful, inSide, inCaption, inFigure, inPerson,
	boilerplate, underCaption, seenBefore, titleAgain, numbers, byline, credit, address, opening)

// ofData are the features that mean nothing in a table or in code.
var ofData = sightOf(numbers, titleAgain, someLinks)

// innocent reports whether nothing but its length and the libraries' silence speaks
// against a block.
func (s sight) innocent() bool {
	if s.has(isTable) || s.has(isCode) {
		s &^= ofData
	}
	return s&guilty == 0 && (!s.has(someLinks) || s.has(sentence))
}
