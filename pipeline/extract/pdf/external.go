package pdf

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"freshet/pipeline/extract"
)

// better asks pdftotext for a file that the own reading, with outcome t and err, is
// defeated by, and returns the better of the two.
func (r *Reader) better(ctx context.Context, content []byte, o extract.Options, t *extract.Text, err error) (*extract.Text, error) {
	timed, cancel := context.WithTimeoutCause(ctx, o.Limits.Time, slow(o.Limits))
	defer cancel()
	out, failed := pdftotext(timed, r.options.Pdftotext, content, o.Limits)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if failed != nil {
		return t, err
	}
	theirs := &extract.Text{Version: Version, Way: Way, Blocks: pageBlocks(out)}
	q := extract.Quality{Pages: strings.Count(out, "\f")}
	if theirs, failed = judge(theirs, q); failed != nil {
		return t, err
	}
	theirs.Why = "pdftotext read it, as this program could not: "
	if err != nil {
		theirs.Why += err.Error()
		return theirs, nil
	}
	if theirs.Quality.Strange > t.Quality.Strange || len(theirs.Plain()) < len(t.Plain()) {
		return t, nil
	}
	theirs.Why += t.Quality.Doubt
	theirs.Title, theirs.Language, theirs.Properties, theirs.Links = t.Title, t.Language, t.Properties, t.Links
	return theirs, nil
}

// pdftotext runs the command at path on content.
func pdftotext(ctx context.Context, path string, content []byte, l extract.Limits) (string, error) {
	cmd := exec.CommandContext(ctx, path, "-q", "-enc", "UTF-8", "-eol", "unix", "-l", fmt.Sprint(l.Pages), "-", "-")
	cmd.Env = []string{}
	cmd.Stdin = bytes.NewReader(content)
	cmd.WaitDelay = grace
	apart(cmd)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return "", fmt.Errorf("run %s: %w", path, err)
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("run %s: %w", path, err)
	}
	out, err := io.ReadAll(io.LimitReader(pipe, l.Inflated+1))
	if int64(len(out)) > l.Inflated {
		_ = cmd.Process.Kill()
		err = tooLarge("its text comes to more than %d bytes", l.Inflated)
	}
	if ended := cmd.Wait(); err == nil {
		err = ended
	}
	return string(out), err
}

// pageBlocks makes a paragraph of each group of lines.
func pageBlocks(text string) []extract.Block {
	var out []extract.Block
	for i, page := range strings.Split(text, "\f") {
		for part := range strings.SplitSeq(page, "\n\n") {
			if p := extract.Fold(strings.ToValidUTF8(part, "")); p != "" {
				out = append(out, extract.Block{Kind: extract.Paragraph, Text: p, Page: i + 1})
			}
		}
	}
	return out
}
