package artifacts

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

// The object stores, by the scheme of their addresses.
const (
	gcs = "gs"
	s3  = "s3"
)

// Location is where a source points: a build, or the folder of a job. Which of the two, Reader.Builds finds out.
type Location struct {
	Source   string // as the user named it; "" if it was found
	Provider string // "gs" or "s3"; "" for a local folder or file
	Bucket   string // "" for a local one
	Path     string // in the bucket, without a slash at either end; for a local one as the user named it
	within   string // of a local one that was found: the folder that it must not lead out of
}

// String returns what the user named, else the address.
func (l Location) String() string {
	if l.Source != "" {
		return l.Source
	}
	return l.address()
}

// address returns the location as gs://bucket/path, or the local path.
func (l Location) address() string {
	if l.local() {
		return l.Path
	}
	return l.Provider + "://" + l.Bucket + "/" + l.Path
}

func (l Location) local() bool { return l.Provider == "" }

// below returns the location of what is there by that name.
func (l Location) below(name string) Location {
	if l.local() {
		return Location{Path: filepath.Join(l.Path, name), within: cmp.Or(l.within, l.Path)}
	}
	return Location{Provider: l.Provider, Bucket: l.Bucket, Path: strings.TrimPrefix(l.Path+"/"+name, "/")}
}

// Parse says where a source points: a local path, gs://bucket/path, s3://bucket/path, or the address of a page of
// Spyglass, gcsweb or the store itself.
func Parse(source string) (Location, error) {
	l := Location{Source: source, Path: source}
	scheme, rest, isURL := strings.Cut(source, "://")
	if source == "" {
		return l, errors.New("a source without a name")
	}
	var err error
	switch {
	case !isURL:
		return l, nil
	case scheme == gcs || scheme == s3:
		l.Provider = scheme
	case scheme == "http" || scheme == "https":
		l.Provider, rest, err = parsePage(source)
	default:
		err = fmt.Errorf("unknown scheme %q; known are gs, s3, https", scheme)
	}
	if err == nil {
		err = l.setObject(rest)
	}
	if err != nil {
		return Location{}, fmt.Errorf("source %q: %w", source, err)
	}
	return l, nil
}

// setObject takes "bucket/path". A path into a build, to something that Prow puts into each, is taken for the build.
func (l *Location) setObject(text string) error {
	l.Bucket, l.Path, _ = strings.Cut(text, "/")
	l.Path = strings.Trim(l.Path, "/")
	if inBuild(path.Base(l.Path)) {
		l.Path = path.Dir(l.Path)
	}
	if l.Bucket == "" || l.Path == "" || l.Path == "." {
		return errors.New("it names no build in a bucket")
	}
	return nil
}

// inBuild tells whether a name is of something that Prow puts into each build.
func inBuild(name string) bool {
	switch name {
	case "artifacts", "build-log.txt", "finished.json", "prowjob.json", "started.json":
		return true
	}
	return false
}

// parsePage returns what a page shows: the store and "bucket/path".
func parsePage(address string) (provider, object string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", "", err
	}
	text := strings.TrimPrefix(u.Path, "/")
	if u.Host == "storage.googleapis.com" || u.Host == "storage.cloud.google.com" {
		return gcs, text, nil
	}
	for _, page := range [...]struct{ path, provider string }{
		{"view/gs/", gcs}, {"view/gcs/", gcs}, {"view/s3/", s3}, // Spyglass
		{"job-history/gs/", gcs}, {"job-history/gcs/", gcs}, {"job-history/s3/", s3}, // Deck
		{"gcs/", gcs}, {"s3/", s3}, // gcsweb
		{"storage/browser/", gcs}, // Google's console
	} {
		if object, ok := strings.CutPrefix(text, page.path); ok {
			object, _, _ = strings.Cut(object, ";tab=") // which the console adds
			return page.provider, object, nil
		}
	}
	return "", "", errors.New("no page of a build; known are those of Spyglass (/view/gs/...), gcsweb (/gcs/...) and storage.googleapis.com")
}
