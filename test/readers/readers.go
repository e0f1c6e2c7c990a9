// Package readers holds the JUnit form of a report against the programs that read it, as they are: TestGrid's updater, from
// the objects of a bucket to the rows of a grid, Spyglass's JUnit lens, and Sonobuoy's processing of a plugin's results.
//
// What was not shown must be green with none of them. It is a module of its own, so that nobody else needs their modules.
//
//	cd test/readers && go test .
package readers
