// Package capi holds op-readiness capi against Cluster API as it is: the real core managers of two releases, v1.14.2 and v1.13.6, on
// the real etcd, kube-apiserver and kube-controller-manager. It is a module of its own, so that nobody else needs these.
//
//	make e2e-capi                                            # all
//	cd test/capi && go test -count 1 -run TestProduct/v1.14.2/upgrade -v .
//	ARTIFACTS=DIR                                            # keeps the logs
//
// What is not real: no machine is ever made, a provider patches into status what one would (provider_test.go); and no kubelet is
// there, a stand-in plays the pods of runs, by a word, or by the real process with the real e2e.test against the simulated cluster
// (kubelet_test.go). The controller runs as a process of this machine, with the rights that config/capi gives it and no others.
//
// build.sh builds Cluster API, ../cluster/build.sh what a management cluster is made of, once, into the cache. It needs Linux, bash, Go
// and openssl, no root, no network but for modules, and takes no lock. All that the tests start and write is ended and removed
// behind them, whatever ends them (keeper_test.go).
package capi
