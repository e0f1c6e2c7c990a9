package readiness

import (
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
)

// TestMarked holds of which runs the namespaces carry a mark: those that a policy of the pin sees.
func TestMarked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pin  *record.Pin
		want bool
	}{
		"nobody asked for a pin": {nil, false},
		"a pin":                  {&record.Pin{Mode: PinAuto, Active: true}, true},
		"a pin that is not":      {&record.Pin{Mode: PinAuto}, false},
		"a taint":                {&record.Pin{Mode: taintLinux, Active: true}, false},
	} {
		if got := marked(test.pin); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
