package artifacts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	prowio "sigs.k8s.io/prow/pkg/io"
)

// objects is a folder in an object store, read through Prow's opener.
type objects struct {
	opener prowio.Opener
	root   Location
}

// address returns the name as the opener wants it. The opener parses it as a URL, so that a name with a "#" or "?" has
// to be escaped.
func (o objects) address(name string) string {
	u := url.URL{Scheme: o.root.Provider, Host: o.root.Bucket, Path: "/" + o.root.below(name).Path}
	return u.String()
}

func (o objects) list(ctx context.Context, most int) (listing, error) {
	var l listing
	err := o.each(ctx, "", func(name string, object prowio.ObjectAttributes) error {
		if len(l.files) == most {
			return overFiles(most)
		}
		l.files = append(l.files, file{name: name, size: object.Size})
		return nil
	})
	return l, err
}

// children returns the files of the folder, and its folders with a slash at their end.
func (o objects) children(ctx context.Context, most int) ([]string, error) {
	var names []string
	err := o.each(ctx, "/", func(name string, _ prowio.ObjectAttributes) error {
		if len(names) == most {
			return overFiles(most)
		}
		names = append(names, name)
		return nil
	})
	return names, err
}

// each goes through the objects of the folder, by their names in it.
func (o objects) each(ctx context.Context, delimiter string, take func(string, prowio.ObjectAttributes) error) error {
	objects, err := o.opener.Iterator(ctx, o.address(""), delimiter)
	if err != nil {
		return err
	}
	for {
		object, err := objects.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(object.Name, o.root.Path+"/")
		if name == "" || !object.IsDir && strings.HasSuffix(name, "/") { // the placeholder of a folder
			continue
		}
		if err := take(name, object); err != nil {
			return err
		}
	}
}

func (o objects) open(ctx context.Context, name string) (io.ReadCloser, error) {
	return o.opener.Reader(singly(ctx), o.address(name))
}

func (o objects) tail(ctx context.Context, name string, n int64) (io.ReadCloser, error) {
	if o.root.Provider == gcs {
		body, err := o.opener.RangeReader(singly(ctx), o.address(name), -n, -1)
		if err == nil || missing(err) || transient(err) {
			return body, err
		}
		return o.open(ctx, name) // an empty object has no range
	}
	attributes, err := o.opener.Attributes(ctx, o.address(name))
	if err != nil {
		return nil, err
	}
	if attributes.ContentEncoding != "" || attributes.Size <= n {
		return o.open(ctx, name)
	}
	return o.opener.RangeReader(ctx, o.address(name), attributes.Size-n, -1)
}

// opener returns Prow's opener for a store.
func (r *Reader) opener(ctx context.Context, provider string) (prowio.Opener, error) {
	r.stores.mu.Lock()
	defer r.stores.mu.Unlock()
	if opener, ok := r.stores.openers[provider]; ok {
		return opener, nil
	}
	ctx = context.WithoutCancel(ctx) // the opener outlives this request
	var opener prowio.Opener
	var err error
	if provider == gcs {
		opener, err = r.newGCSOpener(ctx)
	} else {
		opener, err = prowio.NewOpener(ctx, "", r.options.S3CredentialsFile)
	}
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", provider, err)
	}
	r.stores.openers[provider] = opener
	return opener, nil
}
