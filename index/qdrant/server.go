package qdrant

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	pb "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc"

	"freshet/index"
)

// receiveLimit is the largest reply that is taken; gRPC's own default of 4 MiB is
// less than a page of a scroll can have.
const receiveLimit = 64 << 20

// connections is how many there are to a server: one carries about 100 calls at a
// time, and a large upsert delays the searches beside it.
const connections = 3

// A Server is a connection to a Qdrant server. Its methods may be called from
// several goroutines.
type Server struct {
	options Options
	client  *pb.Client
	version version
	closed  atomic.Bool
}

// Connect connects to the server at o.Address and reads its version.
// index.ErrUnavailable when it does not answer.
func Connect(ctx context.Context, o Options) (*Server, error) {
	o, err := o.complete()
	if err != nil {
		return nil, fmt.Errorf("connect to qdrant: %w", err)
	}
	host, port, err := splitAddress(o.Address)
	if err != nil {
		return nil, fmt.Errorf("connect to qdrant: %w", err)
	}
	headers := map[string]string{}
	if o.APIKey != "" {
		headers["api-key"] = o.APIKey
		if o.TLS == nil && !isLoopback(host) {
			o.Log.Warn("the Qdrant API key is sent without encryption: set index.qdrant.tls", "address", o.Address)
		}
	}
	client, err := pb.NewClient(&pb.Config{
		Host: host, Port: port, UseTLS: o.TLS != nil, TLSConfig: o.TLS,
		// As a header, because the client warns of a key without TLS for each
		// connection and even on the loopback.
		Headers: headers, PoolSize: connections, SkipCompatibilityCheck: true,
		GrpcOptions: []grpc.DialOption{grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(receiveLimit))},
	})
	if err != nil {
		return nil, fmt.Errorf("connect to qdrant at %s: %w", o.Address, err)
	}
	s := &Server{options: o, client: client}
	if err := s.readVersion(ctx); err != nil {
		client.Close()
		return nil, fmt.Errorf("connect to qdrant at %s: %w", o.Address, err)
	}
	return s, nil
}

func splitAddress(address string) (host string, port int, err error) {
	const defaultPort = 6334
	if strings.Contains(address, "://") {
		return "", 0, fmt.Errorf("the address is %q: give host:port of the gRPC interface, such as localhost:6334, and tls: true for https", address)
	}
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		host, text = strings.Trim(address, "[]"), strconv.Itoa(defaultPort)
	}
	port, err = strconv.Atoi(text)
	if err != nil || port <= 0 || port > 65535 || host == "" {
		return "", 0, fmt.Errorf("the address is %q: give host:port of the gRPC interface, such as localhost:6334", address)
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host, port, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Version is what the server calls itself, such as "1.19.0".
func (s *Server) Version() string { return s.version.String() }

// Close ends the connection; twice is no error.
func (s *Server) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	return s.client.Close()
}

func (s *Server) readVersion(ctx context.Context) error {
	reply, err := call(ctx, s, reading("read the server's version"), s.client.GetQdrantClient().HealthCheck, &pb.HealthCheckRequest{})
	if err != nil {
		return err
	}
	if s.version, err = parseVersion(reply.GetVersion()); err != nil {
		return fmt.Errorf("%w: is this the gRPC interface of a Qdrant server?", err)
	}
	if s.version.before(oldest) {
		return fmt.Errorf("the server is Qdrant %s, Freshet needs %s or later: %w", s.version, oldest, index.ErrUnavailable)
	}
	return nil
}

// A version of a server.
type version struct{ major, minor, patch int }

var (
	// oldest has everything that is used without a choice, such as facets and
	// tenant indexes.
	oldest = version{1, 13, 0}
	// conditionalUpdates keep the filter of an upsert and a collection's metadata;
	// older servers ignore both without a word.
	conditionalUpdates = version{1, 16, 0}
)

func parseVersion(text string) (version, error) {
	var v version
	number, _, _ := strings.Cut(text, "-")
	if _, err := fmt.Sscanf(number, "%d.%d.%d", &v.major, &v.minor, &v.patch); err != nil {
		return v, fmt.Errorf("the server calls itself version %q", text)
	}
	return v, nil
}

func (v version) String() string { return fmt.Sprintf("%d.%d.%d", v.major, v.minor, v.patch) }

func (v version) before(o version) bool {
	return cmp.Or(cmp.Compare(v.major, o.major), cmp.Compare(v.minor, o.minor), cmp.Compare(v.patch, o.patch)) < 0
}

// A Collection of a server that Freshet made.
type Collection struct {
	Name        string
	Alias       string // of the family that it belongs to, as Options.Collection
	Active      bool   // Alias points at it
	Fingerprint string // of its Space
	Epoch       string // of the catalog that it is filled from
	Points      int    // about
}

