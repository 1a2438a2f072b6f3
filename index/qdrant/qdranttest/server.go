// Package qdranttest is a Qdrant server inside the process, for tests: the part of
// the gRPC interface that package qdrant uses, on the client's generated stubs.
//
// It answers as the server does, which the recorded script in testdata shows (see
// Script): it is as strict about dimensions, vector names and unindexed keys, and it
// breaks ties in the least convenient way. What the script does not ask of a real
// server it refuses to do, with codes.Unimplemented.
package qdranttest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	pb "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// Options of a Server.
type Options struct {
	// Version that the server says it has; "" for 1.19.0. Before 1.16.0 it
	// ignores the filter of an upsert and the metadata of a collection, as those
	// servers did.
	Version string
	// APIKey that calls have to carry; "" for none.
	APIKey string
	// TLS, when set, is what the server encrypts with.
	TLS *tls.Config
	// Trusting takes requests without looking for fields that it does not know,
	// which for benchmarks costs too much.
	Trusting bool
}

// A Server is a Qdrant server in memory. Its methods may be called from several
// goroutines.
type Server struct {
	options Options
	known   map[string]bool // what is implemented
	address string
	grpc    *grpc.Server

	mu          sync.RWMutex
	collections map[string]*collection
	aliases     map[string]string
	pending     []func() // writes that were accepted, to be done before the next one
	operations  uint64

	watch struct {
		sync.Mutex
		calls  int
		inject func(Call) Fault
	}

	pb.UnimplementedQdrantServer
	pb.UnimplementedCollectionsServer
	pb.UnimplementedPointsServer
}

// A Call as it arrives.
type Call struct {
	// Method without the service, such as QueryBatch; Get and Delete of collections
	// are CollectionsGet and CollectionsDelete.
	Method  string
	N       int // from 1, over all calls
	Request proto.Message
}

// A Fault is what goes wrong with a call; the zero value is nothing.
type Fault struct {
	Delay time.Duration // before it is looked at
	// Code, when not OK, fails the call: before it is done or, with Lost, after.
	Code codes.Code
	Lost bool
	// RetryAfter fails the call with a rate limit and says for how many seconds.
	RetryAfter int
	// WaitTimeout accepts a write and does it with the next one.
	WaitTimeout bool
}

// Start starts a server, which stops with the test.
func Start(tb testing.TB, o Options) *Server {
	tb.Helper()
	s := New(o)
	if err := s.Listen("127.0.0.1:0"); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Stop)
	return s
}

// New returns a Server that does not listen yet.
func New(o Options) *Server {
	if o.Version == "" {
		o.Version = "1.19.0"
	}
	s := &Server{options: o, known: knownSet(), collections: map[string]*collection{}, aliases: map[string]string{}}
	s.watch.inject = func(Call) Fault { return Fault{} }
	return s
}

// Listen begins to answer at address. A Server that was stopped has kept what it
// held and may listen again.
func (s *Server) Listen(address string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	options := []grpc.ServerOption{
		grpc.UnaryInterceptor(s.intercept), grpc.MaxRecvMsgSize(64 << 20),
		// The server has no objection to clients that ask whether it is there; that
		// of gRPC for Go would end their connections.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}),
	}
	if s.options.TLS != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(s.options.TLS)))
	}
	s.address, s.grpc = l.Addr().String(), grpc.NewServer(options...)
	pb.RegisterQdrantServer(s.grpc, s)
	pb.RegisterCollectionsServer(s.grpc, &collectionsService{Server: s})
	pb.RegisterPointsServer(s.grpc, &pointsService{Server: s})
	go s.grpc.Serve(l)
	return nil
}

// Stop ends all connections.
func (s *Server) Stop() { s.grpc.Stop() }

// Address is host:port.
func (s *Server) Address() string { return s.address }

// Inject lets fault decide what goes wrong with each call from here on; nil for
// nothing.
func (s *Server) Inject(fault func(Call) Fault) {
	if fault == nil {
		fault = func(Call) Fault { return Fault{} }
	}
	s.watch.Lock()
	defer s.watch.Unlock()
	s.watch.inject = fault
}

// EveryKth puts f into every k-th call.
func EveryKth(k int, f Fault) func(Call) Fault {
	return func(c Call) Fault {
		if c.N%k == 0 {
			return f
		}
		return Fault{}
	}
}

// Calls counts the calls so far.
func (s *Server) Calls() int {
	s.watch.Lock()
	defer s.watch.Unlock()
	return s.watch.calls
}

func (s *Server) intercept(ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	message, method := request.(proto.Message), methodOf(info.FullMethod)
	if s.options.APIKey != "" {
		if key := metadata.ValueFromIncomingContext(ctx, "api-key"); len(key) != 1 || key[0] != s.options.APIKey {
			return nil, status.Error(codes.Unauthenticated, "Invalid API key or JWT")
		}
	}
	if !s.options.Trusting {
		if f := unknownIn(s.known, method, message); f != "" {
			return nil, status.Errorf(codes.Unimplemented, "qdranttest does not know %s: add it, and a call with it to the script", f)
		}
	}
	fault := s.next(Call{Method: method, Request: message})
	if fault.Delay > 0 {
		select {
		case <-time.After(fault.Delay):
		case <-ctx.Done():
			return nil, status.FromContextError(ctx.Err()).Err()
		}
	}
	if fault.RetryAfter > 0 {
		_ = grpc.SetTrailer(ctx, metadata.Pairs("retry-after", strconv.Itoa(fault.RetryAfter)))
		return nil, status.Error(codes.ResourceExhausted, "Rate limiting exceeded: Write rate limit exceeded, retry later")
	}
	if fault.Code != codes.OK && !fault.Lost {
		return nil, status.Error(fault.Code, "injected by the test")
	}
	reply, err := handle(context.WithValue(ctx, postponed{}, fault.WaitTimeout), request)
	if fault.Code != codes.OK {
		return nil, status.Error(fault.Code, "injected by the test, after the call was done")
	}
	return reply, err
}

// postponed marks the context of a write that is to be done later.
type postponed struct{}

func (s *Server) next(c Call) Fault {
	s.watch.Lock()
	s.watch.calls++
	c.N = s.watch.calls
	inject := s.watch.inject
	s.watch.Unlock()
	return inject(c)
}

// methodOf is a method's name without its package; where two services have the
// same, that of collections is prefixed.
func methodOf(full string) string {
	service, name, _ := strings.Cut(strings.TrimPrefix(full, "/qdrant."), "/")
	if service == "Collections" && (name == "Get" || name == "Delete") {
		return service + name
	}
	return name
}

// HealthCheck tells the version.
func (s *Server) HealthCheck(context.Context, *pb.HealthCheckRequest) (*pb.HealthCheckReply, error) {
	return &pb.HealthCheckReply{Title: "qdrant - vector search engine", Version: s.options.Version}, nil
}

// conditional reports whether the version knows filters of upserts and metadata.
func (s *Server) conditional() bool {
	var major, minor int
	fmt.Sscanf(s.options.Version, "%d.%d", &major, &minor)
	return major > 1 || minor >= 16
}

// find returns a collection by its name or alias.
func (s *Server) find(name string) (*collection, error) {
	if to, ok := s.aliases[name]; ok {
		name = to
	}
	if c := s.collections[name]; c != nil {
		return c, nil
	}
	return nil, status.Errorf(codes.NotFound, "Not found: Collection `%s` doesn't exist!", name)
}

func invalid(format string, args ...any) error {
	return status.Errorf(codes.InvalidArgument, format, args...)
}
