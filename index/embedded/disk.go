package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"

	"freshet/index"
)

// A disk is the directory of a Store. One goroutine uses it at a time.
//
// Segments' files are written under names of their own and never changed. A
// snapshot is complete when the manifest, which names them, has been renamed into
// place; only then are files removed that no manifest needs. So a crash at any
// moment leaves the snapshot before or the one after.
type disk struct {
	options Options
	next    uint64                    // number of the next file
	files   map[*segment]*writtenFile // of segments in use
	saved   bool                      // there is a manifest
	version uint64                    // of the state that it holds
	tried   index.Mark                // at the last attempt

	// step is called before each change to the directory; an error stops it there.
	step func(what string) error
}

type writtenFile struct {
	segmentFile
	synced bool
	mapped *segment // the same segment, used from the file; nil when it is small
}

const manifestName = "manifest"

// maxManifest is the most that is read as a manifest.
const maxManifest = 1 << 30

func newDisk(o Options) *disk {
	return &disk{options: o, next: 1, files: map[*segment]*writtenFile{}, step: func(string) error { return nil }}
}

func (d *disk) path(name string) string { return filepath.Join(d.options.Dir, name) }

func segmentName(number uint64) string { return fmt.Sprintf("segment-%016x", number) }

// openDisk reads the snapshot. What cannot be used is logged and removed.
func openDisk(o Options) (*disk, *state, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, nil, err
	}
	d := newDisk(o)
	st, err := d.load()
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			o.Log.Warn("the snapshot of the search index is discarded; the index is made again from the catalog",
				slog.String("directory", o.Dir), slog.String("reason", err.Error()))
		}
		d = newDisk(o)
		st = &state{bases: map[string][]*view{}}
		if err := os.Remove(d.path(manifestName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
	} else {
		d.saved, d.version, d.tried = true, st.version, st.mark
	}
	return d, st, d.tidy()
}

func (d *disk) load() (*state, error) {
	m, err := d.readManifest()
	if err != nil {
		return nil, err
	}
	if want := d.options.Space.Fingerprint(); m.space != want {
		return nil, fmt.Errorf("it is of the space %s, the present one is %s", m.space, want)
	}
	views, err := d.loadViews(m.views)
	if err != nil {
		return nil, err
	}
	st := &state{mark: m.mark, bases: map[string][]*view{}}
	for i, v := range views {
		st.bases[v.seg.base] = append(st.bases[v.seg.base], v)
		d.files[v.seg] = &writtenFile{segmentFile: m.views[i].file, synced: true}
		d.next = max(d.next, m.views[i].file.number+1)
	}
	return st, nil
}

// loadViews reads the files, several at a time: checking them takes a processor
// longer than the disk.
func (d *disk) loadViews(saved []savedView) ([]*view, error) {
	views := make([]*view, len(saved))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range saved {
		group.Go(func() error {
			v, err := d.loadView(&saved[i])
			if err != nil {
				// A file that is missing must not look like a snapshot that is.
				return fmt.Errorf("%s: %s", segmentName(saved[i].file.number), err)
			}
			views[i] = v
			return nil
		})
	}
	return views, group.Wait()
}

func (d *disk) readManifest() (*manifest, error) {
	info, err := os.Stat(d.path(manifestName))
	if err != nil {
		return nil, err
	}
	if info.Size() > maxManifest {
		return nil, fmt.Errorf("the manifest has %d bytes", info.Size())
	}
	b, err := os.ReadFile(d.path(manifestName))
	if err != nil {
		return nil, err
	}
	return decodeManifest(b)
}

func (d *disk) loadView(saved *savedView) (*view, error) {
	seg, err := d.use(saved.file)
	if err != nil {
		return nil, err
	}
	return saved.restore(seg)
}

// use opens a file that was written.
func (d *disk) use(file segmentFile) (*segment, error) {
	m, err := openMapping(d.path(segmentName(file.number)))
	if err != nil {
		return nil, err
	}
	if int64(len(m.data)) != file.size {
		return nil, fmt.Errorf("it has %d bytes, the manifest says %d", len(m.data), file.size)
	}
	seg, err := readSegment(m.data, d.options.Space.Dimension, d.options.CachedFilters)
	if err != nil {
		return nil, err
	}
	if sum := asList[uint64](m.data[len(m.data)-8:], 1)[0]; sum != uint64(file.sum) {
		return nil, errors.New("it is not the file that the manifest means")
	}
	seg.mapping = m
	return seg, nil
}

// moveOut writes a new segment to its file and returns it as used from there;
// when it is small, files cannot be mapped here or the disk fails, it returns the
// segment itself.
func (d *disk) moveOut(seg *segment) *segment {
	if !canMap || seg.len() == 0 || seg.bytes() < d.options.MapBytes {
		return seg
	}
	f, err := d.write(seg)
	if err != nil {
		d.options.Log.Warn("a segment of the search index stays in memory: its file could not be written", slog.Any("error", err))
		return seg
	}
	d.forget(seg)
	return f.mapped
}

