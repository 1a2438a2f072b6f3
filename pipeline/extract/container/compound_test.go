package container

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"freshet/connectors"
)

// compoundFile makes a compound file with empty streams of these names: a header, one
// sector of allocation table, and the directory.
func compoundFile(names ...string) []byte {
	b := make([]byte, 512)
	copy(b, compoundMagic)
	le := binary.LittleEndian
	le.PutUint16(b[30:], 9)
	le.PutUint32(b[48:], 1) // directory
	le.PutUint32(b[68:], 0xfffffffe)
	for i := range fatInHeader {
		le.PutUint32(b[76+4*i:], 0xffffffff)
	}
	le.PutUint32(b[76:], 0)
	fat := make([]byte, 512)
	for i := range 128 {
		le.PutUint32(fat[4*i:], 0xffffffff)
	}
	sectors := (len(names) + 3) / 4
	for i := range sectors {
		le.PutUint32(fat[4*(i+1):], uint32(i+2))
	}
	le.PutUint32(fat[4*sectors:], 0xfffffffe)
	directory := make([]byte, 512*sectors)
	for i, name := range names {
		entry := directory[128*i:]
		units := utf16.Encode([]rune(name))
		for j, u := range units {
			le.PutUint16(entry[2*j:], u)
		}
		le.PutUint16(entry[64:], uint16(2*len(units)+2))
		entry[66] = 2
	}
	return append(append(b, fat...), directory...)
}

func TestOlderOfficeFilesAreToldApart(t *testing.T) {
	for want, names := range map[string][]string{
		"doc": {"Root Entry", "1Table", "Data", "x", "y", "WordDocument"},
		"xls": {"Root Entry", "Workbook"},
		"ppt": {"Root Entry", "Current User", "PowerPoint Document"},
		"msg": {"Root Entry", "__properties_version1.0"},
		"ole": {"Root Entry", "Else"},
	} {
		if got, err := CompoundForm(compoundFile(names...)); got != want || err != nil {
			t.Errorf("%v: %q, %v", names, got, err)
		}
	}
	_, err := CompoundForm(compoundFile("Root Entry", "EncryptionInfo", "EncryptedPackage"))
	wantVerdict(t, err, connectors.VerdictEncrypted, "password")
}

func TestADamagedCompoundFileIsOfUnknownForm(t *testing.T) {
	b := compoundFile("Root Entry", "a", "b", "c", "WordDocument")
	for n := len(compoundMagic); n < len(b); n += 7 {
		if _, err := CompoundForm(b[:n]); err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
	// A directory whose sectors follow each other in a circle.
	binary.LittleEndian.PutUint32(b[512+4*2:], 1)
	if got, err := CompoundForm(b); got != "doc" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func FuzzCompoundForm(f *testing.F) {
	f.Add(compoundFile("Root Entry", "WordDocument"))
	f.Fuzz(func(t *testing.T, b []byte) {
		form, err := CompoundForm(append([]byte(compoundMagic), b...))
		if (form == "") != (err != nil) {
			t.Fatalf("%q, %v", form, err)
		}
	})
}
