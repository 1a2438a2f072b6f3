package pdf

import (
	"fmt"
	"os"
	"testing"
	"time"
)

// TestMain plays the part of the program: with one of these arguments it is a child.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case Argument:
			if err := Work(os.Stdin, os.Stdout); err != nil {
				os.Exit(1)
			}
			os.Exit(0)
		case "child-that-crashes":
			panic("a fault of the program")
		case "child-that-hangs":
			time.Sleep(time.Hour)
		case "child-that-leaves":
			os.Exit(0)
		case "child-that-babbles":
			fmt.Println("Usage: something else altogether")
			os.Exit(0)
		case "child-that-eats":
			var eaten [][]byte
			for range 4096 {
				b := make([]byte, 1<<20)
				for i := 0; i < len(b); i += 4096 {
					b[i] = 1
				}
				eaten = append(eaten, b)
			}
			time.Sleep(time.Hour)
			fmt.Println(len(eaten))
		}
	}
	os.Exit(m.Run())
}

// newReader returns a Reader whose children are this test binary.
func newReader(tb testing.TB, o Options) *Reader {
	tb.Helper()
	if o.Command == nil {
		o.Command = []string{self(tb), Argument}
	}
	r := New(o)
	tb.Cleanup(func() { _ = r.Close() })
	return r
}

func self(tb testing.TB) string {
	tb.Helper()
	path, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	return path
}
