package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"freshet/connectors"
)

// Fetch says how one file stands now. A file that is not in its folder is gone if
// the folder holds other things; if the folder is empty or gone itself, a share
// may be away, and the evidence is only "not found". When the whole location is
// away or empty, nothing is learnt and the error says so.
func (s *Source) Fetch(ctx context.Context, id string) (connectors.Change, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch why := s.scope.leavesOut(id); {
	case shortened(id):
		return nil, fmt.Errorf("nothing can be said of %.60q…: its path is too long to be looked up", id)
	case !fs.ValidPath(id) || id == ".":
		return connectors.Skip{ID: id, Reason: connectors.SkipExcluded, Detail: "it is not a path below the location"}, nil
	case why != "":
		return connectors.Skip{ID: id, Reason: connectors.SkipExcluded, Detail: why}, nil
	}
	p, err := s.open()
	if err != nil {
		return nil, err
	}
	defer p.root.Close()
	w := &walker{s: s, root: p.root}
	if p.only != "" {
		if id != p.name {
			return connectors.Skip{ID: id, Reason: connectors.SkipExcluded, Detail: "the location is one other file"}, nil
		}
		f, ok := w.look(p.only, p.name)
		return s.fetched(ctx, w, f, ok, id, connectors.EvidenceGone)
	}
	if names, err := w.read("."); err != nil || len(names) == 0 {
		return nil, fmt.Errorf("nothing can be said of %q: %w", id, errors.Join(err, fmt.Errorf("%s is empty or cannot be read; mount the share", s.location)))
	}
	f, evidence, err := w.find(id)
	if err != nil {
		return nil, fmt.Errorf("nothing can be said of %q: %w", id, err)
	}
	return s.fetched(ctx, w, f, evidence == "", id, evidence)
}

func (s *Source) fetched(ctx context.Context, w *walker, f found, there bool, id string, evidence connectors.Evidence) (connectors.Change, error) {
	if w.damaged != nil {
		return nil, w.damaged
	}
	if !there || f.dir {
		return connectors.Delete{ID: id, Evidence: evidence}, nil
	}
	change, err := s.change(ctx, w.root, f, nil)
	if err == nil && change == nil {
		change = connectors.Delete{ID: id, Evidence: connectors.EvidenceNotFound}
	}
	return change, err
}

// find goes down to the file with this ID by the names in each folder, because
// the file system may write accents in another way than IDs do. Without a file
// there, evidence is not "".
func (w *walker) find(id string) (f found, evidence connectors.Evidence, err error) {
	raw, at, rest := ".", "", id
	for {
		names, err := w.read(raw)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return f, connectors.EvidenceNotFound, nil
		case err != nil:
			return f, "", err
		case len(names) == 0:
			return f, connectors.EvidenceNotFound, nil
		}
		next, below := w.step(names, raw, at, rest)
		if next.path == "" {
			return f, connectors.EvidenceGone, nil
		}
		if below == "" {
			return next, "", nil
		}
		if !next.dir {
			return f, connectors.EvidenceGone, nil
		}
		raw, at, rest = next.raw, next.path, below
	}
}

// step finds the entry of one folder that the ID goes through, and what of the ID
// is left below it.
func (w *walker) step(names []fs.DirEntry, raw, at, rest string) (next found, below string) {
	name, below, _ := strings.Cut(rest, "/")
	for _, e := range names {
		if segment(e.Name()) != name {
			continue
		}
		if f, ok := w.look(path.Join(raw, e.Name()), join(at, name)); ok {
			return f, below
		}
	}
	return found{}, ""
}
