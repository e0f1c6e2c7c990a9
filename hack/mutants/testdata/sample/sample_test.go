package sample

import (
	"path/filepath"
	"testing"
)

func TestColour(t *testing.T) {
	if Good.Colour() != "green" || Bad.Colour() != "red" {
		t.Error("a colour")
	}
}

func TestLetter(t *testing.T) {
	if Good.Letter()+Bad.Letter()+Late.Letter() != "GBL" {
		t.Error("a letter")
	}
}

func TestWord(t *testing.T) {
	if Good.Word() != "good" {
		t.Error("a word")
	}
}

func TestClamp(t *testing.T) {
	for n, want := range map[int]int{-5: 0, 5: 5, 5000: 1000} {
		if got := Clamp(n); got != want {
			t.Errorf("%d: %d", n, got)
		}
	}
}

func TestBoth(t *testing.T) {
	if !Both(true, true) || Both(false, true) {
		t.Error("both")
	}
}

func TestSum(t *testing.T) {
	t.Run("usual", func(t *testing.T) {
		if sum, skipped := Sum(1, -1, 2); sum != 3 || skipped != 1 {
			t.Error(sum, skipped)
		}
	})
	t.Run("with an end", func(t *testing.T) {
		if sum, _ := Sum(1, 99, 2); sum != 1 {
			t.Error(sum)
		}
	})
}

func TestKind(t *testing.T) {
	if Kind("a.txt") != "text" {
		t.Error("kind")
	}
}

func TestHalf(t *testing.T) {
	if half, err := Half(4); half != 2 || err != nil {
		t.Error(half, err)
	}
	if _, err := Half(3); err == nil {
		t.Error("no error")
	}
}

func TestQuarter(t *testing.T) {
	if quarter, err := Quarter(8); quarter != 2 || err != nil {
		t.Error(quarter, err)
	}
}

func TestWide(t *testing.T) {
	if Wide() != 60_000 {
		t.Error("wide")
	}
}

func TestWrite(t *testing.T) {
	var list []string
	Write(filepath.Join(t.TempDir(), "file"), &list)
	if len(list) != 2 || list[0] != "a" {
		t.Error(list)
	}
}

func FuzzWait(f *testing.F) {
	f.Add(3)
	f.Fuzz(func(t *testing.T, n int) {
		if n < 100 && Wait(n) != max(0, n) {
			t.Error(n)
		}
	})
}
