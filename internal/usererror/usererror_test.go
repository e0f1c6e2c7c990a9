package usererror_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
)

func TestMarks(t *testing.T) {
	t.Parallel()
	inner := usererror.WithHint(fs.ErrNotExist, "make it")
	outer := usererror.WithHint(fmt.Errorf("reading: %w", inner), "name it")
	if got := usererror.Hint(outer); got != "name it" {
		t.Errorf("hint %q, want the outer one", got)
	}
	if got := usererror.Hint(fmt.Errorf("more: %w", inner)); got != "make it" {
		t.Errorf("hint %q below another error", got)
	}
	if got := usererror.Hint(fs.ErrNotExist); got != "" {
		t.Errorf("hint %q of a plain error", got)
	}
	if !errors.Is(outer, fs.ErrNotExist) || outer.Error() != "reading: "+fs.ErrNotExist.Error() {
		t.Errorf("the error itself is lost: %v", outer)
	}
	wrong := fmt.Errorf("running: %w", usererror.Usage(fs.ErrInvalid))
	if !usererror.IsUsage(wrong) || usererror.IsUsage(outer) || !errors.Is(wrong, fs.ErrInvalid) {
		t.Errorf("usage: %v", wrong)
	}
}
