package download

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
)

// programLimit is several times what an e2e.test takes.
const programLimit = 2 << 30

// contentError is a tarball whose checksum is right, and which is yet not what is needed.
type contentError struct{ error }

func (e contentError) Unwrap() error { return e.error }

// contentOf returns a reader whose failures are those of the content.
func contentOf(r io.Reader) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		n, err := r.Read(p)
		if err != nil && err != io.EOF {
			err = contentError{err}
		}
		return n, err
	})
}

// extract writes the members of a tarball, and nothing else of it, into a folder and returns their paths. After an error
// the folder is as it was, unless the very last step, the renaming, failed half-way: e2e.test then is the old one.
func extract(ctx context.Context, tarball string, members []member, dir string) (paths []string, err error) {
	file, err := os.Open(tarball)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	s := &stage{dir: dir, pending: map[string]*atomicfile.Pending{}}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("extracting to %q: %w", dir, err), s.rollBack())
		}
	}()
	if s.folders, err = atomicfile.MakeFolders(dir); err != nil {
		return nil, err
	}
	if err := s.read(interruptible(ctx, file), members); err != nil {
		return nil, err
	}
	return s.commit(members)
}

// stage is a folder with files under temporary names, beside their targets.
type stage struct {
	dir     string
	pending map[string]*atomicfile.Pending // by the name of the target
	folders []string                       // made by us, outer ones first
}

// read takes the members from a tarball, and ends with the last of them.
func (s *stage) read(r io.Reader, members []member) error {
	unzipped, err := gzip.NewReader(r)
	if err != nil {
		return contentError{fmt.Errorf("reading the tarball: %w", err)}
	}
	for entries := tar.NewReader(unzipped); len(s.pending) < len(members); {
		header, err := entries.Next()
		if err == io.EOF {
			return contentError{fmt.Errorf("the tarball has no %s", strings.Join(s.missing(members), ", no "))}
		}
		if err != nil {
			return contentError{fmt.Errorf("reading the tarball: %w", err)}
		}
		i := slices.IndexFunc(members, func(m member) bool { return m.path == header.Name })
		if i < 0 || s.pending[members[i].name] != nil {
			continue
		}
		if header.Typeflag != tar.TypeReg || header.Size > programLimit {
			return contentError{fmt.Errorf("%s in the tarball is no program: type %q, %d bytes", header.Name, header.Typeflag, header.Size)}
		}
		if err := s.write(members[i].name, entries); err != nil {
			return fmt.Errorf("%s: %w", header.Name, err)
		}
	}
	return nil
}

// missing returns the paths of the members that were not found.
func (s *stage) missing(members []member) []string {
	var paths []string
	for _, m := range members {
		if s.pending[m.name] == nil {
			paths = append(paths, m.path)
		}
	}
	return paths
}

// write writes a program beside its target.
func (s *stage) write(name string, r io.Reader) (err error) {
	s.pending[name], err = atomicfile.Create(filepath.Join(s.dir, name), 0o755, func(w io.Writer) error {
		_, err := io.Copy(w, contentOf(r))
		return err
	})
	if err != nil {
		delete(s.pending, name)
	}
	return err
}

// commit puts the programs in place. The first of them comes last: if it is there, all are.
func (s *stage) commit(members []member) ([]string, error) {
	paths := make([]string, len(members))
	for i, m := range slices.Backward(members) {
		paths[i] = filepath.Join(s.dir, m.name)
		if err := s.pending[m.name].Commit(); err != nil {
			return nil, err
		}
		delete(s.pending, m.name)
	}
	return paths, nil
}

// rollBack removes what is not in place, and the folders made for it.
func (s *stage) rollBack() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(s.pending)) {
		errs = append(errs, s.pending[name].Discard())
	}
	for _, folder := range slices.Backward(s.folders) {
		errs = append(errs, os.Remove(folder))
	}
	return errors.Join(errs...)
}