// Collections lists those that Freshet made, of any alias, by name.
func (s *Server) Collections(ctx context.Context) ([]Collection, error) {
	collections := s.client.GetCollectionsClient()
	names, err := call(ctx, s, reading("list the collections"), collections.List, &pb.ListCollectionsRequest{})
	if err != nil {
		return nil, err
	}
	aliases, err := s.aliases(ctx)
	if err != nil {
		return nil, err
	}
	var list []Collection
	for _, d := range names.GetCollections() {
		c, ours, err := s.describe(ctx, d.GetName())
		if err != nil {
			return nil, err
		}
		if ours {
			c.Active = aliases[c.Alias] == c.Name
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b Collection) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func (s *Server) describe(ctx context.Context, name string) (c Collection, ours bool, err error) {
	info, err := call(ctx, s, reading("describe collection "+name), s.client.GetCollectionsClient().Get, &pb.GetCollectionInfoRequest{CollectionName: name})
	if isNotFound(err) {
		return c, false, nil
	}
	if err != nil {
		return c, false, err
	}
	id, ours, err := s.identityOf(ctx, name, info.GetResult())
	if err != nil || !ours {
		return c, false, err
	}
	points := max(int(info.GetResult().GetPointsCount())-1, 0)
	return Collection{Name: name, Alias: id.alias, Fingerprint: id.fingerprint, Epoch: id.epoch, Points: points}, true, nil
}

// aliases maps each alias to its collection.
func (s *Server) aliases(ctx context.Context) (map[string]string, error) {
	reply, err := call(ctx, s, reading("list the aliases"), s.client.GetCollectionsClient().ListAliases, &pb.ListAliasesRequest{})
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(reply.GetAliases()))
	for _, a := range reply.GetAliases() {
		out[a.GetAliasName()] = a.GetCollectionName()
	}
	return out, nil
}

// Point makes alias point at collection, in one step: whoever asks by the alias
// gets the old or the new one, never none.
func (s *Server) Point(ctx context.Context, alias, collection string) error {
	have, err := s.aliases(ctx)
	if err != nil || have[alias] == collection {
		return err
	}
	var actions []*pb.AliasOperations
	if have[alias] != "" {
		actions = append(actions, pb.NewAliasDelete(alias))
	}
	actions = append(actions, pb.NewAliasCreate(alias, collection))
	_, err = call(ctx, s, writing("point alias "+alias+" at "+collection), s.client.GetCollectionsClient().UpdateAliases, &pb.ChangeAliases{Actions: actions})
	if err == nil {
		s.options.Log.Info("the alias points at another collection", "alias", alias, "collection", collection, "before", have[alias])
	}
	return err
}

// Unpoint takes an alias away that points at collection; one that does not is left.
func (s *Server) Unpoint(ctx context.Context, alias, collection string) error {
	have, err := s.aliases(ctx)
	if err != nil || have[alias] != collection {
		return err
	}
	_, err = call(ctx, s, writing("take alias "+alias+" from "+collection), s.client.GetCollectionsClient().UpdateAliases,
		&pb.ChangeAliases{Actions: []*pb.AliasOperations{pb.NewAliasDelete(alias)}})
	return err
}

// Drop removes a collection that Freshet made. It refuses one that an alias points
// at, and any other's; one that is not there is no error.
func (s *Server) Drop(ctx context.Context, collection string) error {
	_, ours, err := s.describe(ctx, collection)
	if err != nil {
		return err
	}
	if !ours {
		names, err := call(ctx, s, reading("list the collections"), s.client.GetCollectionsClient().List, &pb.ListCollectionsRequest{})
		if err != nil {
			return err
		}
		for _, d := range names.GetCollections() {
			if d.GetName() == collection {
				return fmt.Errorf("drop collection %s: it was not made by Freshet", collection)
			}
		}
		return nil
	}
	aliases, err := s.aliases(ctx)
	if err != nil {
		return err
	}
	for alias, to := range aliases {
		if to == collection {
			return fmt.Errorf("drop collection %s: alias %s points at it, switch it to another collection first", collection, alias)
		}
	}
	return s.drop(ctx, collection)
}

func (s *Server) drop(ctx context.Context, collection string) error {
	_, err := call(ctx, s, writing("drop collection "+collection), s.client.GetCollectionsClient().Delete, &pb.DeleteCollection{CollectionName: collection, Timeout: seconds(s.options.CallTimeout)})
	if err == nil {
		s.options.Log.Info("the collection was dropped", "collection", collection)
	}
	return err
}

// seconds of a duration, as requests state it: a little less than the whole, so
// that the server's own answer comes before the call's end.
func seconds(d time.Duration) *uint64 {
	return pb.PtrOf(uint64(max(1, int64(d/time.Second)-1)))
}
