// Package files reads documents from a folder, or from one file, on this machine
// or on a share that is mounted here.
//
// Nothing outside the folder is ever read: the kernel resolves every path below
// it (os.Root), so that a symbolic link or a rename in the middle of a pull
// cannot lead out.
package files

import (
	"fmt"
	"strings"

	"freshet/connectors"
)

// Limits of the kind. Those that a source may change are its settings.
const (
	defaultMaxFileSize  = "50MB"
	defaultMaxFiles     = 1_000_000 // entries seen in one pass, folders included
	maxDepth            = 64        // folders below the location
	maxLinkedFolders    = 4         // symbolic links to folders on one path
	maxFrontMatter      = 16 << 10  // bytes
	maxFrontMatterDepth = 16        // brackets or indents
	maxIDBytes          = 2048
	checkpointEvery     = 200 // files
)

// Kind describes the sort of source called "files".
//
// Revisions are exact: on Linux, macOS and the BSDs a revision is made of size,
// modification time, change time and inode. Tools that restore files set the
// modification time back, but no tool can set the change time. A file that
// changed within the last two seconds, and every file on other systems, has a
// hash of its content in its revision, because a second change within one tick
// of the file system's clock would not show.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:  "files",
		Title: "Folder of files",
		Help:  "Reads the files of a folder and of its subfolders, or one file.",
		Fields: []connectors.Field{
			{Key: "location", Type: connectors.String, Label: "Folder or file", Required: true,
				Help: "Where the files are; a relative path starts from the configuration's folder.", Example: "docs"},
			{Key: "include", Type: connectors.Strings, Label: "Only these",
				Help: "Patterns of the files to read; ** stands for any folders, and a pattern without / looks at the file's name alone.", Example: "**/*.md", Validate: validGlobs},
			{Key: "exclude", Type: connectors.Strings, Label: "Not these",
				Help: "Patterns of files and folders to leave out.", Example: "drafts/**", Validate: validGlobs},
			{Key: "follow_symlinks", Type: connectors.Bool, Label: "Follow links", Default: true,
				Help: "Whether symbolic links are followed; links that lead out of the folder never are."},
			{Key: "max_file_size", Type: connectors.String, Label: "Largest file", Default: defaultMaxFileSize,
				Help: "Files above this size are reported and not read.", Example: "50MB", Validate: validSize},
			{Key: "max_files", Type: connectors.Int, Label: "Most files", Default: defaultMaxFiles,
				Help: "A listing that is longer is broken off and reported.", Validate: atLeastOne},
			{Key: "url_prefix", Type: connectors.String, Label: "Address for readers",
				Help: "Where people read the files: this, followed by the file's path, is the link of an answer.", Example: "https://docs.example.org/", Validate: validPrefix},
			{Key: "url_without_extension", Type: connectors.Bool, Label: "Links without extension",
				Help: "Whether .md or .html is left out of the links."},
			{Key: "front_matter", Type: connectors.Bool, Label: "Front matter", Default: true,
				Help: "Whether a block between two lines of --- at the start of a text file describes it (title, tags, lang, owner, date, access, draft)."},
			{Key: "locale", Type: connectors.String, Label: "Language", Example: "fr",
				Help: "The language of files that do not say their own."},
			{Key: "locale_paths", Type: connectors.Strings, Label: "Language from the path",
				Help: "Patterns with {locale}, or {locale:fr|en} to allow only these, where a path names its language.", Example: "{locale:fr|en}/**", Validate: validLocalePaths},
		},
		New:             func(env connectors.Env, s connectors.Settings) (connectors.Source, error) { return New(env, s) },
		RevisionTrust:   connectors.RevisionExact,
		ListsEverything: true,
		PublicByDefault: true,
		Schedule:        "*/15 * * * *",
		Freshness:       "as fresh as its schedule: every pass looks at every file",
	}
}

func atLeastOne(v any) error {
	if n, _ := v.(int); n < 1 {
		return fmt.Errorf("it must be 1 or more, not %d", n)
	}
	return nil
}

func validSize(v any) error {
	_, err := connectors.ParseSize(v.(string))
	return err
}

func validPrefix(v any) error {
	if p := v.(string); p != "" && !strings.HasPrefix(p, "https://") && !strings.HasPrefix(p, "http://") {
		return fmt.Errorf("it must begin with https:// or http://, not %q", p)
	}
	return nil
}
