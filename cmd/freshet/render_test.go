package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestABrowserIsNamedInTheConfiguration(t *testing.T) {
	w := newWorld(t)
	program := filepath.Join(t.TempDir(), "chromium")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	site := "knowledge_bases: [{id: help}]\nsources: [{id: site, type: website, settings: {start: 'https://www.example.org/', render: when_needed}}]\n"
	for _, c := range []struct {
		text   string
		status int
		want   string
	}{
		{site, exitFailed, "no browser is configured; name a Chromium or Chrome at the top of the configuration file"},
		{site + "render: {chrome: /nowhere/chromium}\n", exitFailed, "the browser /nowhere/chromium cannot be started"},
		{site + "render: {chromium: x}\n", exitFailed, "chrome"},
		{site + "render: {chrome: " + program + "}\n", exitDone, "is in order"},
	} {
		w.write(defaultConfig, c.text)
		w.says(c.status, c.want, "config", "check")
	}
}
