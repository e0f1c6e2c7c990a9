// Package programs names the programs of Prow that the tests run, with the versions that Prow itself is built with: its module
// asks for older ones of Kubernetes than ours does.
package programs
