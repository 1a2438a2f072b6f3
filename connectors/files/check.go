package files

import (
	"context"
	"fmt"

	"freshet/connectors"
)

// Check walks the folder without reading the files and says what a pull would do.
func (s *Source) Check(ctx context.Context) []connectors.Check {
	p, err := s.open()
	if err != nil {
		return []connectors.Check{{Name: "location", Status: connectors.CheckFailure, Text: sentence(err)}}
	}
	defer p.root.Close()
	checks := []connectors.Check{{Name: "location", Status: connectors.CheckOK, Text: fmt.Sprintf("The location %s can be opened.", s.location)}}
	var read, large, empty, skipped int
	w := &walker{s: s, root: p.root, only: p.only, name: p.name}
	w.visit = func(f found) error {
		switch {
		case f.reason != "":
			skipped++
		case f.info.Size() == 0:
			empty++
		case f.info.Size() > s.maxSize:
			large++
		default:
			read++
		}
		return nil
	}
	if err := w.walk(ctx); err != nil {
		return append(checks, connectors.Check{Name: "files", Status: connectors.CheckFailure, Text: sentence(err)})
	}
	if w.damaged != nil {
		checks = append(checks, connectors.Check{Name: "folders", Status: connectors.CheckFailure, Text: sentence(w.damaged)})
	}
	return append(checks, s.counted(read, large, empty, skipped, w.entries))
}

func (s *Source) counted(read, large, empty, skipped, entries int) connectors.Check {
	c := connectors.Check{Name: "files", Status: connectors.CheckOK, Text: fmt.Sprintf("%d files would be read", read)}
	for _, part := range []struct {
		n    int
		what string
	}{{large, "too large"}, {empty, "empty"}, {skipped, "links or devices that are not followed"}} {
		if part.n > 0 {
			c.Text += fmt.Sprintf(", %d are %s", part.n, part.what)
		}
	}
	c.Text += "."
	if large > 0 {
		c.Status = connectors.CheckWarning
		c.Text += " Raise max_file_size to read the large ones."
	}
	if read == 0 {
		c.Status = connectors.CheckWarning
		c.Text = fmt.Sprintf("No file would be read: %s holds %d entries, and none of them is left by include and exclude.", s.location, entries)
	}
	return c
}

// sentence makes an error one that begins with a capital and ends with a stop.
func sentence(err error) string {
	r := []rune(err.Error())
	if len(r) > 0 && r[0] >= 'a' && r[0] <= 'z' {
		r[0] += 'A' - 'a'
	}
	return string(r) + "."
}
