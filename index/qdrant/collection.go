package qdrant

import (
	"context"
	"errors"
	"fmt"

	pb "github.com/qdrant/go-client/qdrant"

	"freshet/index"
)

// schema is the layout of points and collections. A collection of another one is
// filled again.
const schema = 1

// Names of the vectors.
const (
	lexicalVector = "lexical"
	denseVector   = "dense"
)

// Keys of a point's payload.
const (
	keyBase     = "base"     // knowledge base; absent from the reserved point
	keySeq      = "seq"      // of the stamp
	keyInput    = "input"    // of the stamp, hexadecimal
	keyDetails  = "details"  // payload hash of the stamp, hexadecimal
	keyDense    = "dense"    // the point has its dense vector
	keyFilter   = "filter"   // keywords, see keyword.go
	keyModified = "modified" // the number of that name, for ranges; null when there is none
	keyMark     = "mark"     // of the reserved point alone
	keyIdentity = "freshet"  // metadata of the collection, and in the reserved point
)

// CollectionOf is the name of the collection of a Space in the family of an alias.
func CollectionOf(alias string, space index.Space) string {
	return alias + "_" + space.Fingerprint()[:12]
}

// An identity says what a collection is.
type identity struct {
	schema             int
	alias              string
	fingerprint, epoch string
}

func (s *Store) identity() identity {
	return identity{schema: schema, alias: s.options.Collection, fingerprint: s.options.Space.Fingerprint(), epoch: s.options.Epoch}
}

func (s *Store) identityValue() *pb.Value {
	id, space := s.identity(), s.options.Space
	return pb.NewValueFromFields(map[string]*pb.Value{
		"schema": pb.NewValueInt(int64(id.schema)), "alias": text(id.alias), "space": text(id.fingerprint), "epoch": text(id.epoch),
		"lexical": text(space.Lexical), "provider": text(space.Provider), "model": text(space.Model), "revision": text(space.Revision),
		"dimension": pb.NewValueInt(int64(space.Dimension)),
	})
}

func identityFrom(v *pb.Value) (identity, bool) {
	f := v.GetStructValue().GetFields()
	id := identity{
		schema: int(f["schema"].GetIntegerValue()), alias: f["alias"].GetStringValue(),
		fingerprint: f["space"].GetStringValue(), epoch: f["epoch"].GetStringValue(),
	}
	return id, id.schema > 0
}

// identityOf reads it from a collection's metadata, or on an older server from the
// reserved point.
func (s *Server) identityOf(ctx context.Context, name string, info *pb.CollectionInfo) (identity, bool, error) {
	if !s.version.before(conditionalUpdates) {
		id, ours := identityFrom(info.GetConfig().GetMetadata()[keyIdentity])
		return id, ours, nil
	}
	reply, err := call(ctx, s, reading("read what collection "+name+" is"), s.client.GetPointsClient().Get, &pb.GetPoints{
		CollectionName: name, Ids: []*pb.PointId{reserved()}, WithPayload: pb.NewWithPayloadInclude(keyIdentity),
	})
	if err != nil || len(reply.GetResult()) == 0 {
		return identity{}, false, err
	}
	id, ours := identityFrom(reply.GetResult()[0].GetPayload()[keyIdentity])
	return id, ours, nil
}

// limits of the collection's strict mode, as far as they concern what is sent; 0
// without one.
type limits struct {
	points     int // of an upsert
	hits       int // of a query
	queries    int // of a batch
	conditions int // values of a condition
	timeout    uint64
}

func limitsOf(c *pb.StrictModeConfig) limits {
	if !c.GetEnabled() {
		return limits{}
	}
	return limits{
		points: int(c.GetUpsertMaxBatchsize()), hits: int(c.GetMaxQueryLimit()), queries: int(c.GetSearchMaxBatchsize()),
		conditions: int(c.GetConditionMaxSize()), timeout: uint64(c.GetMaxTimeout()),
	}
}

// within applies a limit that 0 leaves open.
func within(n, limit int) int {
	if limit > 0 {
		return min(n, limit)
	}
	return n
}

