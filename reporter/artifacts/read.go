package artifacts

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

const (
	maxMetadata = 16 << 20 // bytes of a file that Prow or a run wrote; a prowjob.json has some ten thousand
	maxValues   = 400_000  // values in it: a small text may take much memory once it is read
	logTail     = 64 << 10 // bytes at the end of a log in which its last lines are sought
)

// build is what was read of a build.
type build struct {
	at       Location
	contents contents
	tests    reporter.Collector
	files    map[string][]byte  // what was read beside JUnit, by name
	unread   []reporter.Warning // what could not be read
	odd      []reporter.Warning // what was not followed
	run      *record.Run        // what a run of ours says of itself; nil: there is none, or it could not be read
	pods     []record.TestPods  // what it says of its pods
	journal  []record.Event     // what its e2e.test told
	server   string             // version that the API server told to Sonobuoy; "": not known
	nodes    []record.Node      // that Sonobuoy listed at the end, Windows first; none: not known
	underway bool               // what was handed over to Sonobuoy does not count
	over     string             // which file is over which bound; "" if none is
	refused  error              // that of the store about a file which may be there; nil: none
	used     usage              // of the bounds, by the files that were read
	asked    int                // files that were asked for
	budget   budget
	names    reporter.Names
	page     string // where Spyglass shows it; "" for a local one
	prowHost string // of such pages; "" if no config names one
}

// Read reads one build. What a build lacks, or what of it cannot be read, is told in its evidence, and so is a build that is
// over its bounds. A folder that has neither JUnit files nor anything that Prow or a run writes is ErrNoResults.
func (r *Reader) Read(ctx context.Context, at Location) (reporter.Evidence, error) {
	e, err := r.read(ctx, at)
	if err != nil {
		return reporter.Evidence{}, fmt.Errorf("reading %q: %w", at, err)
	}
	return e, nil
}

func (r *Reader) read(ctx context.Context, at Location) (e reporter.Evidence, err error) {
	bounds := r.options.Bounds
	timed, cancel := context.WithTimeoutCause(ctx, bounds.Time, overTime(bounds.Time))
	defer cancel()
	store, contents, listing, err := r.look(timed, at)
	if t, ok := store.(io.Closer); ok {
		defer func() { err = errors.Join(err, t.Close()) }()
	}
	if over, ok := r.isOver(ctx, timed, err); ok {
		return r.unreadable(at, overBounds+over), nil
	}
	if err != nil {
		return reporter.Evidence{}, err
	}
	b := build{
		at: at, contents: contents, files: map[string][]byte{}, unread: listing.unread, odd: listing.odd, names: r.options.Names, underway: r.options.Underway,
		page: r.options.Addresses.BuildPage(at.address()), prowHost: r.options.Addresses.Prow,
	}
	b.budget.most = bounds
	r.fetchWithin(timed, store, &b, b.contents.needed(), listing)
	b.parseRun()
	b.parseSonobuoy()
	b.unread = append(b.unread, slices.Concat(b.pluginErrors(), b.handedOver())...)
	r.fetchWithin(timed, store, &b, b.wanted(), listing)
	if err := ctx.Err(); err != nil {
		return reporter.Evidence{}, err
	}
	if r.options.Sound && b.refused != nil {
		return reporter.Evidence{}, b.refused
	}
	return b.evidence()
}

// overBounds begins what is said of a build that is over its bounds.
const overBounds = "not readable within its bounds: "

// isOver says which bound an error of a build is about: time is up without a word of its own.
func (r *Reader) isOver(ctx, timed context.Context, err error) (string, bool) {
	if err != nil && ctx.Err() == nil && timed.Err() != nil {
		err = context.Cause(timed)
	}
	over, ok := isOver(err)
	return over.bound, ok
}

// unreadable is the evidence of a build of which nothing is known but why.
func (r *Reader) unreadable(at Location, why string) reporter.Evidence {
	return reporter.Evidence{
		Build:  reporter.Build{Source: at.String(), URL: r.options.Addresses.BuildPage(at.address())},
		End:    reporter.End{Words: "the build could not be read"},
		Unread: []reporter.Warning{{Message: why}},
	}
}

// fetchWithin reads files as long as all of them together are within the bounds, by their number and the sizes that the
// listing has.
func (r *Reader) fetchWithin(ctx context.Context, s store, b *build, names []string, l listing) {
	sizes := map[string]int64{}
	for _, f := range l.files {
		sizes[f.name] = f.size
	}
	left := b.budget.most.Packed - b.used.packed
	if most := b.budget.most.Read; b.asked+len(names) > most {
		many := names[most-b.asked]
		defer func() { b.isOver(many, overRead(most)) }() // unless one of those before it is over another
		names = names[:most-b.asked]
	}
	b.asked += len(names)
	tooMuch := slices.IndexFunc(names, func(name string) bool {
		if name != b.contents.log { // of which only the end is read
			left -= sizes[name]
		}
		return left < 0
	})
	if tooMuch < 0 {
		r.fetch(ctx, s, b, names)
		return
	}
	r.fetch(ctx, s, b, names[:tooMuch])
	b.isOver(names[tooMuch], overBytes(b.budget.most.Packed, "to read"))
}

