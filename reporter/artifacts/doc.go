// Package artifacts reads builds from wherever they are: a local folder, a JUnit file, or Prow's layout in an object
// store (https://docs.prow.k8s.io/docs/life-of-a-prow-job/).
//
// It takes three steps: Parse says where a source points, without looking; Reader.Builds and Reader.PullBuilds find the
// builds there; Reader.Read lists a build, fetches what is needed, each object once, and hands JUnit to a
// reporter.Collector as it comes. What it returns is reporter.Evidence: results, how the job ended, what its sources say of
// versions, what a run of ours recorded of itself. What a build is (its job, pull request, commit) is taken from what Prow
// wrote into it, never from its path: a path does not tell where the organization ends and the repository begins.
//
// A build that lacks something is read all the same, and its evidence says what is not known: only a finished.json that
// nothing contradicts tells how a job ended. A local folder goes through the same steps as one of a store.
//
// Whoever writes into a build may be hostile. Each build is read within Bounds, and one that is over them is known to be,
// and nothing else; links are followed within the source, and what is no file is not opened.
//
// The package keeps nothing on disk, and never writes to a store.
package artifacts
