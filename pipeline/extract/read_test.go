package extract

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"freshet/connectors"
)

func TestReadAll(t *testing.T) {
	b, err := ReadAll(t.Context(), iotest.OneByteReader(strings.NewReader("12345")), 5)
	if err != nil || string(b) != "12345" {
		t.Errorf("%q, %v", b, err)
	}
	_, err = ReadAll(t.Context(), strings.NewReader("123456"), 5)
	if v := connectors.AsVerdict(err); v == nil || v.Reason != connectors.VerdictTooLarge || !strings.Contains(v.Detail, "5 bytes") {
		t.Errorf("one byte too many: %v", err)
	}
	broken := errors.New("the line is dead")
	_, err = ReadAll(t.Context(), io.MultiReader(strings.NewReader("12"), iotest.ErrReader(broken)), 5)
	if !errors.Is(err, broken) || connectors.AsVerdict(err) != nil {
		t.Errorf("a fault of the reader: %v", err)
	}
	cause := errors.New("somebody said stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if _, err = ReadAll(ctx, strings.NewReader("12"), 5); !errors.Is(err, cause) {
		t.Errorf("stopped: %v", err)
	}
}
