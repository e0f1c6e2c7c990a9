package artifacts

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// tarball is a .tar.gz, such as Sonobuoy retrieves, on this machine or in a bucket. What a report may need of it lies unpacked in a folder of its own,
// under numbers: no name in the archive is ever one on this machine.
type tarball struct {
	dir string
	listing
	number map[string]int // of a file, by its name
}

// isTarball tells whether a file is an archive by its name.
func isTarball(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".tar.gz") || strings.HasSuffix(name, ".tgz")
}

// openTarball opens the one that is at a location. One in a bucket is streamed; where the connection breaks it is begun anew.
func (r *Reader) openTarball(ctx context.Context, at Location) (*tarball, error) {
	if at.local() {
		archive, err := os.Open(at.Path)
		if err != nil {
			return nil, explain(err)
		}
		defer archive.Close()
		return unpackTarball(ctx, archive, r.options.Bounds)
	}
	folder := at
	folder.Path = path.Dir(at.Path)
	s, err := r.store(ctx, folder)
	if err != nil {
		return nil, err
	}
	var t *tarball
	err = r.use(ctx, opening(ctx, s, path.Base(at.Path)), func(body io.Reader) (err error) {
		whole := &wire{r: body}
		if t, err = unpackTarball(ctx, whole, r.options.Bounds); err == nil && whole.err != nil {
			err = errors.Join(whole.err, t.Close())
		}
		return err
	})
	return t, explain(err)
}

// wire is what comes from a bucket. It keeps why it broke, which says nothing of the archive.
type wire struct {
	r   io.Reader
	err error
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// unpackTarball unpacks what a report may need, within the bounds of a build. What it cannot take as it stands is told: an
// archive that leads out of itself, is cut or names a file twice is read only in part.
func unpackTarball(ctx context.Context, archive io.Reader, most Bounds) (t *tarball, err error) {
	dir, err := os.MkdirTemp("", "op-readiness-")
	if err != nil {
		return nil, err
	}
	t = &tarball{dir: dir, number: map[string]int{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.Close())
		}
	}()
	budget := spending{budget: &budget{most: most}}
	packed, err := gzip.NewReader(metered(ctx, archive, &budget))
	if err != nil {
		return t, t.stop(fmt.Errorf("it is no archive (gzip): %w", err))
	}
	r := unpacking{tarball: t, most: most}
	r.Reader = tar.NewReader(readerFunc(func(p []byte) (int, error) {
		n, err := packed.Read(p)
		if over := budget.unpack(n); over != nil {
			return n, over
		}
		return n, err
	}))
	return t, t.stop(r.all())
}

// stop notes why an archive was not read to its end; what is over a bound is an error.
func (t *tarball) stop(err error) error {
	if _, over := isOver(err); err == nil || over || errors.Is(err, context.Canceled) {
		return err
	}
	t.unread = append(t.unread, reporter.Warning{Message: "the archive was read only in part: " + safetext.Line(err.Error())})
	return nil
}

// unpacking is an archive under way.
type unpacking struct {
	*tarball
	*tar.Reader
	most    Bounds
	entries int
	written int64
}

// all unpacks entry by entry, in one pass.
func (u *unpacking) all() error {
	for {
		header, err := u.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if u.entries++; u.entries > u.most.Files {
			return overFiles(u.most.Files)
		}
		if err := u.entry(header); err != nil {
			return err
		}
	}
}

func (u *unpacking) entry(h *tar.Header) error {
	name := path.Clean(strings.ReplaceAll(h.Name, `\`, "/"))
	switch {
	case !filepath.IsLocal(name) || path.IsAbs(name):
		u.refuse(name, "its name leads out of the archive")
		return nil
	case h.Typeflag == tar.TypeDir:
		return nil
	case h.Typeflag != tar.TypeReg && matters(name):
		u.refuse(name, "it is a link or no regular file, and not followed")
		return nil
	case h.Typeflag != tar.TypeReg:
		return nil
	case isTarball(name) && strings.HasPrefix(name, "plugins/"):
		u.notRead(name, "an archive in the archive")
		return nil
	case !matters(name):
		return nil
	}
	if _, double := u.number[name]; double {
		u.refuse(name, "it is there twice")
		return nil
	}
	return u.file(name)
}

// refuse says of a file that may count that it could not be read.
func (u *unpacking) refuse(name, why string) {
	u.unread = append(u.unread, reporter.Warning{File: safetext.Cut(name, maxLine), Message: "it could not be read: " + why})
}

// notRead says of one that does not count that nobody looked into it.
func (u *unpacking) notRead(name, why string) {
	if len(u.odd) < maxOdd {
		u.odd = append(u.odd, reporter.Warning{File: safetext.Cut(name, maxLine), Message: "not looked into: " + why})
	}
}

// file unpacks the present entry. A sparse one has bytes that the archive does not hold: they count too.
func (u *unpacking) file(name string) (err error) {
	number := len(u.number)
	to, err := os.OpenFile(u.at(number), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	size, err := io.Copy(to, io.LimitReader(u, u.most.Packed-u.written+1))
	if u.written += size; u.written > u.most.Packed {
		return overBytes(u.most.Packed, "to read")
	}
	if err != nil {
		u.refuse(name, "it is cut")
		return err
	}
	u.number[name] = number
	u.files = append(u.files, file{name: name, size: size})
	return nil
}

func (t *tarball) at(number int) string { return filepath.Join(t.dir, strconv.Itoa(number)) }

// Close removes what was unpacked.
func (t *tarball) Close() error { return os.RemoveAll(t.dir) }

func (t *tarball) list(context.Context, int) (listing, error) { return t.listing, nil }

func (t *tarball) children(context.Context, int) ([]string, error) { return nil, nil }

func (t *tarball) open(_ context.Context, name string) (io.ReadCloser, error) {
	number, ok := t.number[name]
	if !ok {
		return nil, os.ErrNotExist
	}
	return os.Open(t.at(number))
}

func (t *tarball) tail(ctx context.Context, name string, _ int64) (io.ReadCloser, error) {
	return t.open(ctx, name)
}
