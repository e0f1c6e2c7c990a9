package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// module is a copy of the module in the working directory.
type module struct {
	root string   // of the original
	temp string   // holds all that is made here
	copy string   // the copied tree
	env  []string // of tests: with a home of their own
	near bool     // tests are not kept apart from other processes
}

// keepApart finds out whether tests can be kept apart from other processes. If they cannot, it is an error unless they may
// reach them.
func (m *module) keepApart(mayReach bool) error {
	out, err := shell(false, "true").CombinedOutput()
	if m.near = err != nil; m.near && !mayReach {
		return fmt.Errorf("a changed program may end every process of yours, and cannot be kept apart from them: %w: %s\nhint: -near runs it all the same", err, bytes.TrimSpace(out))
	}
	return nil
}

// copyModule copies the module without its history and what was built in bin.
func copyModule(ctx context.Context) (module, error) {
	var m module
	out, err := exec.CommandContext(ctx, "go", "env", "-json", "GOMOD", "GOCACHE", "GOMODCACHE", "GOPATH").Output()
	if err != nil {
		return m, fmt.Errorf("asking go for its environment: %w", err)
	}
	var env map[string]string
	if err := json.Unmarshal(out, &env); err != nil {
		return m, err
	}
	if filepath.Base(env["GOMOD"]) != "go.mod" {
		return m, errors.New("no module here")
	}
	m.root = filepath.Dir(env["GOMOD"])
	if m.temp, err = os.MkdirTemp("", "mutants-"); err != nil {
		return m, err
	}
	m.copy = filepath.Join(m.temp, "module")
	m.env = append(os.Environ(), "HOME="+m.temp, "GOCACHE="+env["GOCACHE"], "GOMODCACHE="+env["GOMODCACHE"], "GOPATH="+env["GOPATH"])
	if err := copyTree(m.root, m.copy); err != nil {
		return m, errors.Join(err, os.RemoveAll(m.temp))
	}
	return m, nil
}

func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		switch {
		case rel == ".git", rel == "bin":
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		return copyFile(name, filepath.Join(to, rel))
	})
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	info, err := source.Stat()
	if err != nil {
		return err
	}
	target, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}

// goCommand runs the go command in the copy and returns what it says.
func (m module) goCommand(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = m.copy
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, stderr.Bytes())
	}
	return out, nil
}

// pkg is a package with its types.
type pkg struct {
	path, dir string
	fset      *token.FileSet
	files     []*source
	types     *types.Package
	info      *types.Info
	config    types.Config
}

// listed is what `go list` says of a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
	DepOnly                 bool
}

// load loads the one package that a pattern names.
func (m module) load(ctx context.Context, pattern string) (*pkg, error) {
	out, err := m.goCommand(ctx, "list", "-trimpath", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,DepOnly", pattern)
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	var named []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := decoder.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		exports[l.ImportPath] = l.Export
		if !l.DepOnly {
			named = append(named, l)
		}
	}
	if len(named) != 1 {
		return nil, fmt.Errorf("%q names %d packages, want one", pattern, len(named))
	}
	return m.check(named[0], exports)
}

// check parses a package and finds its types, those of its imports from what the compiler exports.
func (m module) check(l listed, exports map[string]string) (*pkg, error) {
	p := &pkg{path: l.ImportPath, dir: l.Dir, fset: token.NewFileSet()}
	p.config.Importer = importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	var files []*ast.File
	for _, name := range l.GoFiles {
		path := filepath.Join(l.Dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(p.fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		rel, err := filepath.Rel(m.copy, path)
		if err != nil {
			return nil, err
		}
		p.files = append(p.files, &source{path: path, name: filepath.ToSlash(rel), text: string(text), file: file, lines: strings.Split(string(text), "\n")})
		files = append(files, file)
	}
	p.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	var err error
	p.types, err = p.config.Check(l.ImportPath, p.fset, files, p.info)
	return p, err
}
