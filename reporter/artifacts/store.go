package artifacts

import (
	"context"
	"fmt"
	"io"
	"path"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// store is a folder, local or of an object store. Names are relative to it, with slashes.
type store interface {
	// list returns all files, in any order. More than most files and folders are an overError.
	list(ctx context.Context, most int) (listing, error)
	// children returns the files of the folder, and its folders with a slash at their end. More than most are an overError.
	children(ctx context.Context, most int) ([]string, error)
	open(ctx context.Context, name string) (io.ReadCloser, error)
	// tail opens a file near its end where it can: at least its last n bytes, or all, are yet to come.
	tail(ctx context.Context, name string, n int64) (io.ReadCloser, error)
}

// listing is what a folder holds.
type listing struct {
	files  []file
	unread []reporter.Warning // folders that could not be listed
	odd    []reporter.Warning // links to folders that are not followed
}

// file is one file of a listing.
type file struct {
	name   string
	size   int64  // in bytes, as it is stored; 0 if that is not told
	target string // the name in the same folder of the file that a link leads to; "" for anything else
}

func (l listing) names() []string {
	names := make([]string, len(l.files))
	for i, f := range l.files {
		names[i] = f.name
	}
	return names
}

// store returns the folder at a location, without a look at it. A local one must be there.
func (r *Reader) store(ctx context.Context, at Location) (store, error) {
	if at.local() {
		return openFolder(at)
	}
	opener, err := r.opener(ctx, at.Provider)
	return objects{opener, at}, err
}

// look opens the store of a build, lists it, and picks what a report needs.
func (r *Reader) look(ctx context.Context, at Location) (store, contents, listing, error) {
	single, err := isSingle(at)
	if err != nil {
		return nil, contents{}, listing{}, explain(err)
	}
	if single && isTarball(at.Path) {
		t, err := r.openTarball(ctx, at)
		if err != nil {
			return nil, contents{}, listing{}, err
		}
		return t, sortOut(t.names()).ofPlugin(), t.listing, nil
	}
	if at.local() {
		if single {
			s, name, err := openSingle(at)
			return s, contents{junit: []string{name}}, listing{}, err
		}
	} else if single {
		folder := at
		folder.Path = path.Dir(at.Path)
		s, err := r.store(ctx, folder)
		return s, contents{junit: []string{path.Base(at.Path)}}, listing{}, err
	}
	s, err := r.store(ctx, at)
	if err != nil {
		return nil, contents{}, listing{}, err
	}
	l, err := r.list(ctx, s)
	if err == nil && len(l.files) == 0 && !at.local() {
		err = ErrNotFound
	}
	return s, sortOut(l.names()).withoutDoubles(l).ofPlugin(), l, err
}

func (r *Reader) list(ctx context.Context, s store) (l listing, err error) {
	err = r.request(ctx, func() error {
		l, err = s.list(ctx, r.options.Bounds.Files)
		return err
	})
	if _, over := isOver(err); over {
		return listing{}, err
	}
	if err != nil {
		return listing{}, fmt.Errorf("listing: %w", explain(err))
	}
	return l, nil
}
