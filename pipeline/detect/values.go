package detect

import (
	"context"

	"freshet/index"
)

// values looks for values that an entry changed.
func (l *look) values(ctx context.Context, b *base, entry *index.Entry) error { return nil }
