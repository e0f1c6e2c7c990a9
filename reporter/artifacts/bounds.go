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
	Files    int           // files and folders in the build; 0: 100,000
	Kept     int64         // bytes of results that are kept; 0: 64 MiB
	Time     time.Duration // 0: 10 minutes
}

// complete puts the defaults in the places of zeros.
func (b Bounds) complete() Bounds {
	fill(&b.Packed, 2<<30)
	fill(&b.Unpacked, 4<<30)
	fill(&b.Files, 100_000)
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

// inBytes says a number of bytes in the largest unit in which it is whole.
func inBytes(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB"}
	i := 0
	for ; i < len(units)-1 && n%1024 == 0; i++ {
		n /= 1024
	}
	return fmt.Sprintf("%d %s", n, units[i])
}

// budget is what was used of the bounds of a build, by all of its files at the same time.
type budget struct {
	most                   Bounds
	packed, unpacked, kept atomic.Int64
}

// spending is what one file uses. A try that failed is given back.
type spending struct {
	budget                 *budget
	packed, unpacked, kept int64
}

func spend(mine *int64, all *atomic.Int64, most int64, n int, what string) error {
	*mine += int64(n)
	if all.Add(int64(n)) > most {
		return overBytes(most, what)
	}
	return nil
}

func (s *spending) read(n int) error {
	return spend(&s.packed, &s.budget.packed, s.budget.most.Packed, n, "to read")
}

func (s *spending) unpack(n int) error {
	return spend(&s.unpacked, &s.budget.unpacked, s.budget.most.Unpacked, n, "of results, decompressed")
}

func (s *spending) keep(n int) error {
	return spend(&s.kept, &s.budget.kept, s.budget.most.Kept, n, "of results of tests that matter")
}

// giveBack makes what a failed try used free for the next one.
func (s *spending) giveBack() {
	s.budget.packed.Add(-s.packed)
	s.budget.unpacked.Add(-s.unpacked)
	s.budget.kept.Add(-s.kept)
	s.packed, s.unpacked, s.kept = 0, 0, 0
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
