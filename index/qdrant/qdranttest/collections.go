package qdranttest

import (
	"context"
	"maps"
	"slices"

	pb "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// A collection with its points.
type collection struct {
	config  *pb.CollectionConfig
	indexes map[string]*pb.PayloadSchemaInfo
	known   map[string]map[string]bool // values of indexed keywords, also gone ones
	points  map[string]*point          // by key
	sorted  []string                   // keys in order; nil when it has to be made again
}

// dense returns the configured vector of that name.
func (c *collection) dense(name string) *pb.VectorParams {
	return c.config.GetParams().GetVectorsConfig().GetParamsMap().GetMap()[name]
}

func (c *collection) sparse(name string) bool {
	_, ok := c.config.GetParams().GetSparseVectorsConfig().GetMap()[name]
	return ok
}

func (c *collection) strict() *pb.StrictModeConfig {
	if s := c.config.GetStrictModeConfig(); s.GetEnabled() {
		return s
	}
	return &pb.StrictModeConfig{}
}

type collectionsService struct {
	*Server
	pb.UnimplementedCollectionsServer
}

func done() (*pb.CollectionOperationResponse, error) {
	return &pb.CollectionOperationResponse{Result: true}, nil
}

func (s *collectionsService) Create(_ context.Context, r *pb.CreateCollection) (*pb.CollectionOperationResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := r.GetCollectionName()
	if s.collections[name] != nil {
		return nil, status.Errorf(codes.AlreadyExists, "Collection `%s` already exists!", name)
	}
	if _, taken := s.aliases[name]; taken {
		return nil, invalid("Wrong input: Can't create collection with name %s. Alias with the same name already exists", name)
	}
	for name, p := range r.GetVectorsConfig().GetParamsMap().GetMap() {
		if p.GetSize() == 0 {
			return nil, invalid("Validation error in body: [vectors.%s.size: value 0 invalid]", name)
		}
	}
	c := &collection{
		config: &pb.CollectionConfig{
			Params: &pb.CollectionParams{
				ShardNumber: max(r.GetShardNumber(), 1), ReplicationFactor: r.ReplicationFactor, WriteConsistencyFactor: r.WriteConsistencyFactor,
				VectorsConfig: r.VectorsConfig, SparseVectorsConfig: r.SparseVectorsConfig,
			},
			HnswConfig: r.HnswConfig, StrictModeConfig: r.StrictModeConfig,
		},
		indexes: map[string]*pb.PayloadSchemaInfo{}, points: map[string]*point{}, known: map[string]map[string]bool{},
	}
	if s.conditional() {
		c.config.Metadata = r.GetMetadata()
	}
	s.collections[name] = c
	return done()
}

func (s *collectionsService) Get(_ context.Context, r *pb.GetCollectionInfoRequest) (*pb.GetCollectionInfoResponse, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, err := s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	return &pb.GetCollectionInfoResponse{Result: &pb.CollectionInfo{
		Status: pb.CollectionStatus_Green, OptimizerStatus: &pb.OptimizerStatus{Ok: true}, SegmentsCount: 1,
		Config: proto.Clone(c.config).(*pb.CollectionConfig), PayloadSchema: maps.Clone(c.indexes), PointsCount: pb.PtrOf(uint64(len(c.points))),
	}}, nil
}

func (s *collectionsService) List(context.Context, *pb.ListCollectionsRequest) (*pb.ListCollectionsResponse, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	reply := &pb.ListCollectionsResponse{}
	for _, name := range slices.Sorted(maps.Keys(s.collections)) {
		reply.Collections = append(reply.Collections, &pb.CollectionDescription{Name: name})
	}
	return reply, nil
}

func (s *collectionsService) Delete(_ context.Context, r *pb.DeleteCollection) (*pb.CollectionOperationResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.collections[r.GetCollectionName()] == nil {
		return &pb.CollectionOperationResponse{}, nil
	}
	delete(s.collections, r.GetCollectionName())
	maps.DeleteFunc(s.aliases, func(_, to string) bool { return to == r.GetCollectionName() })
	return done()
}

func (s *collectionsService) ListAliases(context.Context, *pb.ListAliasesRequest) (*pb.ListAliasesResponse, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	reply := &pb.ListAliasesResponse{}
	for _, alias := range slices.Sorted(maps.Keys(s.aliases)) {
		reply.Aliases = append(reply.Aliases, &pb.AliasDescription{AliasName: alias, CollectionName: s.aliases[alias]})
	}
	return reply, nil
}

// UpdateAliases does the actions one after the other; nobody sees a state between
// them, but those before one that fails stay done.
func (s *collectionsService) UpdateAliases(_ context.Context, r *pb.ChangeAliases) (*pb.CollectionOperationResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range r.GetActions() {
		if gone := a.GetDeleteAlias(); gone != nil {
			delete(s.aliases, gone.GetAliasName())
			continue
		}
		alias, to := a.GetCreateAlias().GetAliasName(), a.GetCreateAlias().GetCollectionName()
		if s.collections[to] == nil {
			return nil, status.Errorf(codes.NotFound, "Not found: Collection `%s` doesn't exist!", to)
		}
		if s.collections[alias] != nil {
			return nil, status.Errorf(codes.AlreadyExists, "Collection `%s` already exists!", alias)
		}
		s.aliases[alias] = to
	}
	return done()
}
