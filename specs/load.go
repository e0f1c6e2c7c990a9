package specs

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

//go:embed *.yaml
var embedded embed.FS

// File is one spec file: its name as the user gave it, and its content.
type File struct {
	Name string
	Data []byte
}

// Default returns the categories that the program carries.
func Default() ([]Category, error) {
	files, err := readFiles(embedded, "*.yaml")
	if err != nil {
		return nil, err
	}
	for i := range files {
		files[i].Name = path.Join("specs", files[i].Name)
	}
	return Parse(files)
}

// Load reads categories from a file, or from a folder: its *.yaml and each sub-folder's spec.yaml.
func Load(name string) ([]Category, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("reading specs: %w", err)
	}
	if !info.IsDir() {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading spec: %w", err)
		}
		return Parse([]File{{Name: name, Data: data}})
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
	return Parse(files)
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
			files = append(files, File{Name: name, Data: data})
		}
	}
	return files, nil
}
