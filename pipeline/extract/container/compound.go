package container

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// compoundMagic begins every compound file (OLE 2; [MS-CFB] 2.2).
const compoundMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

const (
	// directoryMost bounds the entries of a compound file's directory that are looked at.
	directoryMost = 10_000
	fatInHeader   = 109 // [MS-CFB] 2.2: sectors of the allocation table listed in the header
	lastSector    = 0xfffffffa
)

// IsCompound reports whether b begins like a compound file: the older files of Office,
// messages of Outlook, and newer files of Office that are encrypted.
func IsCompound(b []byte) bool { return bytes.HasPrefix(b, []byte(compoundMagic)) }

// CompoundForm names what a compound file is by the streams in it: "doc", "xls", "ppt",
// "msg", or "ole" for any other. The verdict encrypted says that it is a newer file of
// Office behind a password.
func CompoundForm(b []byte) (string, error) {
	form := "ole"
	for _, name := range streamNames(b) {
		switch name {
		case "EncryptedPackage", "EncryptionInfo":
			return "", encrypted("the document is protected with a password; open it in Office, remove the password under File, Info, Protect Document, and add that file")
		case "WordDocument":
			form = "doc"
		case "Workbook", "Book":
			// A Word file can hold a workbook, in a folder of its own; its own stream wins.
			if form == "ole" {
				form = "xls"
			}
		case "PowerPoint Document":
			form = "ppt"
		case "__properties_version1.0":
			if form == "ole" {
				form = "msg"
			}
		}
	}
	return form, nil
}

// streamNames returns the names in the directory of a compound file, as far as it can
// be read.
func streamNames(b []byte) []string {
	c, ok := openCompound(b)
	if !ok {
		return nil
	}
	var names []string
	seen := 0
	for sector := binary.LittleEndian.Uint32(b[48:]); sector < lastSector; {
		s := c.sector(sector)
		if s == nil || seen > directoryMost {
			break
		}
		for ; len(s) >= 128; s = s[128:] {
			seen++
			if name := entryName(s[:128]); name != "" {
				names = append(names, name)
			}
		}
		sector = c.after(sector)
	}
	return names
}

// A compound is a compound file of which only the allocation table is followed.
type compound struct {
	b     []byte
	shift uint
	fat   []uint32 // sectors of the allocation table
}

func openCompound(b []byte) (compound, bool) {
	if len(b) < 512 || !IsCompound(b) {
		return compound{}, false
	}
	c := compound{b: b, shift: uint(binary.LittleEndian.Uint16(b[30:]))}
	if c.shift != 9 && c.shift != 12 {
		return compound{}, false
	}
	for i := range fatInHeader {
		c.addFAT(binary.LittleEndian.Uint32(b[76+4*i:]))
	}
	next := binary.LittleEndian.Uint32(b[68:])
	for next < lastSector && len(c.fat) <= len(b)>>c.shift {
		s := c.sector(next)
		if s == nil {
			break
		}
		for ; len(s) > 4; s = s[4:] {
			c.addFAT(binary.LittleEndian.Uint32(s))
		}
		next = binary.LittleEndian.Uint32(s)
	}
	return c, true
}

func (c *compound) addFAT(sector uint32) {
	if sector < lastSector {
		c.fat = append(c.fat, sector)
	}
}

// sector returns nil for one that is not wholly in the file.
func (c *compound) sector(n uint32) []byte {
	from := (int64(n) + 1) << c.shift
	if from >= int64(len(c.b)) {
		return nil
	}
	s := c.b[from:min(from+1<<c.shift, int64(len(c.b)))]
	if len(s) < 1<<c.shift {
		return nil
	}
	return s
}

// after is the sector that follows n in its chain.
func (c *compound) after(n uint32) uint32 {
	perSector := uint32(1) << (c.shift - 2)
	if int(n/perSector) >= len(c.fat) {
		return lastSector
	}
	s := c.sector(c.fat[n/perSector])
	if s == nil {
		return lastSector
	}
	return binary.LittleEndian.Uint32(s[n%perSector*4:])
}

// entryName reads the name of a directory entry ([MS-CFB] 2.6.1), "" if it is unused.
func entryName(entry []byte) string {
	size := int(binary.LittleEndian.Uint16(entry[64:]))
	if entry[66] == 0 || size < 2 || size > 64 {
		return ""
	}
	units := make([]uint16, 0, 32)
	for i := 0; i+2 < size; i += 2 {
		units = append(units, binary.LittleEndian.Uint16(entry[i:]))
	}
	return string(utf16.Decode(units))
}
