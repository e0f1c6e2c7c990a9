package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// Binary is an e2e.test with its tests.
type Binary struct {
	Path    string   `json:"path"`              // absolute
	Release string   `json:"release,omitempty"` // the Kubernetes release that it was built from, such as v1.36.3; "" if it does not know
	Tests   []string `json:"tests"`             // as it lists them
}

// List asks the e2e.test at path for its tests. The answer is kept in the folder cache, under the identity of the file
// (its path, size and time of change), and taken from there the next time; "" keeps nothing.
func List(ctx context.Context, path, cache string) (Binary, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Binary{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return Binary{}, err
	}
	var kept string
	if cache != "" {
		identity := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%d", path, info.Size(), info.ModTime().UnixNano()))
		kept = filepath.Join(cache, "tests-"+hex.EncodeToString(identity[:12])+".json")
		if b, ok := readKept(kept, path); ok {
			return b, nil
		}
	}
	names, release, err := catalog.List(ctx, path)
	if err != nil {
		return Binary{}, err
	}
	b := Binary{Path: path, Release: release, Tests: names}
	keep(kept, b)
	return b, nil
}

// readKept returns a list that was kept. One that cannot be read, or is not of this binary, is as good as none.
func readKept(name, path string) (Binary, bool) {
	data, err := os.ReadFile(name)
	if err != nil {
		return Binary{}, false
	}
	var b Binary
	if json.Unmarshal(data, &b) != nil || b.Path != path || len(b.Tests) == 0 {
		return Binary{}, false
	}
	return b, true
}

// keep writes a list for the next time. Without a place to keep it the next call asks again, so an error is no matter.
func keep(name string, b Binary) {
	data, err := json.Marshal(b)
	if name == "" || err != nil || os.MkdirAll(filepath.Dir(name), 0o755) != nil {
		return
	}
	_ = atomicfile.Write(name, data)
}
