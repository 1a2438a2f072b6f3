package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// Exit statuses.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitPartial = 3 // done, with documents that could not be read or deletions that wait
)

// Main is the program with what it takes from its surroundings, so that tests run
// the real one.
type Main struct {
	Args           []string // without the program's name
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Now            func() time.Time
	PID            int
	Terminal       bool          // Stderr is one: progress bars are drawn
	Patience       time.Duration // how long to wait for a data directory that is in use
	// Listening, when set, is told the address of each server as it begins to
	// answer: "api", "sample".
	Listening func(what, address string)

	flags struct {
		config, data, level string
		json                bool
	}
	command string // as it was called, for whoever finds the lock
	log     *slog.Logger
}

// A usageError is a command that cannot be meant.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errPartial ends a command that is done, but not wholly. What is missing was said.
var errPartial = errors.New("done, with something left to do")

// Run runs the command and returns the exit status.
func (m *Main) Run(ctx context.Context) int {
	m.log = slog.New(slog.DiscardHandler)
	root := m.root()
	root.SetArgs(m.Args)
	root.SetOut(m.Stdout)
	root.SetErr(m.Stderr)
	err := root.ExecuteContext(ctx)
	var wrong usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errPartial):
		return exitPartial
	case ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, ctx.Err())):
		m.complain("stopped; the next run goes on from here")
		return exitFailed
	case errors.As(err, &wrong), isCobraUsage(err):
		m.complain(err.Error())
		m.complain("`freshet --help` lists the commands, `freshet COMMAND --help` what one takes")
		return exitUsage
	}
	m.complain(err.Error())
	return exitFailed
}

// complain says something on standard error.
func (m *Main) complain(text string) {
	_, _ = fmt.Fprintln(m.Stderr, "freshet: "+strings.TrimSpace(text)) // nowhere else to say it
}

// isCobraUsage recognises cobra's own refusals, which have no type.
func isCobraUsage(err error) bool {
	for _, begin := range []string{"unknown command", "unknown flag", "unknown shorthand", "flag needs", "invalid argument", "required flag", "accepts ", "requires at least", "if any flags in the group"} {
		if strings.HasPrefix(err.Error(), begin) {
			return true
		}
	}
	return false
}

// root is the command tree.
func (m *Main) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "freshet",
		Short: "Keeps a chatbot's knowledge fresh",
		Long: `Freshet pulls content from websites, folders and exports, keeps it indexed, and
answers questions with passages that say where they come from and how current they are.

Begin with: freshet demo`,
		SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return m.begin(cmd) },
		Args:              cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("%q is not a command%s", args[0], nearestCommand(cmd, args[0]))
			}
			return cmd.Help()
		},
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	flags := root.PersistentFlags()
	flags.StringVar(&m.flags.config, "config", "", "configuration `FILE` (default "+defaultConfig+" if present)")
	flags.StringVar(&m.flags.data, "data", "", "data `DIR` (default $FRESHET_DATA, else the platform's)")
	flags.BoolVar(&m.flags.json, "json", false, "print one JSON document")
	flags.StringVar(&m.flags.level, "log-level", "", "debug, info, warn or error (default warn; info with serve)")
	root.AddCommand(m.demoCommand(), m.serveCommand(), m.syncCommand(), m.sourceCommand(), m.searchCommand(), m.documentCommand(), m.findingsCommand(),
		m.extractCommand(), m.evalCommand(), m.auditCommand(), m.changesCommand(), m.webhookCommand(), m.indexCommand(), m.keyCommand(), m.configCommand(), m.doctorCommand(), m.versionCommand())
	return root
}

// begin reads what all commands share.
func (m *Main) begin(cmd *cobra.Command) error {
	m.command = strings.TrimPrefix(cmd.CommandPath(), "freshet ")
	level := slog.LevelWarn
	if m.command == "serve" {
		level = slog.LevelInfo
	}
	if m.flags.level != "" {
		if err := level.UnmarshalText([]byte(m.flags.level)); err != nil {
			return usage("--log-level %q: write debug, info, warn or error", m.flags.level)
		}
	}
	m.log = slog.New(slog.NewTextHandler(m.Stderr, &slog.HandlerOptions{Level: level}))
	return nil
}

// dataDir is where the data lies.
func (m *Main) dataDir() (string, error) {
	if m.flags.data != "" {
		return m.flags.data, nil
	}
	if dir := m.Getenv("FRESHET_DATA"); dir != "" {
		return dir, nil
	}
	return platformData(m.Getenv)
}
