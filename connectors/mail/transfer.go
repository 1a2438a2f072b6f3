package mail

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// decodeTransfer undoes quoted-printable and base64; what is not valid in them is
// passed over or kept as it stands, because mails in the wild are cut and mangled.
func decodeTransfer(b []byte, encoding string) []byte {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return fromBase64(b)
	case "quoted-printable":
		return fromQuoted(b)
	}
	return b
}

func fromBase64(b []byte) []byte {
	digits := make([]byte, 0, len(b))
	for _, c := range b {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			digits = append(digits, c)
		case c == '=':
			// Some programs encode pieces and join them, padding and all.
			digits = digits[:len(digits)-len(digits)%4+wholeDigits(len(digits)%4)]
			for len(digits)%4 != 0 {
				digits = append(digits, '=')
			}
		}
	}
	digits = digits[:len(digits)-len(digits)%4+wholeDigits(len(digits)%4)]
	for len(digits)%4 != 0 {
		digits = append(digits, '=')
	}
	out := make([]byte, 0, len(digits)/4*3)
	var three [3]byte
	for ; len(digits) > 0; digits = digits[4:] {
		n, err := base64.StdEncoding.Decode(three[:], digits[:4])
		if err == nil {
			out = append(out, three[:n]...)
		}
	}
	return out
}

// wholeDigits is how many of the last n digits of a piece can be decoded: one
// alone holds no byte.
func wholeDigits(n int) int {
	if n == 1 {
		return 0
	}
	return n
}

func fromQuoted(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		i := bytes.IndexByte(b, '=')
		if i < 0 {
			return append(out, b...)
		}
		out = append(out, b[:i]...)
		b = b[i+1:]
		if hi, lo := hexOf(b, 0), hexOf(b, 1); hi >= 0 && lo >= 0 {
			out = append(out, byte(hi<<4|lo))
			b = b[2:]
			continue
		}
		trimmed := bytes.TrimLeft(b, " \t\r")
		if len(trimmed) > 0 && trimmed[0] == '\n' {
			b = trimmed[1:] // a soft line break
			continue
		}
		if len(trimmed) == 0 {
			return out
		}
		out = append(out, '=')
	}
	return out
}

func hexOf(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch c := b[i]; {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}
