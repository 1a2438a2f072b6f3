package repair

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"errors"

	"golang.org/x/text/encoding/charmap"

	"freshet/pipeline/extract/pdf/syntax"
)

var (
	// ErrPassword: none of the passwords opens the file.
	ErrPassword = errors.New("none of the passwords opens it")
	// ErrScheme: the file is encrypted in a way for which no password is enough.
	ErrScheme = errors.New("it is encrypted for the holders of certain certificates, or in a way that is not known")
)

// method is how strings or streams are encrypted.
type method uint8

const (
	methodNone method = iota
	methodRC4
	methodAES
	methodAES256
)

// A cryptor decrypts the objects of a file.
type cryptor struct {
	key              []byte
	strings, streams method
	metadata         bool // metadata streams are encrypted too
}

// passwordPad fills passwords up to 32 bytes: ISO 32000-1, 7.6.3.3.
const passwordPad = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A"

// handler is the encryption dictionary of the standard security handler.
type handler struct {
	version, revision int
	length            int // of the key, in bytes
	o, u, oe, ue      []byte
	permissions       uint32
	id                []byte
	metadata          bool
}

// newCryptor opens the encryption of a file with the first of the passwords that fits.
func newCryptor(d syntax.Dict, id []byte, passwords []string) (*cryptor, error) {
	if f, _ := d["Filter"].(syntax.Symbol); f != "Standard" && f != "" {
		return nil, ErrScheme
	}
	h := handler{version: whole(d["V"]), revision: whole(d["R"]), length: whole(d["Length"]) / 8, id: id,
		o: text(d["O"]), u: text(d["U"]), oe: text(d["OE"]), ue: text(d["UE"]),
		permissions: uint32(int64(whole(d["P"]))), metadata: true}
	if b, ok := d["EncryptMetadata"].(bool); ok {
		h.metadata = b
	}
	c := &cryptor{metadata: h.metadata, strings: methodRC4, streams: methodRC4}
	switch h.version {
	case 1:
		h.length = 5
	case 2, 3:
		if h.length < 5 || h.length > 16 {
			h.length = 5
		}
	case 4, 5, 6:
		c.strings, c.streams = methodOf(d, "StrF"), methodOf(d, "StmF")
		if h.length < 5 || h.length > 16 {
			h.length = 16
		}
	default:
		return nil, ErrScheme
	}
	for _, p := range passwords {
		for _, form := range spellings(p) {
			if c.key = h.open(form); c.key != nil {
				return c, nil
			}
			// The length that a filter of version 4 gives is not always meant.
			if given := h.length; h.version == 4 {
				h.length = 16
				if c.key = h.open(form); c.key != nil {
					return c, nil
				}
				h.length = given
			}
		}
	}
	return nil, ErrPassword
}

func methodOf(d syntax.Dict, which syntax.Symbol) method {
	name, _ := d[which].(syntax.Symbol)
	filters, _ := d["CF"].(syntax.Dict)
	f, _ := filters[name].(syntax.Dict)
	switch m, _ := f["CFM"].(syntax.Symbol); m {
	case "V2":
		return methodRC4
	case "AESV2":
		return methodAES
	case "AESV3", "AESV4":
		return methodAES256
	}
	return methodNone
}

// spellings returns the bytes that a password may have been made of.
func spellings(p string) [][]byte {
	out := [][]byte{[]byte(p)}
	if b, err := charmap.Windows1252.NewEncoder().Bytes([]byte(p)); err == nil && string(b) != p {
		out = append(out, b)
	}
	return out
}

// open returns the key of the file when pw is its user's or owner's password.
func (h *handler) open(pw []byte) []byte {
	if h.revision >= 5 {
		return h.open256(pw)
	}
	if len(h.o) < 32 || len(h.u) < 16 {
		return nil
	}
	if key := h.userKey(pw); h.fits(key) {
		return key
	}
	if key := h.userKey(h.userPassword(pw)); h.fits(key) {
		return key
	}
	return nil
}

func padded(pw []byte) []byte {
	return append(bytes.Clone(pw[:min(len(pw), 32)]), passwordPad...)[:32]
}

// userKey is algorithm 2 of ISO 32000-1.
func (h *handler) userKey(pw []byte) []byte {
	m := md5.New()
	m.Write(padded(pw))
	m.Write(h.o[:32])
	p := h.permissions
	m.Write([]byte{byte(p), byte(p >> 8), byte(p >> 16), byte(p >> 24)})
	m.Write(h.id)
	if h.revision >= 4 && !h.metadata {
		m.Write([]byte{0xff, 0xff, 0xff, 0xff})
	}
	key := m.Sum(nil)
	if h.revision >= 3 {
		for range 50 {
			sum := md5.Sum(key[:h.length])
			key = sum[:]
		}
	}
	return key[:h.length]
}

