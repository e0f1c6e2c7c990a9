package generator

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/internal/textfile"
)

// found are the files in a folder that generate wrote, wherever they were moved to.
type found struct {
	own    map[string][]string // paths below the folder by base name
	strays []string            // temporary files of a generate that was killed
}

var stray = regexp.MustCompile(`^\.(` + fileStem + `[^/]*\.yaml|` + ownersFile + `)\.[0-9]+$`)

// find looks for our files among all jobs and dashboards.
func find(folder string, p config.Profile) (found, error) {
	f := found{own: map[string][]string{}}
	var errs []error
	for _, sub := range []string{p.JobsFolder(), p.DashboardsFolder()} {
		root := filepath.Join(folder, filepath.FromSlash(sub))
		errs = append(errs, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			rel, err := filepath.Rel(folder, name)
			if err != nil {
				return err
			}
			rel = filepath.ToSlash(rel)
			return f.add(name, rel, p.Folders.Publish != "" && path.Dir(rel) == p.Folders.Publish)
		}))
	}
	for i, err := range errs {
		if errors.Is(err, fs.ErrNotExist) {
			errs[i] = nil
		}
	}
	return f, errors.Join(errs...)
}

// add looks at one file. Of those that publish images any may be ours: its name is that of a project.
func (f *found) add(name, rel string, publishes bool) error {
	base := path.Base(rel)
	if stray.MatchString(base) {
		f.strays = append(f.strays, rel)
		return nil
	}
	if !strings.HasPrefix(base, fileStem) && !publishes || path.Ext(base) != ".yaml" {
		return nil
	}
	data, err := os.ReadFile(name)
	if err == nil && own(data) {
		f.own[base] = append(f.own[base], rel)
	}
	return err
}

// place returns the files at the paths where they are to be: those that were moved where they are now, and the others of their
// folder beside them. Two copies of a file are an error.
func (f found) place(files []File) ([]File, error) {
	folders := map[string]string{}
	var errs []error
	placed := slices.Clone(files)
	for i := range placed {
		p := &placed[i]
		switch at := f.own[path.Base(p.Path)]; {
		case len(at) > 1:
			errs = append(errs, fmt.Errorf("%s: generate wrote %q too, and a job or dashboard stands in one place only: remove all but one", at[0], at[1:]))
		case len(at) == 1 && !p.Once:
			if folder := path.Dir(p.Path); folders[folder] == "" || path.Dir(at[0]) == folder {
				folders[folder] = path.Dir(at[0])
			}
		}
	}
	for i := range placed {
		p := &placed[i]
		if at := f.own[path.Base(p.Path)]; len(at) == 1 {
			p.Path = at[0]
		} else if folder := folders[path.Dir(p.Path)]; folder != "" {
			p.Path = path.Join(folder, path.Base(p.Path))
		}
	}
	return placed, errors.Join(errs...)
}

// leftOver returns our files that are not wanted.
func (f found) leftOver(folder string, wanted map[string]bool) ([]Change, error) {
	var left []Change
	for _, paths := range f.own {
		for _, name := range paths {
			if wanted[name] {
				continue
			}
			data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
			if err != nil {
				return nil, err
			}
			left = append(left, Change{Path: name, Old: data})
		}
	}
	return left, nil
}

// readOwn reads a generated file.
func readOwn(folder, name string) ([]byte, error) {
	full := filepath.Join(folder, filepath.FromSlash(name))
	data, err := os.ReadFile(full)
	if err != nil {
		return nil, err
	}
	if !own(data) {
		return nil, fmt.Errorf("%s: not written by op-readiness generate (its first line is not %q): it is left alone", full, headerLine)
	}
	return data, nil
}

// own tells whether generate wrote the data, whatever line ends a checkout gave it.
func own(data []byte) bool { return bytes.HasPrefix(textfile.LF(data), []byte(headerLine+"\n")) }

// Place returns files at the paths where Compare puts them in a folder.
func Place(files []File, folder string, profile config.Profile) ([]File, error) {
	found, err := find(folder, profile)
	if err != nil {
		return nil, err
	}
	return found.place(files)
}

// IsOwn tells whether generate wrote a file.
func IsOwn(name string) (bool, error) {
	data, err := os.ReadFile(name)
	return own(data), err
}
