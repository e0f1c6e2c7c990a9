package artifacts

import (
	"errors"
	"testing"
	"time"
)

// TestDefaultBounds holds the bounds that the documentation names, and that those that are given stay.
func TestDefaultBounds(t *testing.T) {
	t.Parallel()
	want := Bounds{Packed: 2 << 30, Unpacked: 4 << 30, Files: 100_000, Read: 20_000, Rows: 10_000_000, Kept: 64 << 20, Time: 10 * time.Minute}
	if got := (Bounds{}).complete(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	given := Bounds{Packed: 1, Unpacked: 2, Files: 3, Read: 6, Rows: 7, Kept: 4, Time: 5}
	if got := given.complete(); got != given {
		t.Errorf("%+v, want %+v", got, given)
	}
}

func TestInBytes(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{1: "1 bytes", 1000: "1000 bytes", 1024: "1 KiB", 1536: "1536 bytes", 64 << 20: "64 MiB", 4 << 30: "4 GiB", 5 << 40: "5120 GiB"} {
		if got := inBytes(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

// TestBudget holds that a file may use all of a bound and no more, and that files at the same time may use twice of it.
func TestBudget(t *testing.T) {
	t.Parallel()
	uses := map[string]func(*spending, int) error{"packed": (*spending).read, "unpacked": (*spending).unpack, "kept": (*spending).keep, "rows": func(s *spending, n int) (err error) {
		for range n {
			err = s.row()
		}
		return err
	}}
	for name, use := range uses {
		b := budget{most: Bounds{Packed: 10, Unpacked: 10, Kept: 10, Rows: 10}}
		first, second, third := &spending{budget: &b}, &spending{budget: &b}, &spending{budget: &b}
		if err := use(first, 10); err != nil {
			t.Errorf("%s, 10 of 10: %v", name, err)
		}
		if _, over := isOver(use(first, 1)); !over {
			t.Errorf("%s, 11 of 10: not over", name)
		}
		first.giveBack()
		if err := use(first, 10); err != nil {
			t.Errorf("%s, once more: %v", name, err)
		}
		if err := use(second, 10); err != nil {
			t.Errorf("%s, a second file: %v", name, err)
		}
		if err := use(third, 1); !errors.Is(err, errTogether) {
			t.Errorf("%s, a third file: %v", name, err)
		}
		b.reset(first.usage)
		third.usage = usage{}
		if err := use(third, 10); err != nil {
			t.Errorf("%s, the third file alone: %v", name, err)
		}
		if _, over := isOver(use(third, 1)); !over {
			t.Errorf("%s, the third file, too large: not over", name)
		}
		if first.check(b.most) != nil || first.plus(third.usage).check(b.most) == nil {
			t.Errorf("%s: 10 of 10 %v, 11 of 10 %v", name, first.usage, third.usage)
		}
	}
}