// mapped returns what to use in place of a segment on the heap, or nil.
func (d *disk) mapped(seg *segment) *segment {
	if f := d.files[seg]; f != nil {
		return f.mapped
	}
	return nil
}

// forget lets go of a segment in whose place another is used.
func (d *disk) forget(seg *segment) { delete(d.files, seg) }

// write writes a segment's file, without waiting for the disk.
func (d *disk) write(seg *segment) (*writtenFile, error) {
	name := segmentName(d.next)
	if err := d.step("write " + name); err != nil {
		return nil, err
	}
	out, err := os.OpenFile(d.path(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	f := &writtenFile{segmentFile: segmentFile{number: d.next}}
	d.next++
	f.size, f.sum, err = seg.writeTo(out, d.options.Space.Dimension)
	if err = errors.Join(err, out.Close()); err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	d.files[seg] = f
	if canMap && seg.bytes() >= d.options.MapBytes {
		return f, d.mapWritten(f)
	}
	return f, nil
}

func (d *disk) mapWritten(f *writtenFile) error {
	seg, err := d.use(f.segmentFile)
	if err != nil {
		return fmt.Errorf("use %s: %w", segmentName(f.number), err)
	}
	f.mapped = seg
	d.files[seg] = &writtenFile{segmentFile: f.segmentFile}
	return nil
}

// due reports whether the mark has moved far enough since the last attempt.
func (d *disk) due(m index.Mark) bool {
	return d.saved && m.Epoch != d.tried.Epoch || m.Seq-d.tried.Seq >= d.options.SnapshotEvery
}

// snapshot makes the directory hold st.
func (d *disk) snapshot(st *state) error {
	if d.saved && st.version == d.version {
		return nil
	}
	// Slices of a mapped segment do not keep its mapping.
	defer runtime.KeepAlive(st)
	d.tried = st.mark
	m := &manifest{space: d.options.Space.Fingerprint(), mark: st.mark}
	inUse := map[*segment]*writtenFile{}
	for _, list := range st.bases {
		for _, v := range list {
			f, err := d.persist(v.seg)
			if err != nil {
				return fmt.Errorf("write the snapshot of the search index: %w", err)
			}
			m.views = append(m.views, v.save(f.segmentFile))
			inUse[v.seg] = f
			if f.mapped != nil {
				inUse[f.mapped] = d.files[f.mapped]
			}
		}
	}
	if err := d.writeManifest(m.encode()); err != nil {
		return fmt.Errorf("write the snapshot of the search index: %w", err)
	}
	d.saved, d.version, d.files = true, st.version, inUse
	return d.tidy()
}

// persist returns the file of a segment, writing it when there is none, once the
// disk has it.
func (d *disk) persist(seg *segment) (*writtenFile, error) {
	f := d.files[seg]
	if f == nil {
		var err error
		if f, err = d.write(seg); err != nil {
			return nil, err
		}
	}
	if f.synced {
		return f, nil
	}
	if err := d.step("sync " + segmentName(f.number)); err != nil {
		return nil, err
	}
	if err := syncFile(d.path(segmentName(f.number))); err != nil {
		return nil, err
	}
	f.synced = true
	if f.mapped != nil {
		d.files[f.mapped].synced = true
	}
	return f, nil
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func (d *disk) writeManifest(b []byte) error {
	next := d.path(manifestName + ".new")
	if err := d.step("write the manifest"); err != nil {
		return err
	}
	if err := os.WriteFile(next, b, 0o600); err != nil {
		return err
	}
	if err := syncFile(next); err != nil {
		return err
	}
	// The names of the files have to last before the manifest that relies on them.
	if err := syncDir(d.options.Dir); err != nil {
		return err
	}
	if err := d.step("rename the manifest"); err != nil {
		return err
	}
	if err := os.Rename(next, d.path(manifestName)); err != nil {
		return err
	}
	return syncDir(d.options.Dir)
}

// tidy removes files that neither the manifest nor a segment in use needs.
func (d *disk) tidy() error {
	needed := map[string]bool{manifestName: true}
	for _, f := range d.files {
		needed[segmentName(f.number)] = true
	}
	entries, err := os.ReadDir(d.options.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if needed[e.Name()] || !ours(e.Name()) {
			continue
		}
		if err := d.step("remove " + e.Name()); err != nil {
			return err
		}
		if err := os.Remove(d.path(e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// ours tells the Store's files from what somebody else put into the directory.
func ours(name string) bool {
	var number uint64
	_, err := fmt.Sscanf(name, "segment-%16x", &number)
	return name == manifestName+".new" || err == nil && name == segmentName(number)
}
