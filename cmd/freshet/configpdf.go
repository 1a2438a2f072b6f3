package main

import (
	"os"
	"os/exec"
	"runtime"
)

// pdfConfig says how PDF files are read.
type pdfConfig struct {
	// Passwords are tried on encrypted files.
	Passwords []string `yaml:"passwords"`
	// Pdftotext is the name or path of poppler's pdftotext, which is asked for files
	// that are not read well; "": none is.
	Pdftotext string `yaml:"pdftotext"`
}

// check expands references and looks for the command.
func (p *pdfConfig) check(w *walker, e expander) {
	for i, text := range p.Passwords {
		expanded, err := e.text(text)
		if err != nil {
			w.say(0, "extract.pdf.passwords: %v", err)
		}
		p.Passwords[i] = expanded
	}
	expanded, err := e.text(p.Pdftotext)
	if err == nil && expanded != "" {
		expanded, err = exec.LookPath(expanded)
	}
	if err != nil {
		w.say(0, "extract.pdf.pdftotext: %v; install poppler-utils, or leave it out", err)
	}
	p.Pdftotext = expanded
}

// ownProgram is the path by which this program is started once more, as a process
// that reads PDF files.
func ownProgram() string {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe" // this program, also when its file was replaced by another version
	}
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}
