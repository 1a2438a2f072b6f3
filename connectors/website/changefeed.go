package website

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"freshet/connectors"
	"freshet/connectors/website/address"
	"freshet/connectors/website/sitemap"
)

const (
	feedPrefix = "websitefeed1."
	// maxFeedCursor is the largest cursor of a feed: 50,000 addresses take about
	// half of it. What does not fit has no feed.
	maxFeedCursor   = 2 << 20
	maxFeedInflated = 64 << 20
	// offFor is for how long a site that does not fit is not looked at.
	offFor = 7 * 24 * time.Hour
)

// feedState is what a feed's cursor holds: what the site's files listed when they
// were last followed.
type feedState struct {
	files map[string]*fileState // by address
	said  string                // code of the notice that was last given about the site
	off   time.Time             // when the site was found to be too large; zero if it is not
}

// fileState is what one file listed.
type fileState struct {
	ETag     string       `json:"e,omitempty"` // "" if the file is to be read again in any case
	Modified string       `json:"m,omitempty"`
	Kind     sitemap.Kind `json:"k"`
	Trusted  bool         `json:"t,omitempty"` // its dates say when pages changed
	Read     int64        `json:"r,omitempty"` // when, in Unix time
	// Further are the files that it names, with their dates where those are trusted.
	Further map[string]stamp `json:"f,omitempty"`
	// pages are those of the site, by ID.
	pages map[string]stamp
}

// stamp is a Modified in one number: seconds since 1990, twice, and one more for a
// period of a day or longer. 0 stands for none.
type stamp uint64

var stampEpoch = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).Unix() - 1

func stampOf(m sitemap.Modified) stamp {
	if m.IsZero() || m.Time.Unix() <= stampEpoch {
		return 0
	}
	s := stamp(m.Time.Unix()-stampEpoch) << 1
	if m.Precision <= sitemap.Day {
		s |= 1
	}
	return s
}

// openAt reports whether a page could have been changed again, after the moment at
// which its stamp was read, without the stamp telling: a date says nothing of the
// hours left of its day, anywhere on earth.
func (s stamp) openAt(read int64) bool {
	const dayEverywhere = 38 * 3600
	return s&1 == 1 && read < stampEpoch+int64(s>>1)+dayEverywhere
}

// open reports whether any page of the file could have changed unseen.
func (f *fileState) open() bool {
	if !f.Trusted {
		return false
	}
	for _, s := range f.pages {
		if s.openAt(f.Read) {
			return true
		}
	}
	return false
}

// lists reports whether the state knows of a page.
func (s *feedState) lists(id string) bool {
	for _, f := range s.files {
		if _, ok := f.pages[id]; ok {
			return true
		}
	}
	return false
}

type feedHeader struct {
	Files []feedFile `json:"f,omitempty"`
	Said  string     `json:"s,omitempty"`
	Off   int64      `json:"o,omitempty"`
}

type feedFile struct {
	At string `json:"a"`
	N  int    `json:"n,omitempty"` // pages
	fileState
}

// cursor writes the state down; ok is false if it takes more than most bytes.
func (s *feedState) cursor(most int) (cursor string, ok bool, err error) {
	head := feedHeader{Said: s.said}
	if !s.off.IsZero() {
		head.Off = s.off.Unix()
	}
	var body []byte
	for _, at := range slices.Sorted(maps.Keys(s.files)) {
		f := s.files[at]
		head.Files = append(head.Files, feedFile{At: at, N: len(f.pages), fileState: *f})
		before := ""
		for _, id := range slices.Sorted(maps.Keys(f.pages)) {
			same := 0
			for same < len(before) && same < len(id) && before[same] == id[same] {
				same++
			}
			body = binary.AppendUvarint(body, uint64(same))
			body = binary.AppendUvarint(body, uint64(len(id)-same))
			body = append(body, id[same:]...)
			body = binary.AppendUvarint(body, uint64(f.pages[id]))
			before = id
		}
	}
	text, err := json.Marshal(head)
	if err != nil {
		return "", false, fmt.Errorf("writing a feed's cursor: %w", err)
	}
	var b bytes.Buffer
	z, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err != nil {
		return "", false, fmt.Errorf("writing a feed's cursor: %w", err)
	}
	_, err = z.Write(append(binary.AppendUvarint(nil, uint64(len(text))), text...))
	if err == nil {
		_, err = z.Write(body)
	}
	if err := errors.Join(err, z.Close()); err != nil {
		return "", false, fmt.Errorf("writing a feed's cursor: %w", err)
	}
	cursor = feedPrefix + base64.RawURLEncoding.EncodeToString(b.Bytes())
	return cursor, len(cursor) <= most, nil
}

// parseFeedCursor reads a cursor back. The error is ErrCursor for anything that is
// not one of a feed.
func parseFeedCursor(cursor string) (*feedState, error) {
	s, err := unpackFeed(cursor)
	if err != nil {
		return nil, fmt.Errorf("reading the cursor of a website's feed: %w: %w", err, connectors.ErrCursor)
	}
	return s, nil
}

var errNoFeedCursor = errors.New("it is not one, or damaged")

func unpackFeed(cursor string) (*feedState, error) {
	coded, ok := strings.CutPrefix(cursor, feedPrefix)
	if !ok || len(cursor) > maxFeedCursor {
		return nil, errNoFeedCursor
	}
	packed, err := base64.RawURLEncoding.DecodeString(coded)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxFeedInflated))
	if err != nil {
		return nil, err
	}
	n, length := binary.Uvarint(raw)
	if length <= 0 || n > uint64(len(raw)-length) {
		return nil, errNoFeedCursor
	}
	var head feedHeader
	if err := json.Unmarshal(raw[length:length+int(n)], &head); err != nil {
		return nil, err
	}
	s := &feedState{files: map[string]*fileState{}, said: head.Said}
	if head.Off != 0 {
		s.off = time.Unix(head.Off, 0)
	}
	rest := raw[length+int(n):]
	for _, f := range head.Files {
		if f.N < 0 || f.N > len(rest) {
			return nil, errNoFeedCursor
		}
		file := f.fileState
		if rest, err = file.readPages(rest, f.N); err != nil {
			return nil, err
		}
		s.files[f.At] = &file
	}
	if len(rest) > 0 {
		return nil, errNoFeedCursor
	}
	return s, nil
}

func (f *fileState) readPages(rest []byte, n int) ([]byte, error) {
	f.pages = make(map[string]stamp, n)
	bad := false
	number := func() uint64 {
		v, length := binary.Uvarint(rest)
		if length <= 0 {
			bad = true
			return 0
		}
		rest = rest[length:]
		return v
	}
	before := ""
	for range n {
		same, more := number(), number()
		if bad || same > uint64(len(before)) || more > uint64(len(rest)) || same+more > address.MaxLength {
			return nil, errNoFeedCursor
		}
		id := before[:same] + string(rest[:more])
		rest = rest[more:]
		f.pages[id] = stamp(number())
		before = id
	}
	if bad {
		return nil, errNoFeedCursor
	}
	return rest, nil
}