// prepare makes the collection what it has to be before the first call.
func (s *Store) prepare(ctx context.Context) error {
	info, err := s.info(ctx)
	if isNotFound(err) {
		info, err = s.create(ctx)
	}
	if err != nil {
		return err
	}
	err = s.check(ctx, info)
	if s.options.Refill && (errors.Is(err, index.ErrEpoch) || errors.Is(err, index.ErrSpace)) {
		s.options.Log.Warn("the collection is emptied, to be filled again", "collection", s.name, "reason", err)
		if err = s.server.drop(ctx, s.name); err == nil {
			info, err = s.create(ctx)
		}
	}
	if err != nil {
		return err
	}
	s.limits = limitsOf(info.GetConfig().GetStrictModeConfig())
	if err := s.ready(ctx, info); err != nil {
		return err
	}
	return s.adopt(ctx)
}

func (s *Store) info(ctx context.Context) (*pb.CollectionInfo, error) {
	reply, err := call(ctx, s.server, reading("read the collection's layout"), s.server.client.GetCollectionsClient().Get,
		&pb.GetCollectionInfoRequest{CollectionName: s.name})
	return reply.GetResult(), err
}

// check compares what the collection is with what it should be.
func (s *Store) check(ctx context.Context, info *pb.CollectionInfo) error {
	id, ours, err := s.server.identityOf(ctx, s.name, info)
	want := s.identity()
	params := info.GetConfig().GetParams()
	dense := params.GetVectorsConfig().GetParamsMap().GetMap()[denseVector]
	_, lexical := params.GetSparseVectorsConfig().GetMap()[lexicalVector]
	const again = "rebuild the index (freshet index rebuild), or name another index.qdrant.collection"
	switch {
	case err != nil:
		return err
	case !ours && !(s.server.version.before(conditionalUpdates) && info.GetPointsCount() == 0):
		// On an older server one that is empty may be half made by Freshet.
		return fmt.Errorf("the collection was not made by Freshet: name another index.qdrant.collection: %w", index.ErrSpace)
	case ours && id.schema != want.schema:
		return fmt.Errorf("the collection has layout %d, this version of Freshet writes %d: %s: %w", id.schema, want.schema, again, index.ErrSpace)
	case ours && id.fingerprint != want.fingerprint:
		return fmt.Errorf("the collection is of Space %s, not %s: %s: %w", id.fingerprint, want.fingerprint, again, index.ErrSpace)
	case !lexical || int(dense.GetSize()) != s.options.Space.Dimension:
		return fmt.Errorf("the collection has %d dimensions, the Space has %d: %s: %w", dense.GetSize(), s.options.Space.Dimension, again, index.ErrSpace)
	case ours && want.epoch != "" && id.epoch != "" && id.epoch != want.epoch:
		return fmt.Errorf("the collection was filled from the catalog of epoch %s, this one is %s. After a restore, %s: %w", id.epoch, want.epoch, again, index.ErrEpoch)
	}
	return nil
}

// create makes the collection. When another process has made it meanwhile, that
// one is taken.
func (s *Store) create(ctx context.Context) (*pb.CollectionInfo, error) {
	_, err := call(ctx, s.server, writing("create the collection"), s.server.client.GetCollectionsClient().Create, s.layout())
	info, again := s.info(ctx)
	if err != nil && again != nil {
		return nil, err
	}
	if err == nil {
		s.options.Log.Info("a collection was created", "collection", s.name, "dimension", s.options.Space.Dimension,
			"shards", s.options.Shards, "replicas", s.options.Replicas)
	}
	return info, again
}

func (s *Store) layout() *pb.CreateCollection {
	o := &s.options
	c := &pb.CreateCollection{
		CollectionName: s.name,
		SparseVectorsConfig: pb.NewSparseVectorsConfig(map[string]*pb.SparseVectorParams{
			lexicalVector: {Index: onDisk(&pb.SparseIndexConfig{}, o.OnDisk)},
		}),
		// Each search names a knowledge base, so there are graphs for each of them
		// and none over all.
		HnswConfig:             &pb.HnswConfigDiff{M: pb.PtrOf(uint64(0)), PayloadM: pb.PtrOf(uint64(16))},
		ShardNumber:            pb.PtrOf(uint32(o.Shards)),
		ReplicationFactor:      pb.PtrOf(uint32(o.Replicas)),
		WriteConsistencyFactor: pb.PtrOf(uint32(o.WriteConsistency)),
		// What Freshet asks is indexed; anything else would be slow without a word.
		StrictModeConfig: &pb.StrictModeConfig{
			Enabled: pb.PtrOf(true), UnindexedFilteringRetrieve: pb.PtrOf(false), UnindexedFilteringUpdate: pb.PtrOf(false),
		},
		Metadata: map[string]*pb.Value{keyIdentity: s.identityValue()},
		Timeout:  seconds(o.CallTimeout),
	}
	if o.Space.Dimension > 0 {
		c.VectorsConfig = pb.NewVectorsConfigMap(map[string]*pb.VectorParams{denseVector: o.dense()})
	}
	return c
}

