package sonobuoy

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
)

const (
	doneName = "done"  // the file that Sonobuoy waits for
	nextName = ".done" // that file before its time
)

// handover is the folder in which Sonobuoy waits for results.
type handover struct {
	dir    string
	folder string // what is handed over
	before []byte // the record that lay in it at first; nil: none did
}

// open prepares the folder, so that nothing but a change of a name is left to do at the end, which a full disk lets pass too:
// until then the results say that the run did not come to its end.
func open(dir string) (handover, error) {
	h := handover{dir: dir, folder: filepath.Join(dir, Name)}
	if err := os.MkdirAll(h.folder, 0o755); err != nil {
		return h, fmt.Errorf("preparing the results: %w", err)
	}
	if err := os.Remove(filepath.Join(dir, doneName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return h, fmt.Errorf("removing the done file of an earlier run: %w", err)
	}
	var err error
	if h.before, err = h.record(); err != nil {
		return h, fmt.Errorf("looking for an earlier run: %w", err)
	}
	if err := h.put(nil, Ending{Problem: "the run did not come to its end"}); err != nil {
		return h, err
	}
	if err := atomicfile.Write(filepath.Join(dir, nextName), []byte(h.folder)); err != nil {
		return h, fmt.Errorf("preparing the done file: %w", err)
	}
	return h, nil
}

// record is the record of a run that lies in the folder now, nil if there is none. What is no file, such as a device, is none.
func (h handover) record() ([]byte, error) {
	name := filepath.Join(h.folder, reportdir.Record)
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(name)
}

// put writes the results. With a verdict the run has written its rows in JUnit itself; without one they say so, and before all
// else: whoever is killed here leaves nothing that is greener than what was there.
func (h handover) put(results *Item, e Ending) error {
	if results == nil {
		failed := Items(nil, e)
		results = &failed
	}
	var err error
	if e.Problem != "" {
		rows := func(w io.Writer) error { return encodeJUnit(w, e) }
		err = atomicfile.Render(filepath.Join(h.folder, reportdir.View), rows)
	}
	err = errors.Join(err, atomicfile.Render(filepath.Join(h.folder, reportdir.Items), results.Encode))
	if err != nil {
		return fmt.Errorf("writing the results for Sonobuoy: %w", err)
	}
	return nil
}

// deliver tells Sonobuoy that all is there.
func (h handover) deliver() error {
	if err := os.Rename(filepath.Join(h.dir, nextName), filepath.Join(h.dir, doneName)); err != nil {
		return fmt.Errorf("writing the done file: %w", err)
	}
	return nil
}