// isOver notes the first file that is over a bound.
func (b *build) isOver(name string, err error) {
	if b.over == "" {
		b.over = fmt.Sprintf("%s: %v", name, err)
	}
}

// wanted returns the files that are needed only because the first ones do not tell all.
func (b *build) wanted() []string {
	if b.over != "" {
		return nil
	}
	var names []string
	m := parseMetadata(b.contents, b.files)
	if len(b.versions(m)) == 0 {
		names = append(names, b.contents.revision)
	}
	if m.finished.end() == reporter.FailedJob {
		names = append(names, b.contents.podInfo)
	}
	if len(b.contents.junit) == 0 {
		log := b.contents.log
		if log == "" {
			log = b.contents.cloneLog
		}
		names = append(names, b.contents.cloned, log)
	}
	return named(names...)
}

// piece is what was read of one file.
type piece struct {
	name  string
	tests *reporter.Collector // nil for anything but JUnit
	data  []byte
	used  *spending
	err   error
}

// fetch reads files at the same time, and adds them to the build in the order of their names, until one is over a bound. From
// one on that could not be read with the others at the same time it reads one after the other.
func (r *Reader) fetch(ctx context.Context, s store, b *build, names []string) {
	added, together := 0, false
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	inOrder(names, r.options.Parallelism, func(name string) piece {
		p := r.fetchOne(inner, s, b, name)
		if p.err != nil && ctx.Err() != nil {
			p.err = context.Cause(ctx)
		}
		return p
	}, func(p piece) {
		together = together || errors.Is(p.err, errTogether)
		if b.over == "" && !together {
			b.add(p)
			added++
		}
		if b.over != "" || together {
			cancel()
		}
	})
	if !together {
		return
	}
	for _, name := range names[added:] {
		if b.over != "" {
			return
		}
		b.budget.reset(b.used)
		b.add(r.fetchOne(ctx, s, b, name))
	}
}

func (r *Reader) fetchOne(ctx context.Context, s store, b *build, name string) piece {
	p := piece{name: name, used: &spending{budget: &b.budget}, err: ctx.Err()}
	switch {
	case p.err != nil:
	case name == b.contents.log || name == b.contents.cloneLog:
		r.fetchLog(ctx, s, &p)
	case strings.HasPrefix(path.Ext(name), ".json") || slices.Contains(b.contents.items, name):
		r.fetchMetadata(ctx, s, &p)
	default:
		r.fetchJUnit(ctx, s, &p, b.names)
	}
	return p
}

func (b *build) add(p piece) {
	over, isOver := isOver(p.err)
	b.used = b.used.plus(p.used.usage)
	tooMuch := b.used.check(b.budget.most)
	switch {
	case isOver:
		b.isOver(p.name, over)
	case tooMuch != nil:
		b.isOver(p.name, tooMuch)
	case p.err != nil:
		if b.refused == nil && (transient(p.err) || statusCode(p.err) >= 400 && !missing(p.err)) {
			b.refused = fmt.Errorf("%s: %w", p.name, explain(p.err))
		}
		b.unread = append(b.unread, unread(p.name, explain(p.err)))
	case p.tests != nil:
		b.tests.Append(p.tests)
	default:
		b.files[p.name] = p.data
	}
}

func unread(name string, err error) reporter.Warning {
	return reporter.Warning{File: name, Message: "it could not be read: " + safetext.Line(err.Error())}
}

func (r *Reader) fetchJUnit(ctx context.Context, s store, p *piece, names reporter.Names) {
	p.err = r.use(ctx, opening(ctx, s, p.name), func(body io.Reader) error {
		p.used.giveBack() // a further try begins anew
		p.tests = &reporter.Collector{Names: names, Unpacked: p.used.unpack, Kept: p.used.keep, Row: p.used.row}
		return p.tests.Add(p.name, metered(ctx, body, p.used))
	})
}

func (r *Reader) fetchMetadata(ctx context.Context, s store, p *piece) {
	p.err = r.use(ctx, opening(ctx, s, p.name), func(body io.Reader) (err error) {
		p.used.giveBack()
		p.data, err = readSmall(metered(ctx, body, p.used))
		return err
	})
}

func (r *Reader) fetchLog(ctx context.Context, s store, p *piece) {
	open := func() (io.ReadCloser, error) { return s.tail(ctx, p.name, logTail) }
	p.err = r.use(ctx, open, func(body io.Reader) (err error) {
		p.used.giveBack()
		p.data, err = readTail(metered(ctx, body, p.used), logTail)
		return err
	})
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
		return nil, fmt.Errorf("it is larger than %s", inBytes(maxMetadata))
	}
	if bytes.Count(data, []byte(",")) > maxValues {
		return nil, fmt.Errorf("it has more than %d values", maxValues)
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