func (o *Options) dense() *pb.VectorParams {
	p := &pb.VectorParams{Size: uint64(o.Space.Dimension), Distance: pb.Distance_Cosine}
	if o.Datatype == Float16 {
		p.Datatype = pb.Datatype_Float16.Enum()
	}
	if o.OnDisk {
		//lint:ignore SA1019 servers before 1.19 know nothing else
		p.OnDisk = pb.PtrOf(true)
	}
	ram := pb.PtrOf(true)
	switch o.Quantization {
	case Int8:
		//lint:ignore SA1019 servers before 1.19 know nothing else
		p.QuantizationConfig = pb.NewQuantizationScalar(&pb.ScalarQuantization{Type: pb.QuantizationType_Int8, Quantile: pb.PtrOf(float32(0.99)), AlwaysRam: ram})
	case Binary:
		//lint:ignore SA1019 servers before 1.19 know nothing else
		p.QuantizationConfig = pb.NewQuantizationBinary(&pb.BinaryQuantization{AlwaysRam: ram})
	}
	return p
}

func onDisk(c *pb.SparseIndexConfig, yes bool) *pb.SparseIndexConfig {
	if yes {
		//lint:ignore SA1019 servers before 1.19 know nothing else
		c.OnDisk = pb.PtrOf(true)
	}
	return c
}

// indexes are what filters need, made before the first point is written.
func (s *Store) indexes() []*pb.CreateFieldIndexCollection {
	no, yes := pb.PtrOf(false), pb.PtrOf(true)
	index := func(key string, t pb.FieldType, p *pb.PayloadIndexParams) *pb.CreateFieldIndexCollection {
		return &pb.CreateFieldIndexCollection{CollectionName: s.name, Wait: yes, FieldName: key, FieldType: t.Enum(), FieldIndexParams: p, Timeout: s.timeout()}
	}
	return []*pb.CreateFieldIndexCollection{
		index(keyBase, pb.FieldType_FieldTypeKeyword, pb.NewPayloadIndexParamsKeyword(&pb.KeywordIndexParams{IsTenant: yes})),
		// Graphs of its own for each keyword would be many and of no use beside
		// those of the knowledge bases.
		index(keyFilter, pb.FieldType_FieldTypeKeyword, pb.NewPayloadIndexParamsKeyword(&pb.KeywordIndexParams{EnableHnsw: no})),
		index(keySeq, pb.FieldType_FieldTypeInteger, pb.NewPayloadIndexParamsInt(&pb.IntegerIndexParams{Lookup: no, Range: yes, EnableHnsw: no})),
		index(keyModified, pb.FieldType_FieldTypeFloat, pb.NewPayloadIndexParamsFloat(&pb.FloatIndexParams{EnableHnsw: no})),
	}
}

// ready makes what a collection lacks of indexes, reserved point and alias, which
// is all of it when it is new.
func (s *Store) ready(ctx context.Context, info *pb.CollectionInfo) error {
	for _, request := range s.indexes() {
		if info.GetPayloadSchema()[request.FieldName] != nil {
			continue
		}
		if _, err := call(ctx, s.server, writing("index payload key "+request.FieldName), s.server.client.GetPointsClient().CreateFieldIndex, request); err != nil {
			return err
		}
	}
	if _, found, err := s.readMark(ctx); err != nil {
		return err
	} else if !found {
		if err := s.reserve(ctx); err != nil {
			return err
		}
	}
	aliases, err := s.server.aliases(ctx)
	if err != nil || aliases[s.options.Collection] != "" {
		return err
	}
	return s.Activate(ctx)
}

// timeout is what requests tell the server.
func (s *Store) timeout() *uint64 {
	t := seconds(s.options.CallTimeout)
	if s.limits.timeout > 0 {
		*t = min(*t, s.limits.timeout)
	}
	return t
}
