package catalog

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Role says what a key may do.
type Role string

const (
	// RoleSearch may search, read what was served and give feedback.
	RoleSearch Role = "search"
	// RoleAdmin may do everything.
	RoleAdmin Role = "admin"
)

// A Key opens the API. Only its hash is kept.
type Key struct {
	ID      string
	Name    string
	Role    Role
	Bases   []string // knowledge bases; empty: all
	Drafts  bool     // sees sources that are not published: a test key
	Created time.Time
	Used    time.Time // within a minute
	Revoked time.Time
}

// MayUse reports whether the key opens this knowledge base.
func (k *Key) MayUse(base string) bool {
	return len(k.Bases) == 0 || slices.Contains(k.Bases, base)
}

// KeyPrefix begins every secret, so that leak scanners recognise it.
const KeyPrefix = "fsh_"

// CreateKey makes a key and returns its secret, which is not kept.
func (c *Catalog) CreateKey(ctx context.Context, k Key) (Key, string, error) {
	var id [6]byte
	var secret [32]byte
	if _, err := rand.Read(id[:]); err != nil {
		return k, "", err
	}
	if _, err := rand.Read(secret[:]); err != nil {
		return k, "", err
	}
	text := KeyPrefix + base64.RawURLEncoding.EncodeToString(secret[:])
	hash := sha256.Sum256([]byte(text))
	k.ID, k.Created = "key_"+hex.EncodeToString(id[:]), c.now().UTC()
	err := c.txApart(ctx, "create key", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO keys (id, name, hash, role, bases, drafts, created, used, revoked) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)`,
			k.ID, k.Name, hash[:], string(k.Role), encode(k.Bases), flag(k.Drafts), millis(k.Created))
		return err
	})
	return k, text, err
}

const keyColumns = `id, name, role, bases, drafts, created, used, revoked`

func scanKey(r scanner) (Key, error) {
	var k Key
	var bases string
	var created, used, revoked int64
	if err := r.Scan(&k.ID, &k.Name, &k.Role, &bases, &k.Drafts, &created, &used, &revoked); err != nil {
		return k, err
	}
	k.Created, k.Used, k.Revoked = fromMillis(created), fromMillis(used), fromMillis(revoked)
	return k, decode(bases, &k.Bases)
}

// Keys lists all keys, revoked ones too, oldest first.
func (c *Catalog) Keys(ctx context.Context) ([]Key, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT `+keyColumns+` FROM keys ORDER BY created, id`)
	out, err := collect(rows, err, scanKey)
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	return out, nil
}

// RevokeKey makes a key useless at once in this process, and within keyFor in others.
func (c *Catalog) RevokeKey(ctx context.Context, id string) error {
	err := c.txApart(ctx, "revoke key "+id, func(tx *sql.Tx) error {
		return mustChange(tx.ExecContext(ctx, `UPDATE keys SET revoked = ? WHERE id = ? AND revoked = 0`, millis(c.now()), id))
	})
	c.keyCache.empty()
	return err
}

// CheckKey returns the key with this secret, or ErrNotFound when there is none or
// it was revoked.
func (c *Catalog) CheckKey(ctx context.Context, secret string) (*Key, error) {
	hash := sha256.Sum256([]byte(secret))
	k, emptied := c.keyCache.get(hash, c.now())
	if k != nil {
		return k, nil
	}
	found, err := scanKey(c.read.QueryRowContext(ctx, `SELECT `+keyColumns+` FROM keys WHERE hash = ? AND revoked = 0`, hash[:]))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("API key: %w", ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("check API key: %w", err)
	}
	c.keyCache.put(hash, &found, c.now(), emptied)
	return &found, nil
}

// TouchKeys records when keys were last used.
func (c *Catalog) TouchKeys(ctx context.Context, used map[string]time.Time) error {
	return c.txApart(ctx, "record use of keys", func(tx *sql.Tx) error {
		for id, at := range used {
			if _, err := tx.ExecContext(ctx, `UPDATE keys SET used = ? WHERE id = ? AND used < ?`, millis(at), id, millis(at)); err != nil {
				return err
			}
		}
		return nil
	})
}

// keyFor is how long a checked key is believed without asking again.
const keyFor = 10 * time.Second

type keyCache struct {
	mu      sync.RWMutex
	byID    map[[32]byte]cachedKey
	emptied int // how often
}

type cachedKey struct {
	key   *Key
	until time.Time
}

// get also tells how often the cache was emptied, which put wants to know.
func (c *keyCache) get(hash [32]byte, now time.Time) (*Key, int) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if v, ok := c.byID[hash]; ok && now.Before(v.until) {
		return v.key, c.emptied
	}
	return nil, c.emptied
}

// put keeps a key unless the cache was emptied since the get before it was read: it
// may have been revoked in between.
func (c *keyCache) put(hash [32]byte, k *Key, now time.Time, emptied int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.emptied != emptied {
		return
	}
	if c.byID == nil || len(c.byID) > 1000 {
		c.byID = make(map[[32]byte]cachedKey)
	}
	c.byID[hash] = cachedKey{k, now.Add(keyFor)}
}

func (c *keyCache) empty() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byID, c.emptied = nil, c.emptied+1
}
