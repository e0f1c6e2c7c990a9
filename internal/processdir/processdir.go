// Package processdir makes folders that belong to a process, in the system's folder for temporary files, for their owner alone:
// where kubeconfigs lie while a run goes on. What a process leaves that is killed others can tell by its name, and remove.
package processdir

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Kind is what a folder holds, a part of its name.
type Kind string

// The kinds.
const (
	Pin        Kind = "pin"        // kubeconfigs of the users of a run
	Kubeconfig Kind = "kubeconfig" // one that was merged of several
)

// prefix is how the name of a folder begins; the id of the process follows, and what owner says.
func (k Kind) prefix() string { return "op-readiness-" + string(k) + "-" }

// owner is the host behind the id of a process: containers may share the folder for temporary files, and not their processes.
func owner() string {
	host, err := os.Hostname()
	if err != nil {
		host = "" // as all others without a name
	}
	return "-" + filepath.Base(host) + "-"
}

// Make makes a folder of this process.
func Make(k Kind) (string, error) {
	return os.MkdirTemp("", fmt.Sprintf("%s%d%s", k.prefix(), os.Getpid(), owner()))
}

// Sweep removes the folders of processes of this machine that are no more, and returns them. One that cannot be removed is
// somebody else's.
func Sweep() []string {
	var removed []string
	own := owner()
	for _, k := range []Kind{Kubeconfig, Pin} {
		folders, err := filepath.Glob(filepath.Join(os.TempDir(), k.prefix()+"*-*"))
		if err != nil {
			continue // a folder for temporary files whose name is a pattern: nothing is known of what lies in it
		}
		for _, folder := range folders {
			text, _, ours := strings.Cut(strings.TrimPrefix(filepath.Base(folder), k.prefix()), own)
			if pid, err := strconv.Atoi(text); ours && err == nil && !Running(pid) && os.RemoveAll(folder) == nil {
				removed = append(removed, folder)
			}
		}
	}
	return removed
}
