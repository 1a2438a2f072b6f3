package extract

import (
	"context"
	"fmt"
	"io"

	"freshet/connectors"
)

// ReadAll reads r to its end. A verdict too_large says that it has more than limit
// bytes; any other error is a fault of r or the cause of ctx.
func ReadAll(ctx context.Context, r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(ContextReader(ctx, r), limit+1))
	if err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	if int64(len(b)) > limit {
		return nil, &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf("it is larger than %d bytes", limit)}
	}
	return b, nil
}

type watched struct {
	ctx context.Context
	r   io.Reader
}

func (r watched) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.r.Read(p)
}

// ContextReader returns a reader of r that fails with the cause of ctx once it is
// done.
func ContextReader(ctx context.Context, r io.Reader) io.Reader { return watched{ctx, r} }
