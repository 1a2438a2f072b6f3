//go:build !unix

package embedded

import (
	"io"
	"os"
)

// canMap says that openMapping maps files instead of reading them.
const canMap = false

// A mapping is the content of a file.
type mapping struct{ data []byte }

func openMapping(path string) (*mapping, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	// Lists are cut out of the bytes, which needs their alignment.
	data := asBytes(make([]uint64, (info.Size()+7)/8))[:info.Size()]
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, err
	}
	return &mapping{data: data}, nil
}

// syncDir does nothing: directories cannot be synced here.
func syncDir(string) error { return nil }
