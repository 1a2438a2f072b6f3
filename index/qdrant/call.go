package qdrant

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	pb "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"freshet/index"
)

// A kind of call says what it does, in words, and how patient it is.
type kind struct {
	doing string
	write bool
}

func reading(doing string) kind { return kind{doing: doing} }
func writing(doing string) kind { return kind{doing: doing, write: true} }

// attempts is how often a call is tried: a read soon gives way to the standby, a
// write has nowhere else to go. All that is written may be written twice.
func (o *Options) attempts(k kind) int {
	if k.write {
		return o.Attempts
	}
	return 2
}

// errPending: a write was accepted and is not visible yet.
var errPending = errors.New("the server has accepted the write and not finished it in time")

// call makes one call with its attempts. Its error is the context's when that has
// ended, and else one of package index's with words.
func call[Q, R any](ctx context.Context, s *Server, k kind, do func(context.Context, Q, ...grpc.CallOption) (R, error), request Q) (R, error) {
	var none R
	wait := 50 * time.Millisecond
	for attempt := 1; ; attempt++ {
		if err := s.usable(ctx); err != nil {
			return none, err
		}
		reply, err := once(ctx, s, do, request)
		if err == nil {
			return reply, nil
		}
		if ctx.Err() != nil {
			return none, fmt.Errorf("%s: %w", k.doing, ctx.Err())
		}
		pause, again := pauseAfter(err, wait)
		if !again || attempt >= s.options.attempts(k) || pause > s.patience(k) {
			return none, fmt.Errorf("%s: %w", k.doing, explain(err))
		}
		s.options.Log.Debug("a call to qdrant is tried again", "doing", k.doing, "attempt", attempt, "again_in", pause, "error", err)
		if err := s.options.Sleep(ctx, pause); err != nil {
			return none, fmt.Errorf("%s: %w", k.doing, err)
		}
		wait = min(2*wait, s.options.LongestWait)
	}
}

// patience is the longest wait before another attempt.
func (s *Server) patience(k kind) time.Duration {
	if k.write {
		return s.options.LongestWait
	}
	return min(s.options.LongestWait, s.options.SearchTimeout/4)
}

func once[Q, R any](ctx context.Context, s *Server, do func(context.Context, Q, ...grpc.CallOption) (R, error), request Q) (R, error) {
	ctx, cancel := context.WithTimeout(ctx, s.options.CallTimeout)
	defer cancel()
	reply, err := do(ctx, request)
	if err == nil {
		err = finished(any(reply))
	}
	return reply, err
}

// finished reports a write that the server has not done yet.
func finished(reply any) error {
	r, ok := reply.(*pb.PointsOperationResponse)
	if !ok {
		return nil
	}
	switch status := r.GetResult().GetStatus(); status {
	case pb.UpdateStatus_Completed:
		return nil
	case pb.UpdateStatus_WaitTimeout, pb.UpdateStatus_Acknowledged:
		return errPending
	default:
		return fmt.Errorf("the server answered a write with status %s", status)
	}
}

// pauseAfter says whether an attempt that ended with err is worth another, and
// after how long.
func pauseAfter(err error, wait time.Duration) (time.Duration, bool) {
	jittered := wait/2 + rand.N(wait/2+1)
	var limited *pb.QdrantResourceExhaustedError
	if errors.As(err, &limited) {
		// The server counts by whole seconds.
		return max(time.Duration(limited.RetryAfterS)*time.Second, jittered), true
	}
	if errors.Is(err, errPending) {
		return jittered, true
	}
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Aborted, codes.Internal:
		return jittered, true
	}
	return 0, false
}

// explain says what an error means and what would mend it.
func explain(err error) error {
	var limited *pb.QdrantResourceExhaustedError
	if errors.As(err, &limited) {
		return fmt.Errorf("%w: the server's rate limit is reached, it asks to wait %d s: %s", index.ErrUnavailable, limited.RetryAfterS, limited.Reason)
	}
	if errors.Is(err, errPending) {
		return fmt.Errorf("%w: %w: it may be busy with indexing; what is not confirmed is written again", index.ErrUnavailable, err)
	}
	message := status.Convert(err).Message()
	advice := ""
	switch status.Code(err) {
	case codes.Unavailable:
		advice = "the server does not answer: is it running, is index.qdrant.address its gRPC port (6334, not 6333), and does tls fit"
	case codes.DeadlineExceeded:
		advice = "the server did not answer in time"
	case codes.Unauthenticated, codes.PermissionDenied:
		advice = "the server refused the API key: set index.qdrant.api_key to one that may read and write the collection"
	case codes.NotFound:
		advice = "the collection is not there: if it was dropped by hand, restart Freshet, which fills it again from the catalog"
	case codes.ResourceExhausted:
		advice = "the server or the reply limit is exhausted: free memory or disk on the server, or lower the batch size"
	case codes.InvalidArgument, codes.FailedPrecondition, codes.OutOfRange:
		advice = "the server refuses the request, as its strict mode may or as one of another version does"
	case codes.Unimplemented:
		advice = "the server does not know this call: Freshet needs Qdrant " + oldest.String() + " or later, at its gRPC port"
	default:
		advice = "the server failed"
	}
	return fmt.Errorf("%w: %s: %w", index.ErrUnavailable, advice, &serverError{status.Code(err), message, err})
}

// A serverError is what the server said.
type serverError struct {
	code    codes.Code
	message string
	err     error
}

func (e *serverError) Error() string { return fmt.Sprintf("%s: %s", e.code, e.message) }
func (e *serverError) Unwrap() error { return e.err }

func isNotFound(err error) bool {
	var said *serverError
	return errors.As(err, &said) && said.code == codes.NotFound
}

func (s *Server) usable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.closed.Load() {
		return fmt.Errorf("the connection to qdrant is closed: %w", index.ErrUnavailable)
	}
	return nil
}
