package artifacts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// Bounds are what is read of one build at most. What goes over one makes that build unreadable, and no other. A zero means
// the default, which is more than a job of Prow can honestly write.
type Bounds struct {
	Packed   int64         // bytes that are read, as the store has them; 0: 2 GiB
	Unpacked int64         // bytes of result files, decompressed; 0: 4 GiB
	Files    int           // files and folders in the build, or in any folder on the way to it; 0: 100,000
	Read     int           // files of it that are read, a request each; 0: 20,000
	Rows     int64         // testcase elements in its result files; 0: 10,000,000
	Kept     int64         // bytes of results that are kept; 0: 64 MiB
	Time     time.Duration // 0: 10 minutes
}

// complete puts the defaults in the places of zeros.
func (b Bounds) complete() Bounds {
	fill(&b.Packed, 2<<30)
	fill(&b.Unpacked, 4<<30)
	fill(&b.Files, 100_000)
	fill(&b.Read, 20_000)
	fill(&b.Rows, 10_000_000)
	fill(&b.Kept, 64<<20)
	fill(&b.Time, 10*time.Minute)
	return b
}

func fill[N int | int64 | time.Duration](field *N, value N) {
	if *field <= 0 {
		*field = value
	}
}

// overError says which bound a build is over.
type overError struct{ bound string }

func (e overError) Error() string { return e.bound }

func overBytes(most int64, what string) error {
	return overError{fmt.Sprintf("more than %s %s", inBytes(most), what)}
}

func overTime(most time.Duration) error {
	return overError{fmt.Sprintf("reading takes longer than %s", most)}
}

func overFiles(most int) error { return overError{fmt.Sprintf("more than %d files", most)} }

func overRead(most int) error { return overError{fmt.Sprintf("more than %d files to read", most)} }

// inBytes says a number of bytes in the largest unit in which it is whole.
func inBytes(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB"}
	i := 0
	for ; i < len(units)-1 && n%1024 == 0; i++ {
		n /= 1024
	}
	return fmt.Sprintf("%d %s", n, units[i])
}

// usage is what was used of the bounds of a build.
type usage struct{ packed, unpacked, kept, rows int64 }

func (u usage) plus(next usage) usage {
	return usage{u.packed + next.packed, u.unpacked + next.unpacked, u.kept + next.kept, u.rows + next.rows}
}

// check is the error of what is over a bound.
func (u usage) check(most Bounds) error {
	switch {
	case u.packed > most.Packed:
		return overBytes(most.Packed, "to read")
	case u.unpacked > most.Unpacked:
		return overBytes(most.Unpacked, "of results, decompressed")
	case u.kept > most.Kept:
		return overBytes(most.Kept, "of results of tests that matter")
	case u.rows > most.Rows:
		return overError{fmt.Sprintf("more than %d rows", most.Rows)}
	}
	return nil
}

// budget is what the files of a build use that are read at the same time. All of them together may have twice of what the
// build may: which of them is the one too many is found out in their order, one after the other, so that it is always the
// same.
type budget struct {
	most                         Bounds
	packed, unpacked, kept, rows atomic.Int64
}

// spending is what one file uses.
type spending struct {
	usage
	budget *budget
}

// add notes what a file uses more. Its error is that of a file that is over a bound, alone or with the others.
func (s *spending) add(more usage) error {
	b := s.budget
	s.usage = s.plus(more)
	all := usage{b.packed.Add(more.packed), b.unpacked.Add(more.unpacked), b.kept.Add(more.kept), b.rows.Add(more.rows)}
	if err := s.check(b.most); err != nil {
		return err
	}
	if half := (usage{(all.packed + 1) / 2, (all.unpacked + 1) / 2, (all.kept + 1) / 2, (all.rows + 1) / 2}); half.check(b.most) != nil {
		return errTogether
	}
	return nil
}

// errTogether means that the files that are read at the same time are over a bound, and not which of them is.
var errTogether = errors.New("the files together are over a bound")

// reset makes the budget that of a build that has used so much, and reads nothing now.
func (b *budget) reset(used usage) {
	b.packed.Store(used.packed)
	b.unpacked.Store(used.unpacked)
	b.kept.Store(used.kept)
	b.rows.Store(used.rows)
}

func (s *spending) read(n int) error   { return s.add(usage{packed: int64(n)}) }
func (s *spending) unpack(n int) error { return s.add(usage{unpacked: int64(n)}) }
func (s *spending) keep(n int) error   { return s.add(usage{kept: int64(n)}) }
func (s *spending) row() error         { return s.add(usage{rows: 1}) }

// giveBack makes what a failed try used free for the next one.
func (s *spending) giveBack() {
	s.budget.packed.Add(-s.packed)
	s.budget.unpacked.Add(-s.unpacked)
	s.budget.kept.Add(-s.kept)
	s.budget.rows.Add(-s.rows)
	s.usage = usage{}
}

// readerFunc is a reader by a function.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// metered counts what is read of a file, and ends it when the context does: a local file knows none.
func metered(ctx context.Context, r io.Reader, s *spending) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		n, err := r.Read(p)
		if over := s.read(n); over != nil {
			return n, over
		}
		return n, err
	})
}

// isOver returns the bound that an error is about.
func isOver(err error) (overError, bool) {
	var over overError
	ok := errors.As(err, &over)
	return over, ok
}
