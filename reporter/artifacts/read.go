package artifacts

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"path"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

const (
	maxMetadata = 16 << 20 // bytes of a file that Prow wrote; a prowjob.json has some ten thousand
	logTail     = 64 << 10 // bytes at the end of a log in which its last lines are sought
)

// build is what was read of a build.
type build struct {
	at       Location
	contents contents
	tests    reporter.Collector
	files    map[string][]byte  // what was read beside JUnit, by name
	unread   []reporter.Warning // which files could not be read
	page     string             // where Spyglass shows it; "" for a local one
}

// Read reads one build. What a build lacks, or what of it cannot be read, is told in the Incomplete and Warnings of its
// results. A folder that has neither JUnit files nor anything that Prow writes is ErrNoResults.
func (r *Reader) Read(ctx context.Context, at Location) (reporter.Results, error) {
	store, contents, err := r.look(ctx, at)
	if err != nil {
		return reporter.Results{}, fmt.Errorf("reading %q: %w", at, err)
	}
	b := build{at: at, contents: contents, files: map[string][]byte{}, page: r.options.Addresses.BuildPage(at.address())}
	r.fetch(ctx, store, &b, append(contents.metadata(), contents.junit...))
	r.fetch(ctx, store, &b, b.wanted())
	if err := ctx.Err(); err != nil {
		return reporter.Results{}, fmt.Errorf("reading %q: %w", at, err)
	}
	results, err := b.results()
	if err != nil {
		return reporter.Results{}, fmt.Errorf("reading %q: %w", at, err)
	}
	return results, nil
}

// wanted returns the files that are needed only because the first ones do not tell all.
func (b *build) wanted() []string {
	var names []string
	if b.contents.revision != "" && revision(b.files[b.contents.finished]) == "" {
		names = append(names, b.contents.revision)
	}
	if b.contents.log != "" && len(b.contents.junit) == 0 {
		names = append(names, b.contents.log)
	}
	return names
}

// piece is what was read of one file.
type piece struct {
	name  string
	tests *reporter.Collector // nil for anything but JUnit
	data  []byte
	err   error
}

// fetch reads files at the same time, and adds them to the build in the order of their names.
func (r *Reader) fetch(ctx context.Context, s store, b *build, names []string) {
	inOrder(names, r.options.Parallelism, func(name string) piece {
		switch {
		case name == b.contents.log:
			return r.fetchLog(ctx, s, name)
		case path.Ext(name) == ".json":
			return r.fetchMetadata(ctx, s, name)
		}
		return r.fetchJUnit(ctx, s, name)
	}, b.add)
}

func (b *build) add(p piece) {
	switch {
	case p.err != nil:
		message := "it could not be read: " + safetext.Line(explain(p.err).Error())
		b.unread = append(b.unread, reporter.Warning{File: p.name, Message: message})
	case p.tests != nil:
		b.tests.Append(p.tests)
	default:
		b.files[p.name] = p.data
	}
}

func (r *Reader) fetchJUnit(ctx context.Context, s store, name string) piece {
	p := piece{name: name}
	p.err = r.use(ctx, opening(ctx, s, name), func(body io.Reader) error {
		p.tests = new(reporter.Collector) // a further try begins anew
		return p.tests.Add(name, body)
	})
	return p
}

func (r *Reader) fetchMetadata(ctx context.Context, s store, name string) piece {
	p := piece{name: name}
	p.err = r.use(ctx, opening(ctx, s, name), func(body io.Reader) (err error) {
		p.data, err = readSmall(body)
		return err
	})
	return p
}

func (r *Reader) fetchLog(ctx context.Context, s store, name string) piece {
	p := piece{name: name}
	open := func() (io.ReadCloser, error) { return s.tail(ctx, name, logTail) }
	p.err = r.use(ctx, open, func(body io.Reader) (err error) {
		p.data, err = readTail(body, logTail)
		return err
	})
	return p
}

func opening(ctx context.Context, s store, name string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return s.open(ctx, name) }
}

// readSmall reads a file whole, unpacked: S3 hands out a file that was uploaded compressed as it is.
func readSmall(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxMetadata+1))
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		unpacked, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		if data, err = io.ReadAll(io.LimitReader(unpacked, maxMetadata+1)); err != nil {
			return nil, err
		}
	}
	if len(data) > maxMetadata {
		return nil, fmt.Errorf("it is larger than %d bytes", maxMetadata)
	}
	return data, nil
}

// readTail reads to the end, and returns the last n bytes.
func readTail(r io.Reader, n int) ([]byte, error) {
	last, chunk := make([]byte, 0, 2*n), make([]byte, n)
	for {
		got, err := r.Read(chunk)
		last = append(last, chunk[:got]...)
		if len(last) > n {
			last = append(last[:0], last[len(last)-n:]...)
		}
		if err == io.EOF {
			return last, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
