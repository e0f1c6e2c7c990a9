package github

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
)

// diskSize is how many bytes of answers are kept in a folder, about.
const diskSize = 256 << 20

// disk keeps answers with their ETags in a folder from run to run. What cannot be read or written there is asked for once more: it
// is never an error. The zero value keeps nothing.
type disk struct {
	dir string
	who string // as whom is asked: another account may see something else
}

// diskAnswer is the form of a file.
type diskAnswer struct {
	Key    string // so that a name which two requests have in common by chance does no harm
	Status int
	Header http.Header
	Body   []byte
}

// newDisk returns the folder of a client. The token of an App changes by the hour, so it is known by its number.
func newDisk(o Options, repo Repo) disk {
	if o.CacheDir == "" {
		return disk{}
	}
	d := disk{dir: filepath.Join(o.CacheDir, "github"), who: repo.String() + " " + o.Token}
	if o.App != nil {
		d.who = fmt.Sprintf("%s app %d", repo, o.App.ID)
	}
	d.prune()
	return d
}

func (d disk) file(key string) string {
	return filepath.Join(d.dir, fmt.Sprintf("%x.json", sha256.Sum256([]byte(d.who+"\n"+key))))
}

func (d disk) get(key string) (answer, bool) {
	if d.dir == "" {
		return answer{}, false
	}
	data, err := os.ReadFile(d.file(key))
	var kept diskAnswer
	if err != nil || json.Unmarshal(data, &kept) != nil || kept.Key != key || kept.Status != http.StatusOK || kept.Header.Get("Etag") == "" {
		return answer{}, false
	}
	return answer{status: kept.Status, header: kept.Header, body: kept.Body}, true
}

func (d disk) put(key string, a answer) {
	if d.dir == "" {
		return
	}
	text, err := json.Marshal(diskAnswer{key, a.status, a.header, a.body})
	if err != nil || os.MkdirAll(d.dir, 0o700) != nil {
		return
	}
	_ = atomicfile.Write(d.file(key), text)
}

// prune deletes the answers that have not been renewed for the longest, until the others fit.
func (d disk) prune() {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return
	}
	var files []os.FileInfo
	size := int64(0)
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() && strings.HasSuffix(info.Name(), ".json") {
			files = append(files, info)
			size += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b os.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	for _, info := range files {
		if size <= diskSize {
			return
		}
		if os.Remove(filepath.Join(d.dir, info.Name())) == nil {
			size -= info.Size()
		}
	}
}
