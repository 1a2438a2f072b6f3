package qdrant_test

import (
	"context"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"

	"freshet/index"
	"freshet/index/indextest"
	"freshet/index/qdrant"
	"freshet/index/qdrant/qdranttest"
)

// realServer is the address of a real server, to run the suite against as well.
func realServer() string { return os.Getenv("FRESHET_TEST_QDRANT") }

func TestSuiteOnRealServer(t *testing.T) {
	if realServer() == "" {
		t.Skip("FRESHET_TEST_QDRANT is not set")
	}
	runSuite(t, realServer())
}

func TestSuite(t *testing.T) {
	runSuite(t, qdranttest.Start(t, qdranttest.Options{}).Address())
}

func runSuite(t *testing.T, address string) {
	indextest.Run(t,
		func(t *testing.T, space index.Space) index.Store { return fresh(t, address, space) },
		indextest.Reopen(func(t *testing.T, store index.Store, _ index.Space) index.Store {
			s := store.(*opened)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return open(t, s.options)
		}))
}

// opened is a Store that knows how it was opened.
type opened struct {
	*qdrant.Store
	options qdrant.Options
}

// fresh opens an empty collection that is dropped with the test.
func fresh(t testing.TB, address string, space index.Space) *opened {
	o := optionsFor(t, address, space)
	s := open(t, o)
	t.Cleanup(func() { cleanUp(t, o) })
	return s
}

func optionsFor(t testing.TB, address string, space index.Space) qdrant.Options {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(t.Name()))
	return qdrant.Options{Address: address, Collection: "test-" + name[max(0, len(name)-60):] + "-" + serial(), Space: space}
}

func open(t testing.TB, o qdrant.Options) *opened {
	t.Helper()
	s, err := qdrant.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return &opened{s, o}
}

func cleanUp(t testing.TB, o qdrant.Options) {
	ctx := context.WithoutCancel(t.Context())
	server, err := qdrant.Connect(ctx, o)
	if err != nil {
		t.Error(err)
		return
	}
	defer server.Close()
	if err := qdrant.Remove(ctx, server, o); err != nil {
		t.Error(err)
	}
}

func serial() string {
	return strconv.FormatInt(time.Now().UnixNano(), 36)
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func dialPlain(t *testing.T, address string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func pbBytes(t *testing.T, m proto.Message) []byte {
	t.Helper()
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
