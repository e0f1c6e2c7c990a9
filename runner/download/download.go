// Package download gets Kubernetes' e2e.test and the ginkgo that goes with it from a release.
//
// Get takes five steps: read the checksum that the release publishes, fetch the tarball into a part in the cache folder,
// hold the whole part against the checksum, extract the two programs, remove the part. The name of a part holds the
// checksum, so a part always belongs to the very tarball that is to be had, and the bytes that it has need not be fetched
// again: not after a cut connection, and not after the program was ended.
//
// The checksum comes from the server of the tarball. It proves that nothing was lost or mixed up on the way; it does not
// prove who made the tarball.
package download

import (
	"context"
	"errors"
	"net/http"
	"os"
	"time"
)

// Options are where things go and how patient Get is.
type Options struct {
	Client *http.Client  // nil: http.DefaultClient
	Cache  string        // folder of the part; made if it is not there
	Dir    string        // folder of the two programs; made if it is not there
	Pause  time.Duration // before what failed is tried again, doubled with each failure in a row; 0: none
	Stall  time.Duration // how long a server may say nothing; 0: for ever

	Progress func(Progress)             // told of each piece of the tarball; nil: nobody
	Retrying func(error, time.Duration) // told why something is tried again, and after which pause; nil: nobody
}

// Progress is how much of a tarball is there.
type Progress struct {
	Done  int64
	Total int64 // -1 if the server does not tell
}

// Get writes e2e.test and ginkgo into the folder o.Dir and returns their paths, or leaves the folder as it was.
func Get(ctx context.Context, t Tarball, o Options) ([]string, error) {
	o = o.withDefaults()
	if err := t.Check(); err != nil {
		return nil, err
	}
	sum, err := o.checksum(ctx, t)
	if err != nil {
		return nil, err
	}
	part, err := o.fetch(ctx, t, sum)
	if err != nil {
		return nil, err
	}
	if err := verify(ctx, part, sum); err != nil {
		return nil, removeIf[mismatchError](part, err)
	}
	paths, err := extract(ctx, part, t.members(), o.Dir)
	if ctx.Err() != nil && err != nil {
		return nil, err // reading failed for no fault of the part
	}
	if err != nil {
		return nil, removeIf[contentError](part, err)
	}
	return paths, os.Remove(part)
}

func (o Options) withDefaults() Options {
	if o.Client == nil {
		o.Client = http.DefaultClient
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Retrying == nil {
		o.Retrying = func(error, time.Duration) {}
	}
	return o
}

// removeIf removes a part after an error of a kind that stays as long as the part does.
func removeIf[E error](part string, err error) error {
	if errors.As(err, new(E)) {
		return errors.Join(err, os.Remove(part))
	}
	return err
}
