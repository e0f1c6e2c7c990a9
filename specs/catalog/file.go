package catalog

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"os"
	"slices"
)

//go:embed *.txt.gz
var embedded embed.FS

// Embedded returns the catalogs that the program carries, the oldest first.
func Embedded() ([]Catalog, error) {
	entries, err := embedded.ReadDir(".")
	if err != nil {
		return nil, err
	}
	catalogs := make([]Catalog, 0, len(entries))
	for _, entry := range entries {
		data, err := embedded.ReadFile(entry.Name())
		if err != nil {
			return nil, err
		}
		c, err := parseFile("specs/catalog/"+entry.Name(), data)
		if err != nil {
			return nil, err
		}
		catalogs = append(catalogs, c)
	}
	slices.SortFunc(catalogs, Catalog.Compare)
	return catalogs, nil
}

// Read reads a catalog from a file, compressed by gzip or not.
func Read(name string) (Catalog, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return Catalog{}, fmt.Errorf("reading catalog: %w", err)
	}
	return parseFile(name, data)
}

// IsCatalog tells whether a file that starts with these bytes can be a catalog: gzip, or the text form.
func IsCatalog(start []byte) bool {
	return isGzip(start) || bytes.HasPrefix(start, []byte(comment))
}

func isGzip(start []byte) bool { return bytes.HasPrefix(start, []byte{0x1f, 0x8b}) }

// maxText is far above the size of any catalog (1.4 MB in Kubernetes 1.36) and far below what would hurt.
const maxText = 64 << 20

func parseFile(name string, data []byte) (Catalog, error) {
	if !isGzip(data) {
		return Parse(name, data)
	}
	unzip, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return Catalog{}, fmt.Errorf("%s: %w", name, err)
	}
	text, err := io.ReadAll(io.LimitReader(unzip, maxText+1))
	if err != nil {
		return Catalog{}, fmt.Errorf("%s: %w", name, err)
	}
	if len(text) > maxText {
		return Catalog{}, fmt.Errorf("%s: more than %d bytes of text", name, maxText)
	}
	return Parse(name, text)
}

// Gzip returns the compressed text form. The same catalog gives the same bytes: the gzip header names no file and no
// time.
func (c Catalog) Gzip() ([]byte, error) {
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(zip, c.Text()); err != nil {
		return nil, err
	}
	err = zip.Close()
	return out.Bytes(), err
}