// fits is algorithms 4 and 5: whether key makes the entry U.
func (h *handler) fits(key []byte) bool {
	if h.revision < 3 {
		return bytes.Equal(rc4With(key, []byte(passwordPad)), h.u[:min(len(h.u), 32)])
	}
	m := md5.New()
	m.Write([]byte(passwordPad))
	m.Write(h.id)
	x := m.Sum(nil)
	for i := range 20 {
		x = rc4With(xored(key, byte(i)), x)
	}
	return bytes.Equal(x, h.u[:16])
}

// userPassword is algorithm 7: the user's password out of the owner's.
func (h *handler) userPassword(owner []byte) []byte {
	sum := md5.Sum(padded(owner))
	key := sum[:]
	if h.revision >= 3 {
		for range 50 {
			sum = md5.Sum(key)
			key = sum[:]
		}
	}
	key = key[:h.length]
	x := h.o[:32]
	if h.revision < 3 {
		return rc4With(key, x)
	}
	for i := 19; i >= 0; i-- {
		x = rc4With(xored(key, byte(i)), x)
	}
	return x
}

func xored(key []byte, with byte) []byte {
	out := bytes.Clone(key)
	for i := range out {
		out[i] ^= with
	}
	return out
}

func rc4With(key, data []byte) []byte {
	c, err := rc4.NewCipher(key)
	if err != nil {
		return nil
	}
	out := make([]byte, len(data))
	c.XORKeyStream(out, data)
	return out
}

// open256 is algorithm 2.A of ISO 32000-2.
func (h *handler) open256(pw []byte) []byte {
	pw = pw[:min(len(pw), 127)]
	if len(h.o) < 48 || len(h.u) < 48 || len(h.oe) < 32 || len(h.ue) < 32 {
		return nil
	}
	var wrapped, between []byte
	u := h.u[:48]
	switch {
	case bytes.Equal(h.hash(pw, u[32:40], nil), u[:32]):
		between, wrapped = h.hash(pw, u[40:48], nil), h.ue[:32]
	case bytes.Equal(h.hash(pw, h.o[32:40], u), h.o[:32]):
		between, wrapped = h.hash(pw, h.o[40:48], u), h.oe[:32]
	default:
		return nil
	}
	block, err := aes.NewCipher(between)
	if err != nil {
		return nil
	}
	key := make([]byte, 32)
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(key, wrapped)
	return key
}

// hash is algorithm 2.B of ISO 32000-2; revision 5 is its first step alone.
func (h *handler) hash(pw, salt, user []byte) []byte {
	first := sha256.Sum256(bytes.Join([][]byte{pw, salt, user}, nil))
	k := first[:]
	if h.revision < 6 {
		return k
	}
	for i := 0; ; i++ {
		k1 := bytes.Repeat(bytes.Join([][]byte{pw, k, user}, nil), 64)
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(k1, k1)
		mod := 0
		for _, c := range k1[:16] {
			mod += int(c)
		}
		switch mod % 3 {
		case 0:
			s := sha256.Sum256(k1)
			k = s[:]
		case 1:
			s := sha512.Sum384(k1)
			k = s[:]
		default:
			s := sha512.Sum512(k1)
			k = s[:]
		}
		if i >= 63 && int(k1[len(k1)-1]) <= i-32 {
			return k[:32]
		}
	}
}

// decrypt returns data of the object num, gen in clear.
func (c *cryptor) decrypt(data []byte, how method, num, gen int) []byte {
	switch how {
	case methodRC4:
		return rc4With(c.objectKey(num, gen, false), data)
	case methodAES:
		return unAES(c.objectKey(num, gen, true), data)
	case methodAES256:
		return unAES(c.key, data)
	}
	return data
}

func (c *cryptor) objectKey(num, gen int, salted bool) []byte {
	m := md5.New()
	m.Write(c.key)
	m.Write([]byte{byte(num), byte(num >> 8), byte(num >> 16), byte(gen), byte(gen >> 8)})
	if salted {
		m.Write([]byte("sAlT"))
	}
	return m.Sum(nil)[:min(len(c.key)+5, 16)]
}

// unAES decrypts CBC blocks behind their initialisation vector; a last block that
// is not whole is left out.
func unAES(key, data []byte) []byte {
	if len(data) < 2*aes.BlockSize {
		return nil
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil
	}
	body := data[aes.BlockSize:]
	out := make([]byte, len(body)/aes.BlockSize*aes.BlockSize)
	cipher.NewCBCDecrypter(block, data[:aes.BlockSize]).CryptBlocks(out, body[:len(out)])
	if pad := int(out[len(out)-1]); pad >= 1 && pad <= aes.BlockSize {
		out = out[:len(out)-pad]
	}
	return out
}
