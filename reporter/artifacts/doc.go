// Package artifacts reads builds from wherever they are: a local folder, a JUnit file, or Prow's layout in an object
// store (https://docs.prow.k8s.io/docs/life-of-a-prow-job/).
//
// It takes three steps: Parse says where a source points, without looking; Reader.Builds and Reader.PullBuilds find the
// builds there; Reader.Read lists a build, fetches what is needed, each object once, and hands JUnit to a
// reporter.Collector as it comes. What a build is (its job, pull request, commit) is taken from what Prow wrote into it,
// never from its path: a path does not tell where the organization ends and the repository begins. A build that lacks
// something is read all the same, and its Results say what is missing; they are never greener than the build.
//
// The package keeps nothing on disk, and never writes to a store.
package artifacts
