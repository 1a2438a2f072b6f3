package qdranttest

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// knownText lists, one a line, the methods, fields and values that a Server
// implements; its own test compares them with those of the recorded script.
//
//go:embed known.txt
var knownText string

func knownSet() map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(knownText) {
		set[strings.TrimSpace(line)] = true
	}
	return set
}

// unknownIn returns the first thing in a request that a Server does not implement,
// or "".
func unknownIn(known map[string]bool, method string, m proto.Message) string {
	unknown := ""
	walk(method, m.ProtoReflect(), func(feature string) bool {
		if !known[feature] {
			unknown = feature
		}
		return unknown == ""
	})
	return unknown
}

// FeaturesOf lists what a request asks of a server: its method, the fields that are
// set, as Message.field, and the values of those that have few.
func FeaturesOf(method string, m proto.Message) []string {
	set := map[string]bool{}
	walk(method, m.ProtoReflect(), func(feature string) bool { set[feature] = true; return true })
	list := make([]string, 0, len(set))
	for f := range set {
		list = append(list, f)
	}
	slices.Sort(list)
	return list
}

func walk(method string, m protoreflect.Message, visit func(string) bool) bool {
	return visit(method) && walkFields(m, visit)
}

func walkFields(m protoreflect.Message, visit func(string) bool) bool {
	more := true
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		name := string(m.Descriptor().Name()) + "." + string(f.Name())
		switch {
		case f.IsMap():
			more = visit(name)
			v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
				more = more && (f.MapValue().Message() == nil || walkFields(v.Message(), visit))
				return more
			})
		case f.IsList():
			more = visit(name)
			for i := 0; more && f.Message() != nil && i < v.List().Len(); i++ {
				more = walkFields(v.List().Get(i).Message(), visit)
			}
		case f.Message() != nil:
			more = visit(name) && walkFields(v.Message(), visit)
		case f.Enum() != nil:
			more = visit(fmt.Sprintf("%s=%s", name, f.Enum().Values().ByNumber(v.Enum()).Name()))
		case f.Kind() == protoreflect.BoolKind:
			more = visit(fmt.Sprintf("%s=%v", name, v.Bool()))
		default:
			more = visit(name)
		}
		return more
	})
	return more
}
