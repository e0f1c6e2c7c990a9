package readiness

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
)

// memorySchema is the schema of the file of a Memory.
const memorySchema = "op-readiness.sweep/v1"

// trusted for so long: then a pull request is looked at again, whatever is remembered, since GitHub does not tell of everything.
const memoryTrust = 6 * time.Hour

// Memory is what sweeps remember of pull requests, so that one in which nothing has happened costs no request to GitHub, and one that
// a sweep did not reach comes first in the next. It decides nothing: without it, or with a lost one, a sweep does the same with more
// requests. The zero value is ready to use and is kept nowhere. It is safe for concurrent use, and nil remembers nothing.
type Memory struct {
	file string
	tool string

	mu    sync.Mutex
	pulls map[int]seen
}

// seen is what was seen of a pull request when it was last looked at.
type seen struct {
	Looked  time.Time `json:"looked"`
	Updated time.Time `json:"updated"` // as GitHub's list said
	Stamp   string    `json:"stamp"`   // of its head and builds
	Settled bool      `json:"settled"` // the comment was right, and no time alone can make it wrong
}

type memoryFile struct {
	Schema string       `json:"schema"`
	Tool   string       `json:"tool"` // another program may say something else of the same builds
	Pulls  map[int]seen `json:"pulls"`
}

// LoadMemory returns what is remembered of a repository in a folder. What cannot be understood, or is of another program, is
// forgotten but for the order in which pull requests were looked at.
func LoadMemory(dir string, repo github.Repo, tool string) (*Memory, error) {
	name := strings.ToLower(strings.ReplaceAll(repo.String(), "/", "_")) + ".json"
	m := &Memory{file: filepath.Join(dir, name), tool: tool, pulls: map[int]seen{}}
	data, err := os.ReadFile(m.file)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what is remembered of %s: %w", repo, err)
	}
	var f memoryFile
	if json.Unmarshal(data, &f) != nil || f.Schema != memorySchema || f.Pulls == nil {
		return m, nil
	}
	for number, s := range f.Pulls {
		s.Settled = s.Settled && f.Tool == tool
		m.pulls[number] = s
	}
	return m, nil
}

// Keep forgets all pull requests but those that are still open.
func (m *Memory) Keep(open []github.PullRequest) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := map[int]seen{}
	for _, pr := range open {
		if s, ok := m.pulls[pr.Number]; ok {
			kept[pr.Number] = s
		}
	}
	m.pulls = kept
}

// save writes down what is remembered.
func (m *Memory) save() error {
	if m == nil || m.file == "" {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	text, err := json.MarshalIndent(memoryFile{memorySchema, m.tool, m.pulls}, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(m.file), 0o700); err != nil {
		return err
	}
	return atomicfile.Write(m.file, append(text, '\n'))
}

// of is what is remembered of a pull request, zero for nothing.
func (m *Memory) of(number int) seen {
	if m == nil {
		return seen{}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.pulls[number]
}

func (m *Memory) note(number int, s seen) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.pulls == nil {
		m.pulls = map[int]seen{}
	}
	m.pulls[number] = s
}

// stampOf changes whenever the head of a pull request or its builds do.
func stampOf(head, builds string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(head+"\n"+builds)))
}
