package artifacts

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
)

// store is a folder that holds one build. Names are relative to it, with slashes.
type store interface {
	// list returns the names of all files, in any order.
	list(ctx context.Context) ([]string, error)
	open(ctx context.Context, name string) (io.ReadCloser, error)
	// tail opens a file near its end where it can: at least its last n bytes, or all, are yet to come.
	tail(ctx context.Context, name string, n int64) (io.ReadCloser, error)
}

// look opens the store of a build and lists it.
func (r *Reader) look(ctx context.Context, at Location) (store, contents, error) {
	if at.local() {
		return r.lookLocal(ctx, at)
	}
	opener, err := r.opener(ctx, at.Provider)
	if err != nil {
		return nil, contents{}, err
	}
	if junit.IsFile(at.Path) {
		folder := at
		folder.Path = path.Dir(at.Path)
		return objects{opener, folder}, contents{junit: []string{path.Base(at.Path)}}, nil
	}
	s := objects{opener, at}
	names, err := r.list(ctx, s)
	if err == nil && len(names) == 0 {
		err = ErrNotFound
	}
	return s, sortOut(names), err
}

func (r *Reader) lookLocal(ctx context.Context, at Location) (store, contents, error) {
	info, err := os.Stat(at.Path)
	if err != nil {
		return nil, contents{}, explain(err)
	}
	if !info.IsDir() {
		dir, name := filepath.Split(at.Path)
		return folder{os.DirFS(filepath.Join(dir, "."))}, contents{junit: []string{name}}, nil
	}
	s := folder{os.DirFS(at.Path)}
	names, err := r.list(ctx, s)
	return s, sortOut(names), err
}

func (r *Reader) list(ctx context.Context, s store) (names []string, err error) {
	err = r.request(ctx, func() error {
		names, err = s.list(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing: %w", explain(err))
	}
	return names, nil
}

// folder is a local folder.
type folder struct{ files fs.FS }

func (f folder) list(ctx context.Context) ([]string, error) {
	var names []string
	err := fs.WalkDir(f.files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !entry.IsDir() {
			names = append(names, name)
		}
		return ctx.Err()
	})
	return names, err
}

func (f folder) open(_ context.Context, name string) (io.ReadCloser, error) {
	return f.files.Open(name)
}

func (f folder) tail(_ context.Context, name string, n int64) (io.ReadCloser, error) {
	file, err := f.files.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if s, ok := file.(io.Seeker); err == nil && ok && info.Size() > n {
		_, err = s.Seek(-n, io.SeekEnd)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}
