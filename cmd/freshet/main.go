// Command freshet keeps a chatbot's knowledge fresh: it pulls content from where
// it is written, indexes it and answers questions with passages that say where
// they come from and how current they are.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"freshet/pipeline/extract/pdf"
)

func main() { os.Exit(run()) }

func run() int {
	if len(os.Args) == 2 && os.Args[1] == pdf.Argument {
		return readPDF()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop() // a second Ctrl-C ends the process at once
	}()
	m := &Main{
		Args: os.Args[1:], Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Now: time.Now, PID: os.Getpid(),
		Terminal: term.IsTerminal(int(os.Stderr.Fd())), Patience: 2 * time.Second,
	}
	return m.Run(ctx)
}

// readPDF makes this process one that reads PDF files for another.
func readPDF() int {
	if err := pdf.Work(os.Stdin, os.Stdout); err != nil {
		return exitFailed
	}
	return 0
}
