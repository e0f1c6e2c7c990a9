package slug

import "testing"

func TestOf(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"Core.Network":  "core-network",
		"1.36":          "1-36",
		"master":        "master",
		"not run":       "not-run",
		"../a//B_c ":    "a-b-c",
		"é":             "",
		"":              "",
		"already-a-1st": "already-a-1st",
	}
	for text, want := range tests {
		if got := Of(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
