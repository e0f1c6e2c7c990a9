// Package e2ecluster tests the program on a real cluster, some nodes of which pretend to be Windows: which abilities'
// tests can pass there, and that each of those can fail. Its tables are data, which a quick test holds against the specs;
// what they say is tested by `make e2e-cluster`.
package e2ecluster
