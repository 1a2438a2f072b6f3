// Package external has programs of this machine, named by its operator, turn documents
// that Freshet does not read into ones that it reads: older Office files, Rich Text,
// pictures and scans. None of them is ever required.
//
// A program is run without a shell, in a folder of its own that is removed afterwards,
// with nothing of the environment but PATH and a language, within limits on time and
// on what it writes; it ends with all that it started. It is not kept from the network
// or from files that the user of Freshet may read: documents come from outside, so name
// only programs that you would open them with.
package external

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"freshet/connectors"
)

const (
	// DefaultTimeout is how long a program may take where the configuration does not
	// say: LibreOffice takes ten seconds to start the first time.
	DefaultTimeout = 2 * time.Minute
	// DefaultAtOnce is how many programs run at a time: each may take a core and
	// several hundred megabytes.
	DefaultAtOnce = 2
)

// VerdictProgram says that an external program is not installed, failed or wrote
// nothing.
const VerdictProgram = "external_program"

// The places in a Command's words that are filled in.
const (
	placeFile = "{file}" // the document
	placeDir  = "{dir}"  // an empty folder for what is made of it
	placeOut  = "{out}"  // the file to make
)

// Suggestions names, for every form that a command can be configured for, a program
// that people use.
func Suggestions() map[string]string {
	return map[string]string{
		"doc": "LibreOffice", "xls": "LibreOffice", "ppt": "LibreOffice", "rtf": "LibreOffice", "xlsb": "LibreOffice", "msg": "msgconvert",
		"odg": "LibreOffice", "image": "tesseract", "ocr": "ocrmypdf",
	}
}

// Forms lists what a command can be configured for; "ocr" is for PDF files whose
// pages are pictures.
func Forms() []string {
	var out []string
	for form := range Suggestions() {
		out = append(out, form)
	}
	slices.Sort(out)
	return out
}

// Products lists the forms that a program may make.
func Products() []string {
	return []string{"csv", "docx", "eml", "html", "md", "odp", "ods", "odt", "pdf", "pptx", "txt", "xlsx"}
}

// A Command is a program with its words, and what it makes.
type Command struct {
	// Args are the program and its arguments. {file} stands for the document, {dir} for
	// an empty folder that it writes into, {out} for the file to write; without the
	// latter two its standard output is taken.
	Args     []string
	Produces string        // one of Products
	Timeout  time.Duration // 0: DefaultTimeout
}

// Check says what is wrong with c, and how to mend it.
func (c Command) Check() error {
	if len(c.Args) == 0 || c.Args[0] == "" {
		return fmt.Errorf("command: write the program and its arguments as a list, such as [libreoffice, --headless, --convert-to, docx, --outdir, \"{dir}\", \"{file}\"]")
	}
	for _, place := range []string{placeFile, placeDir, placeOut} {
		if strings.Contains(c.Args[0], place) {
			return fmt.Errorf("command: %s cannot stand in the program's name", place)
		}
	}
	if !c.names(placeFile) {
		return fmt.Errorf("command: %s has to stand where the program is told which file to read", placeFile)
	}
	if c.names(placeDir) && c.names(placeOut) {
		return fmt.Errorf("command: write either %s or %s: the folder that the program writes into, or the file", placeDir, placeOut)
	}
	if !slices.Contains(Products(), c.Produces) {
		return fmt.Errorf("produces: write what the program makes, one of %s", strings.Join(Products(), ", "))
	}
	if c.Timeout < 0 {
		return fmt.Errorf("timeout: write a time such as 60s or 2m")
	}
	return nil
}

func (c Command) names(place string) bool {
	return slices.ContainsFunc(c.Args[1:], func(a string) bool { return strings.Contains(a, place) })
}

// A Config is what a Converter is made with.
type Config struct {
	Commands map[string]Command // by form; each passes its Check
	Dir      string             // that folders are made in; "": the system's
	AtOnce   int                // programs that run at a time; 0: DefaultAtOnce
}

// A Converter runs commands. It is safe for concurrent use.
type Converter struct {
	commands map[string]Command
	dir      string
	slots    chan struct{}
}

// New returns a Converter.
func New(c Config) *Converter {
	if c.AtOnce <= 0 {
		c.AtOnce = DefaultAtOnce
	}
	return &Converter{commands: c.Commands, dir: c.Dir, slots: make(chan struct{}, c.AtOnce)}
}

// Has reports whether there is a command for a form.
func (c *Converter) Has(form string) bool {
	_, ok := c.commands[form]
	return ok
}

// A Product is what a program made of a document.
type Product struct {
	Content []byte
	Form    string // what Command.Produces says
	Program string // its name without folders
}

// Convert has the form's program read content, which it finds in a file with this
// suffix, and returns what it made, at most limit bytes. A *connectors.Verdict in the
// error's chain says that the program is missing or failed (external_program), took
// longer than its time, or wrote more than limit (too_large); other errors are faults
// of this machine or the cause of ctx.
func (c *Converter) Convert(ctx context.Context, form, suffix string, content []byte, limit int64) (Product, error) {
	command := c.commands[form]
	if command.Timeout == 0 {
		command.Timeout = DefaultTimeout
	}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return Product{}, context.Cause(ctx)
	}
	r, err := prepare(c.dir, command, form, suffix, content)
	if err != nil {
		return Product{}, err
	}
	defer r.remove()
	r.limit = limit
	made, err := r.run(ctx)
	if err != nil {
		return Product{}, err
	}
	return Product{Content: made, Form: command.Produces, Program: r.program}, nil
}

func failed(format string, args ...any) error {
	return &connectors.Verdict{Reason: VerdictProgram, Detail: fmt.Sprintf(format, args...)}
}

func programName(command Command) string {
	return strings.TrimSuffix(filepath.Base(command.Args[0]), ".exe")
}
