package specs

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"sigs.k8s.io/windows-operational-readiness/internal/textfile"
)

//go:embed *.yaml
var embedded embed.FS

// File is one spec file: its name as the user gave it, and its content, with the line ends of Unix whatever a checkout made of
// them: the digest of a spec does not depend on it.
type File struct {
	Name string
	Data []byte
}

// Default returns the categories that the program carries.
func Default() ([]Category, error) {
	files, err := embeddedFiles()
	if err != nil {
		return nil, err
	}
	return Parse(files)
}

// Load reads categories from a file, or from a folder: its *.yaml and each sub-folder's spec.yaml.
func Load(name string) ([]Category, error) {
	files, err := filesOf(name)
	if err != nil {
		return nil, err
	}
	return Parse(files)
}

// Open reads a spec as Load does, or, if name is "", the one that the program carries.
func Open(name string) (Spec, error) {
	files, root, err := openFiles(name)
	if err != nil {
		return Spec{}, err
	}
	categories, err := Parse(files)
	if err != nil {
		return Spec{}, err
	}
	identity, kep := Identity{Embedded: true, HoldsRequired: true}, categories
	if name != "" {
		if kep, err = Default(); err != nil {
			return Spec{}, err
		}
		identity = identify(name, categories, kep)
	}
	identity.Digest = digest(root, files)
	return Spec{Categories: categories, Identity: identity, Required: requiredIDs(kep)}, nil
}

// openFiles returns the files of a spec and the folder below which they are named.
func openFiles(name string) (files []File, root string, err error) {
	if name == "" {
		files, err = embeddedFiles()
		return files, embeddedRoot, err
	}
	if files, err = filesOf(name); err != nil {
		return nil, "", err
	}
	if len(files) == 1 && files[0].Name == name {
		return files, filepath.Dir(name), nil
	}
	return files, name, nil
}

// embeddedRoot is the folder that the embedded files are named by: where they lie in the repository.
const embeddedRoot = "specs"

func embeddedFiles() ([]File, error) {
	files, err := readFiles(embedded, "*.yaml")
	for i := range files {
		files[i].Name = path.Join(embeddedRoot, files[i].Name)
	}
	return files, err
}

// filesOf reads a file, or those of a folder.
func filesOf(name string) ([]File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("reading specs: %w", err)
	}
	if !info.IsDir() {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading spec: %w", err)
		}
		return []File{{Name: name, Data: textfile.LF(data)}}, nil
	}
	files, err := readFiles(os.DirFS(name), "*.yaml", "*.yml", "*/spec.yaml", "*/spec.yml")
	if err != nil {
		return nil, fmt.Errorf("reading specs in %q: %w", name, err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("folder %q holds no spec: neither *.yaml nor */spec.yaml", name)
	}
	for i := range files {
		files[i].Name = filepath.Join(name, filepath.FromSlash(files[i].Name))
	}
	return files, nil
}

func readFiles(fsys fs.FS, patterns ...string) ([]File, error) {
	var files []File
	for _, pattern := range patterns {
		names, err := fs.Glob(fsys, pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			data, err := fs.ReadFile(fsys, name)
			if err != nil {
				return nil, err
			}
			files = append(files, File{Name: name, Data: textfile.LF(data)})
		}
	}
	return files, nil
}
