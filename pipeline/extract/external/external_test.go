package external

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/connectors"
)

// The test binary is the external program when it is called with this word first.
const asProgram = "be-a-program"

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == asProgram {
		os.Exit(program(os.Args[2], os.Args[3:]))
	}
	os.Exit(m.Run())
}

// program does what its first word says.
func program(what string, args []string) int {
	switch what {
	case "print": // the document, in capitals
		b, err := os.ReadFile(args[0])
		if err != nil {
			return 3
		}
		fmt.Print(strings.ToUpper(string(b)))
	case "write": // from, to
		b, err := os.ReadFile(args[0])
		if err != nil || os.WriteFile(args[1], append([]byte("made of "), b...), 0o600) != nil {
			return 3
		}
	case "convert": // from, folder: as LibreOffice names its files
		_ = os.WriteFile(filepath.Join(args[1], "document.docx"), []byte("docx"), 0o600)
		_ = os.WriteFile(filepath.Join(args[1], "report.log"), []byte("log"), 0o600)
	case "environment":
		fmt.Print(strings.Join(os.Environ(), "\n"), "\n", args[0])
	case "fail":
		fmt.Fprintln(os.Stderr, "warning\nthe file is broken")
		return 2
	case "nothing":
	case "flood":
		for {
			if _, err := os.Stdout.Write(make([]byte, 1<<16)); err != nil {
				return 1
			}
		}
	case "link":
		_ = os.Symlink("/etc/passwd", args[1])
	case "hang": // with a child of its own, whose number it leaves behind
		self, err := os.Executable()
		if err != nil {
			return 3
		}
		child := exec.Command(self, asProgram, "sleep", "x")
		if child.Start() != nil {
			return 3
		}
		_ = os.WriteFile(args[1], []byte(strconv.Itoa(child.Process.Pid)), 0o600)
		time.Sleep(time.Minute)
	case "sleep":
		time.Sleep(time.Minute)
	}
	return 0
}

// converter returns one whose only form is "doc".
func converter(t *testing.T, produces string, timeout time.Duration, words ...string) *Converter {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := Command{Args: append([]string{self, asProgram}, words...), Produces: produces, Timeout: timeout}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Cleanup(func() {
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("files are left behind: %v, %v", left, err)
		}
	})
	return New(Config{Commands: map[string]Command{"doc": c}, Dir: dir})
}

func TestWhatAProgramMakesIsReturned(t *testing.T) {
	for name, c := range map[string]struct {
		produces string
		words    []string
		want     string
	}{
		"on its standard output": {"txt", []string{"print", "{file}"}, "WORD"},
		"in the file":            {"html", []string{"write", "{file}", "{out}"}, "made of word"},
		"in the folder":          {"docx", []string{"convert", "{file}", "{dir}"}, "docx"},
	} {
		t.Run(name, func(t *testing.T) {
			x := converter(t, c.produces, 0, c.words...)
			got, err := x.Convert(t.Context(), "doc", ".doc", []byte("word"), 1<<20)
			if err != nil || string(got.Content) != c.want || got.Form != c.produces || got.Program == "" {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestAProgramSeesNoEnvironmentButItsOwn(t *testing.T) {
	t.Setenv("FRESHET_SECRET_TOKEN", "secret")
	got, err := converter(t, "txt", 0, "environment", "{file}").Convert(t.Context(), "doc", ".doc", []byte("word"), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(got.Content); strings.Contains(s, "secret") || !strings.Contains(s, "HOME=") || !strings.HasSuffix(s, "document.doc") {
		t.Errorf("it sees %s", s)
	}
}

func TestAProgramThatFailsIsAVerdictInWords(t *testing.T) {
	for name, c := range map[string]struct {
		words          []string
		reason, detail string
	}{
		"it says what is wrong":       {[]string{"fail", "{file}"}, VerdictProgram, "the file is broken"},
		"it prints nothing":           {[]string{"nothing", "{file}"}, VerdictProgram, "nothing in it"},
		"it writes nothing":           {[]string{"nothing", "{file}", "{out}"}, VerdictProgram, "made nothing"},
		"it leaves no file":           {[]string{"nothing", "{file}", "{dir}"}, VerdictProgram, "made 0 files"},
		"it writes without end":       {[]string{"flood", "{file}"}, connectors.VerdictTooLarge, "limits: bytes"},
		"it leaves a link":            {[]string{"link", "{file}", "{out}"}, VerdictProgram, "not a file"},
		"it writes more than allowed": {[]string{"write", "{file}", "{out}"}, connectors.VerdictTooLarge, "limits: bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := converter(t, "txt", 0, c.words...).Convert(t.Context(), "doc", ".doc", []byte(strings.Repeat("word", 10)), 20)
			if v := connectors.AsVerdict(err); v == nil || v.Reason != c.reason || !strings.Contains(v.Detail, c.detail) {
				t.Errorf("got %v, want %s with %q", err, c.reason, c.detail)
			}
		})
	}
	missing := New(Config{Commands: map[string]Command{"doc": {Args: []string{"no-such-program-here", "{file}"}, Produces: "txt"}}, Dir: t.TempDir()})
	_, err := missing.Convert(t.Context(), "doc", ".doc", []byte("x"), 10)
	if v := connectors.AsVerdict(err); v == nil || v.Reason != VerdictProgram || !strings.Contains(v.Detail, "install it") {
		t.Errorf("a program that is missing: %v", err)
	}
}

func TestOnlySoManyProgramsRunAtOnce(t *testing.T) {
	x := converter(t, "txt", 0, "print", "{file}")
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if _, err := x.Convert(t.Context(), "doc", ".doc", []byte("word"), 1<<20); err != nil {
				t.Error(err)
			}
			if n := len(x.slots); n > DefaultAtOnce {
				t.Errorf("%d programs run", n)
			}
		})
	}
	all.Wait()
	if cap(x.slots) != DefaultAtOnce || len(x.slots) != 0 {
		t.Errorf("%d of %d places are taken", len(x.slots), cap(x.slots))
	}
}

func TestACommandIsChecked(t *testing.T) {
	good := Command{Args: []string{"soffice", "--outdir", "{dir}", "{file}"}, Produces: "docx"}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for want, c := range map[string]Command{
		"as a list":          {Produces: "docx"},
		"program's name":     {Args: []string{"{file}"}, Produces: "docx"},
		"which file to read": {Args: []string{"soffice"}, Produces: "docx"},
		"either {dir} or":    {Args: []string{"soffice", "{dir}", "{out}", "{file}"}, Produces: "docx"},
		"what the program":   {Args: []string{"soffice", "{file}"}, Produces: "doc"},
		"a time such as 60s": {Args: []string{"soffice", "{file}"}, Produces: "docx", Timeout: -1},
	} {
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", c, err, want)
		}
	}
}
