// Package sonobuoy holds the plugin, its results and its tarballs against Sonobuoy as it is (v0.57.3): its generator of
// manifests, its processing of results, its worker and its command. It is a module of its own, so that nobody else needs
// Sonobuoy's modules.
//
//	cd test/sonobuoy && go test .                    # without a cluster
//	make e2e-sonobuoy                                # on the simulated cluster and, as root, on the real one
package sonobuoy
