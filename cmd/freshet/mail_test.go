package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAttachmentsOfMailsAreFoundAndFollowTheirMail(t *testing.T) {
	w := newWorld(t)
	w.write(defaultConfig, "knowledge_bases: [{id: help}]\nsources:\n  - {id: mails, knowledge_base: help, type: files, settings: {location: ./mails}}\n")
	if err := os.Mkdir(filepath.Join(w.dir, "mails"), 0o755); err != nil {
		t.Fatal(err)
	}
	attached := base64.StdEncoding.EncodeToString([]byte("The gate of the northern warehouse opens at six in the morning."))
	letter := "From: Ann <ann@example.org>\nTo: bob@example.org\nSubject: Opening hours\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=XX\n\n" +
		"--XX\nContent-Type: text/plain\n\nPlease find the opening hours of our sites attached.\n" +
		"--XX\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=hours.txt\n\n" + attached + "\n" +
		"--XX\nContent-Type: image/png\nContent-Disposition: attachment; filename=map.png\n\n\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\n--XX--\n"
	w.write("mails/hours.eml", letter)
	w.write("mails/other.txt", "Another document stays where it is, whatever becomes of the mail.")
	if r := w.run("sync"); !strings.Contains(r.out+r.errors, "3  new") || !strings.Contains(r.out+r.errors, "hours.eml#part-3: unsupported_media_type") {
		t.Fatalf("%s%s", r.out, r.errors)
	}
	if out := w.ok("search", "when does the northern warehouse open its gate"); !strings.Contains(out, "hours.eml#part-2") || !strings.Contains(out, "six in the morning") {
		t.Errorf("the attachment is not found: %s", out)
	}
	if out := w.ok("document", "show", "hours.eml#part-2"); !strings.Contains(out, "Opening hours (hours.eml)") {
		t.Errorf("it does not say what it is part of: %s", out)
	}
	if r := w.run("sync"); !strings.Contains(r.out+r.errors, "3  unchanged") {
		t.Errorf("the second pass: %s%s", r.out, r.errors)
	}
	if err := os.Remove(filepath.Join(w.dir, "mails", "hours.eml")); err != nil {
		t.Fatal(err)
	}
	w.run("sync")
	if out := w.run("search", "when does the northern warehouse open its gate").out; strings.Contains(out, "six in the morning") {
		t.Errorf("the attachment of a mail that is gone is still found: %s", out)
	}
}
