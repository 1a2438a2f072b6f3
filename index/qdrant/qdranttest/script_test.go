package qdranttest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

var record = flag.String("record", "", "record the script's replies from FRESHET_TEST_QDRANT: "+byServer+" when that is a whole Qdrant server, "+
	byEngine+" when it is Qdrant's engine behind another front, which then does not speak for what the server does before the engine")

// Who said what an exchange has.
const (
	byServer = "server" // a Qdrant server
	byEngine = "engine" // Qdrant's engine, without the server around it
	bySource = "source" // nobody yet: it is what the server's source says
)

// scriptFile holds one exchange a line.
var scriptFile = filepath.Join("testdata", "script.jsonl")

// An exchange is a call with what the server said to it: a reply, or a code with a
// message.
type exchange struct {
	By      string          `json:"by"`
	Method  string          `json:"method"`
	Request json.RawMessage `json:"request"`
	Reply   json.RawMessage `json:"reply,omitempty"`
	Code    codes.Code      `json:"code,omitempty"`
	Message string          `json:"message,omitempty"`
}

// A call is a request with the name of its method.
type call struct {
	method  string
	request proto.Message
	engine  bool // the engine alone decides the reply
}

// TestScript plays the recorded requests to the double, and to the real server at
// FRESHET_TEST_QDRANT, and compares their replies with the recorded ones.
func TestScript(t *testing.T) {
	script := readScript(t)
	said := map[string]int{}
	for _, e := range script {
		said[e.By]++
	}
	if len(script) < 300 {
		t.Errorf("the script has %d calls", len(script))
	}
	t.Logf("%d calls; who said the replies: %v", len(script), said)
	t.Run("double", func(t *testing.T) { replay(t, Start(t, Options{}).Address(), script) })
	t.Run("server", func(t *testing.T) {
		address := os.Getenv("FRESHET_TEST_QDRANT")
		if address == "" {
			t.Skip("FRESHET_TEST_QDRANT is not set")
		}
		replay(t, address, script)
	})
}

// TestDoubleKnowsWhatTheScriptAsks holds the double to what a real server has been
// asked: what it implements and what occurs in the script are the same.
func TestDoubleKnowsWhatTheScriptAsks(t *testing.T) {
	asked := map[string]bool{}
	for _, e := range readScript(t) {
		for _, f := range FeaturesOf(e.Method, e.request(t)) {
			asked[f] = true
		}
	}
	known := knownSet()
	for f := range known {
		if !asked[f] {
			t.Errorf("the double implements %s, which the script does not ask for", f)
		}
	}
	for f := range asked {
		if !known[f] {
			t.Errorf("the script asks for %s, which the double does not implement", f)
		}
	}
}

// TestRecord writes the script anew, with the replies of a real server. Where only
// the engine is real, the double speaks for the rest of the server.
func TestRecord(t *testing.T) {
	if *record == "" {
		t.Skip("-record is not given")
	}
	calls := scriptCalls()
	features := map[string]bool{}
	for _, c := range calls {
		for _, f := range FeaturesOf(c.method, c.request) {
			features[f] = true
		}
	}
	known := strings.Join(slices.Sorted(maps.Keys(features)), "\n") + "\n"
	real, double := dial(t, os.Getenv("FRESHET_TEST_QDRANT")), dial(t, Start(t, Options{Trusting: true}).Address())
	var out bytes.Buffer
	for _, c := range calls {
		e := exchangeWith(t, double, c, bySource)
		if said := exchangeWith(t, real, c, *record); *record == byServer || c.engine {
			e = said
		}
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(line, '\n'))
	}
	for name, data := range map[string][]byte{scriptFile: out.Bytes(), "known.txt": []byte(known)} {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func exchangeWith(t *testing.T, conn *grpc.ClientConn, c call, by string) exchange {
	t.Helper()
	request, err := protojson.Marshal(c.request)
	if err != nil {
		t.Fatal(err)
	}
	e := exchange{By: by, Method: c.method, Request: compact(t, request)}
	reply, err := play(t.Context(), conn, c.method, c.request)
	if err != nil {
		e.Code, e.Message = status.Code(err), status.Convert(err).Message()
		return e
	}
	if e.Reply, err = protojson.Marshal(reply); err != nil {
		t.Fatal(err)
	}
	e.Reply = compact(t, e.Reply)
	return e
}

// compact takes out the blanks that protojson strews in to keep callers from
// relying on its form.
func compact(t *testing.T, b []byte) []byte {
	var out bytes.Buffer
	if err := json.Compact(&out, b); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func readScript(t *testing.T) []exchange {
	t.Helper()
	f, err := os.Open(scriptFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []exchange
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e exchange
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("line %d: %v", len(list)+1, err)
		}
		list = append(list, e)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

func (e exchange) request(t *testing.T) proto.Message {
	t.Helper()
	request, _ := messagesOf(e.Method)
	if err := protojson.Unmarshal(e.Request, request); err != nil {
		t.Fatalf("%s: %v", e.Method, err)
	}
	return request
}

func dial(t *testing.T, address string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func replay(t *testing.T, address string, script []exchange) {
	conn := dial(t, address)
	for i, e := range script {
		got, err := play(t.Context(), conn, e.Method, e.request(t))
		where := fmt.Sprintf("call %d, %s %s", i+1, e.Method, e.Request)
		if code := status.Code(err); code != e.Code {
			t.Errorf("%s:\n%s (%v), want %s (%s)", where, code, err, e.Code, e.Message)
			continue
		}
		if err != nil {
			continue
		}
		_, want := messagesOf(e.Method)
		if err := protojson.Unmarshal(e.Reply, want); err != nil {
			t.Fatal(err)
		}
		if d := difference(want, got); d != "" {
			t.Errorf("%s: %s", where, d)
		}
	}
}

// services of the interface, by their full names.
func services() []protoreflect.ServiceDescriptor {
	var list []protoreflect.ServiceDescriptor
	for _, name := range []protoreflect.FullName{"qdrant.Qdrant", "qdrant.Collections", "qdrant.Points"} {
		d, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
		if err != nil {
			panic(err)
		}
		list = append(list, d.(protoreflect.ServiceDescriptor))
	}
	return list
}

// method finds one by its name. Get and Delete belong to two services: those of
// collections are called CollectionsGet and CollectionsDelete.
func method(name string) protoreflect.MethodDescriptor {
	for _, s := range services() {
		short := name
		if s.Name() == "Collections" {
			short = strings.TrimPrefix(name, "Collections")
		}
		if ambiguous := short == "Get" || short == "Delete"; ambiguous && (s.Name() == "Collections") != (short != name) {
			continue
		}
		if m := s.Methods().ByName(protoreflect.Name(short)); m != nil {
			return m
		}
	}
	panic("no method " + name)
}

func messagesOf(name string) (request, reply proto.Message) {
	m := method(name)
	return newMessage(m.Input()), newMessage(m.Output())
}

func newMessage(d protoreflect.MessageDescriptor) proto.Message {
	t, err := protoregistry.GlobalTypes.FindMessageByName(d.FullName())
	if err != nil {
		panic(err)
	}
	return t.New().Interface()
}

func play(ctx context.Context, conn *grpc.ClientConn, name string, request proto.Message) (proto.Message, error) {
	m := method(name)
	_, reply := messagesOf(name)
	err := conn.Invoke(ctx, "/"+string(m.Parent().FullName())+"/"+string(m.Name()), request, reply)
	return reply, err
}
