package artifacts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
)

// folder is a local folder. Links in it are followed as long as they stay in it: who fills a folder, such as a bucket that
// was copied, could show any file of this machine otherwise.
type folder struct{ root string } // without links in it

// refusal is why something local is not read, though it is there.
type refusal string

func (r refusal) Error() string { return string(r) }

const (
	leadsOut   refusal = "it is a link that leads out of the source"
	leadsRound refusal = "it is a link that leads in a circle"
)

// openFolder returns the folder at a local location, which must not lead out of the one that it was found in.
func openFolder(at Location) (folder, error) {
	root, err := filepath.EvalSymlinks(at.Path)
	if err != nil {
		return folder{}, explain(err)
	}
	if root, err = filepath.Abs(root); err != nil {
		return folder{}, err
	}
	if at.within == "" {
		return folder{root}, nil
	}
	around, err := openFolder(Location{Path: at.within})
	if err != nil {
		return folder{}, err
	}
	if _, inside := around.below(root); !inside {
		return folder{}, leadsOut
	}
	return folder{root}, nil
}

// isSingle tells whether a source is one file: in a bucket by its name, since folders are nothing there. What is neither a file
// nor a folder is never opened: a named pipe would be waited for without end.
func isSingle(at Location) (bool, error) {
	if !at.local() {
		return junit.IsFile(at.Path) || isTarball(at.Path), nil
	}
	info, err := os.Stat(at.Path)
	switch {
	case err != nil:
		return false, err
	case info.IsDir():
		return false, nil
	}
	return true, regular(info)
}

// openSingle returns the folder of the one file that a source is, and its name there.
func openSingle(at Location) (folder, string, error) {
	file, err := filepath.EvalSymlinks(at.Path)
	if err != nil {
		return folder{}, "", err
	}
	f, err := openFolder(Location{Path: filepath.Dir(file)})
	return f, filepath.Base(file), err
}

// regular is the error of what is no regular file.
func regular(info fs.FileInfo) error {
	kind := "no regular file"
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		kind = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		kind = "a named pipe"
	case mode&fs.ModeSocket != 0:
		kind = "a socket"
	case mode&fs.ModeDevice != 0:
		kind = "a device"
	}
	return refusal("it is " + kind + ", and not opened")
}

// below returns the name of a path in the folder, and whether it is in it.
func (f folder) below(full string) (name string, inside bool) {
	name, err := filepath.Rel(f.root, full)
	return filepath.ToSlash(name), err == nil && filepath.IsLocal(name)
}

// resolve returns the name, without links, of what a name stands for. With leadsOut it tells what is there.
func (f folder) resolve(name string) (real string, info fs.FileInfo, err error) {
	full := filepath.Join(f.root, filepath.FromSlash(name))
	if info, err = os.Stat(full); err != nil {
		if errors.Is(err, syscall.ELOOP) {
			err = leadsRound
		}
		return "", nil, err
	}
	if full, err = filepath.EvalSymlinks(full); err != nil {
		return "", nil, err
	}
	real, inside := f.below(full)
	if !inside {
		return "", info, leadsOut
	}
	return real, info, nil
}

func (f folder) open(_ context.Context, name string) (io.ReadCloser, error) {
	file, err := f.file(name)
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (f folder) file(name string) (*os.File, error) {
	real, info, err := f.resolve(name)
	if err == nil {
		err = regular(info)
	}
	if err != nil {
		return nil, err
	}
	return os.OpenInRoot(f.root, filepath.FromSlash(real))
}

func (f folder) tail(_ context.Context, name string, n int64) (io.ReadCloser, error) {
	file, err := f.file(name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.Size() > n {
		_, err = file.Seek(-n, io.SeekEnd)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

func (f folder) children(_ context.Context, most int) ([]string, error) {
	entries, err := os.ReadDir(f.root)
	if len(entries) > most {
		return nil, overFiles(most)
	}
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		if info, err := os.Stat(filepath.Join(f.root, name)); err == nil && info.IsDir() {
			name += "/"
		}
		names = append(names, name)
	}
	return names, err
}

func (f folder) list(ctx context.Context, most int) (listing, error) {
	w := walk{folder: f, most: most}
	err := w.dir(ctx, ".")
	return w.listing, err
}

// walk goes through a folder. Links to folders in it need not be followed: what they lead to is met on the way.
type walk struct {
	folder
	listing
	most, seen int
}

func (w *walk) dir(ctx context.Context, dir string) error {
	entries, err := os.ReadDir(filepath.Join(w.root, filepath.FromSlash(dir)))
	if err != nil {
		if dir == "." {
			return err
		}
		w.unread = append(w.unread, reporter.Warning{File: dir, Message: "it could not be listed: " + safetext.Line(err.Error())})
	}
	for _, entry := range entries {
		if w.seen++; w.seen > w.most {
			return overFiles(w.most)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		name := path.Join(dir, entry.Name())
		switch {
		case entry.IsDir():
			if err := w.dir(ctx, name); err != nil {
				return err
			}
		case entry.Type()&fs.ModeSymlink != 0:
			w.link(name)
		default:
			w.files = append(w.files, file{name: name, size: sizeOf(entry)})
		}
	}
	return nil
}

func sizeOf(entry fs.DirEntry) int64 {
	info, err := entry.Info()
	if err != nil {
		return 0 // gone meanwhile, which opening it will tell
	}
	return info.Size()
}

// link takes what a link leads to for a file, or says why it is not followed. One that cannot be followed and is named as
// a file that is needed stays in the list: reading it fails, and says why.
func (w *walk) link(name string) {
	real, info, err := w.resolve(name)
	switch {
	case err == nil && !info.IsDir():
		w.files = append(w.files, file{name: name, size: info.Size(), target: real})
	case err == nil && isAround(real, name):
		w.notFollowed(name, leadsRound)
	case err == nil:
	case matters(name):
		w.files = append(w.files, file{name: name})
	case errors.Is(err, leadsRound) || errors.Is(err, leadsOut) && info.IsDir():
		w.notFollowed(name, err)
	}
}

func (w *walk) notFollowed(name string, why error) {
	if len(w.odd) < maxOdd {
		w.odd = append(w.odd, reporter.Warning{File: name, Message: fmt.Sprintf("not followed: %v", why)})
	}
}

// maxOdd is how many of the things that are odd about a listing are told.
const maxOdd = 20

// isAround tells whether a folder is one of those that a name lies in.
func isAround(dir, name string) bool { return dir == "." || strings.HasPrefix(name, dir+"/") }
