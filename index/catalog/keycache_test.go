package catalog

import (
	"testing"
	"time"
)

func TestAKeyThatWasReadBeforeItsRevocationIsNotRemembered(t *testing.T) {
	var c keyCache
	now := time.Now()
	hash := [32]byte{1}
	_, emptied := c.get(hash, now)
	c.empty()
	c.put(hash, &Key{ID: "key_1"}, now, emptied)
	if k, _ := c.get(hash, now); k != nil {
		t.Error("the key is remembered")
	}
}

func TestAKeyIsRememberedForAWhile(t *testing.T) {
	var c keyCache
	now := time.Now()
	hash := [32]byte{1}
	_, emptied := c.get(hash, now)
	c.put(hash, &Key{ID: "key_1"}, now, emptied)
	for after, want := range map[time.Duration]bool{0: true, keyFor - 1: true, keyFor: false} {
		if k, _ := c.get(hash, now.Add(after)); (k != nil) != want {
			t.Errorf("remembered after %v: %v, want %v", after, k != nil, want)
		}
	}
}

func TestTheCacheOfKeysIsBounded(t *testing.T) {
	var c keyCache
	now := time.Now()
	for i := range 5000 {
		c.put([32]byte{byte(i), byte(i >> 8)}, &Key{}, now, 0)
	}
	if n := len(c.byID); n > 1001 {
		t.Errorf("%d keys are remembered", n)
	}
}
