// Package hydrophone names the version of hydrophone that docs/hydrophone.md is about, in a module of its own. test/sonobuoy runs it
// on the real cluster.
package hydrophone
