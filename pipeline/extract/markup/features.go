package markup

import "math/bits"

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
	inComments    // an element around it is named as comments
	inDeck        // or as the line between title and text
	agreed        // the libraries found much the same of the page
	agreedLost    // so they did, and neither found it
	agreedCore    // nor did they, and it is in the core
	agreedLong    // nor did they, and it has 160 letters and digits or more
	agreedList    // nor did they, and it is a list
	agreedOnlyT   // so they did, but for this block, which only trafilatura found
	agreedOnlyR   // or only readability
	disputedOnlyT // half of what one found the other did not; trafilatura found it
	disputedOnlyR // or readability
	sparse        // trafilatura found less than four tenths of the running text
	sparseList    // so it did, and this is a list
	sparseLost    // so it did, and neither found it
	sparseFound   // so it did, and trafilatura found it
	deep          // the two blocks before and the two behind were found
	deepLost      // so they were, and it was not
	far           // nor were any of the three before and the three behind
	nearEnd       // trafilatura found fewer than three blocks behind it
	nearStart     // or fewer than two before it
	plug          // it asks to follow, to subscribe, to write, or says who helped
	plugEnd       // so it does, near the end
	inP           // it is a paragraph by its element
	italic        // all of it is
	upper         // it is in capitals
	headLost      // no library found the heading directly above
	underTitle    // that heading is the title

	// Of headings only.

	aboveFound // both found the text below
	levelOne
	levelTwo
	inBold // it is a line in bold
	features
)

// A sight is the set of features of a block.
type sight [(features + 63) / 64]uint64

func sightOf(list ...feature) sight {
	var s sight
	for _, f := range list {
		s.set(f, true)
	}
	return s
}

func (s *sight) set(f feature, yes bool) {
	if yes {
		s[f/64] |= 1 << (f % 64)
	}
}

func (s sight) has(f feature) bool { return s[f/64]&(1<<(f%64)) != 0 }

// sum adds up the weights of the features of a sight.
func (s sight) sum(of *[features]float64) float64 {
	z := 0.0
	for i, word := range s {
		for ; word != 0; word &= word - 1 {
			z += of[i*64+bits.TrailingZeros64(word)]
		}
	}
	return z
}

// score is above 0 for a block that looks like content, headingScore for such a
// heading.
func (s sight) score() float64        { return s.sum(&weights) }
func (s sight) headingScore() float64 { return s.sum(&headingWeights) }

// guilty are the features that speak against a block whatever the libraries say.
var guilty = sightOf(mostLinks, allLinks, inNav, inHeader, inFooter, inAside, inForm, besideForm, marginal, doubtful, inSide, inCaption, inFigure, inPerson, inComments,
	boilerplate, underCaption, seenBefore, titleAgain, numbers, byline, credit, address, opening)

// ofData are the features that mean nothing in a table or in code.
var ofData = sightOf(numbers, titleAgain, someLinks)

// innocent reports whether nothing but its length and the libraries' silence speaks
// against a block.
func (s sight) innocent() bool {
	data := s.has(isTable) || s.has(isCode)
	for i, word := range s {
		against := word & guilty[i]
		if data {
			against &^= ofData[i]
		}
		if against != 0 {
			return false
		}
	}
	return data || !s.has(someLinks) || s.has(sentence)
}
