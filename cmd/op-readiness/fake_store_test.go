package main

import (
	"io/fs"
	"os"
	"strings"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	"github.com/rogpeppe/go-internal/testscript"
)

// serveStore is the script command "store FOLDER": it serves a folder as Google Cloud Storage, a bucket for each folder
// in it, and lets op-readiness find it.
func serveStore(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: store FOLDER")
	}
	objects, err := objectsIn(os.DirFS(ts.MkAbs(args[0])))
	ts.Check(err)
	server, err := fakestorage.NewServerWithOptions(fakestorage.Options{
		Scheme: "http", PublicHost: "127.0.0.1", InitialObjects: objects,
	})
	ts.Check(err)
	ts.Defer(server.Stop)
	ts.Setenv("STORAGE_EMULATOR_HOST", server.URL())
}

func objectsIn(folder fs.FS) ([]fakestorage.Object, error) {
	var objects []fakestorage.Object
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(folder, name)
		bucket, object, _ := strings.Cut(name, "/")
		attributes := fakestorage.ObjectAttrs{BucketName: bucket, Name: object}
		objects = append(objects, fakestorage.Object{ObjectAttrs: attributes, Content: data})
		return err
	})
	return objects, err
}
