package lexical

import "math/bits"

// salts separate the namespaces; they are part of Version.
var salts = [namespaces]uint32{Words: 0x2f1b9ac3, Grams: 0x8d4e6f15, TitleWords: 0xc3a5c85c, TitleGrams: 0x5bd1e995}

// tokenID is the ID of a token whose hash is h in a namespace. A title's is made
// from the body's, so that caches need hold only that.
func tokenID(n Namespace, h uint32) uint32 {
	if n >= TitleWords {
		return titleID(n, mix(h^salts[n-TitleWords]))
	}
	return mix(h ^ salts[n])
}

// titleID turns the ID that a token has in the body into that in a title's
// namespace.
func titleID(n Namespace, body uint32) uint32 { return mix(body ^ salts[n]) }

// hash is MurmurHash3 x86 32 with seed 0.
func hash(s string) uint32 {
	const c1, c2 = 0xcc9e2d51, 0x1b873593
	var h uint32
	i := 0
	for ; i+4 <= len(s); i += 4 {
		k := uint32(s[i]) | uint32(s[i+1])<<8 | uint32(s[i+2])<<16 | uint32(s[i+3])<<24
		h ^= bits.RotateLeft32(k*c1, 15) * c2
		h = bits.RotateLeft32(h, 13)*5 + 0xe6546b64
	}
	var k uint32
	for j := len(s) - 1; j >= i; j-- {
		k = k<<8 | uint32(s[j])
	}
	if i < len(s) {
		h ^= bits.RotateLeft32(k*c1, 15) * c2
	}
	return mix(h ^ uint32(len(s)))
}

// mix is the finaliser of MurmurHash3, a bijection.
func mix(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}
