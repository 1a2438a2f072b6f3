// Package numbers writes the numbers of Office files as a person sees them: a number
// of a workbook or chart is stored bare, and its format says whether it is a date, a
// price or a share.
package numbers

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// A Format is how a number is shown: a code such as "0.00%", or, where Code is empty,
// the ID of one of the formats that every workbook has (ECMA-376 part 1, 18.8.30).
type Format struct {
	ID   int
	Code string
}

// A Style is what all numbers of a document have in common.
type Style struct {
	// French writes 1 234,5 instead of 1,234.5, VRAI instead of TRUE, and dates
	// whose form the file leaves to the reader's country as 31/12/2026. Otherwise
	// such dates are written 2026-12-31, which no country reads wrongly.
	French bool
	// Since1904 counts days from 1904, as workbooks of old Macintoshes do.
	Since1904 bool
}

// longestCode is the longest format that Excel takes, in characters; longer ones, which
// take long to read, are not looked at.
const longestCode = 255

// remembered bounds the results that a Formatter keeps.
const remembered = 20_000

// daysTo1904 is the number of 1 January 1904 in workbooks that count from 1900
// (ECMA-376 part 1, 18.17.4.1).
const daysTo1904 = 1462

// A Formatter writes numbers. It is used by one goroutine.
type Formatter struct {
	style Style
	// book is an empty workbook that does nothing but format: it never sees the
	// document. It is made when the first format that needs it comes.
	book   *excelize.File
	styles map[Format]int
	known  map[valued]string
}

type valued struct {
	format Format
	raw    string
}

// New returns a Formatter.
func New(s Style) *Formatter {
	return &Formatter{style: s, styles: map[Format]int{}, known: map[valued]string{}}
}

// Bool writes a truth value.
func (f *Formatter) Bool(v bool) string {
	switch {
	case v && f.style.French:
		return "VRAI"
	case v:
		return "TRUE"
	case f.style.French:
		return "FAUX"
	}
	return "FALSE"
}

// Number writes the number whose digits are raw. What is no number, or has a format
// that cannot be understood, is returned as it is.
func (f *Formatter) Number(raw string, format Format) string {
	if general(format) || format.overlong() {
		return f.local(plain(raw))
	}
	v := valued{format, raw}
	if s, ok := f.known[v]; ok {
		return s
	}
	s, ok := f.shown(raw, format)
	switch {
	case !ok:
		s = f.local(plain(raw))
	case !IsDate(format):
		s = f.local(s)
	}
	if len(f.known) < remembered {
		f.known[v] = s
	}
	return s
}

func (f Format) overlong() bool {
	return len(f.Code) > utf8.UTFMax*longestCode || utf8.RuneCountInString(f.Code) > longestCode
}

func general(f Format) bool {
	return f.Code == "" && (f.ID == 0 || f.ID == 49) || strings.EqualFold(f.Code, "general") || f.Code == "@"
}

// plain writes a number without a format: as many digits as mean something.
func plain(raw string) string {
	if len(raw) < 10 && !strings.ContainsAny(raw, ".eE") {
		return raw
	}
	v, err := strconv.ParseFloat(raw, 64)
	switch abs := math.Abs(v); {
	case err != nil || math.IsInf(v, 0) || math.IsNaN(v):
		return raw
	case v == math.Trunc(v) && abs < 1e15:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case abs >= 1e-4 && abs < 1e15:
		// Fifteen digits are stored, ten behind the point are more than is shown.
		s := strconv.FormatFloat(v, 'f', 10, 64)
		return strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return strconv.FormatFloat(v, 'G', 6, 64)
}

// shown has the number formatted.
func (f *Formatter) shown(raw string, format Format) (s string, ok bool) {
	defer func() {
		if recover() != nil { // a format that the library trips over
			s, ok = "", false
		}
	}()
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return "", false
	}
	if f.style.Since1904 && IsDate(format) {
		raw = strconv.FormatFloat(v+daysTo1904, 'f', -1, 64)
	}
	id, ok := f.styleOf(format)
	if !ok {
		return "", false
	}
	const sheet, cell = "Sheet1", "A1"
	if f.book.SetCellDefault(sheet, cell, raw) != nil || f.book.SetCellStyle(sheet, cell, cell, id) != nil {
		return "", false
	}
	s, err = f.book.GetCellValue(sheet, cell)
	return s, err == nil
}

// styleOf registers a format once.
func (f *Formatter) styleOf(format Format) (int, bool) {
	if id, ok := f.styles[format]; ok {
		return id, id >= 0
	}
	if f.book == nil {
		pattern := "yyyy-mm-dd"
		if f.style.French {
			pattern = "dd/mm/yyyy"
		}
		f.book = excelize.NewFile(excelize.Options{ShortDatePattern: pattern, LongDatePattern: pattern, LongTimePattern: "hh:mm:ss"})
	}
	how := &excelize.Style{NumFmt: format.ID}
	switch {
	case format.Code != "":
		how = &excelize.Style{CustomNumFmt: &format.Code}
	case format.ID == 14 || format.ID == 22:
		// The library writes these two in the American order.
		code := "yyyy-mm-dd"
		if f.style.French {
			code = "dd/mm/yyyy"
		}
		if format.ID == 22 {
			code += " hh:mm"
		}
		how = &excelize.Style{CustomNumFmt: &code}
	}
	id, err := f.book.NewStyle(how)
	if err != nil {
		id = -1
	}
	f.styles[format] = id
	return id, err == nil
}

// IsDate reports whether a format shows a date or a time.
func IsDate(f Format) bool {
	if f.Code == "" {
		return f.ID >= 14 && f.ID <= 22 || f.ID >= 27 && f.ID <= 36 || f.ID >= 45 && f.ID <= 47 || f.ID >= 50 && f.ID <= 58
	}
	if f.overlong() {
		return false
	}
	quoted := false
	for i := 0; i < len(f.Code); i++ {
		switch c := f.Code[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == '[':
			end := strings.IndexByte(f.Code[i:], ']')
			if end < 0 {
				return false
			}
			if inside := strings.ToLower(f.Code[i+1 : i+end]); inside != "" && strings.Trim(inside, "hms") == "" {
				return true
			}
			i += end
		case strings.IndexByte("yYmMdDhHsS", c) >= 0:
			return true
		}
	}
	return false
}

// local turns 1,234.5 into 1 234,5 where the document is French.
func (f *Formatter) local(s string) string {
	if !f.style.French || !strings.ContainsAny(s, ",.") {
		return s
	}
	b := []byte(s)
	digit := func(i int) bool { return i >= 0 && i < len(b) && b[i] >= '0' && b[i] <= '9' }
	for i := range b {
		switch {
		case b[i] == ',' && digit(i-1) && digit(i+1):
			b[i] = ' '
		case b[i] == '.' && digit(i+1) && (digit(i-1) || i == 0):
			b[i] = ','
		}
	}
	return string(b)
}
