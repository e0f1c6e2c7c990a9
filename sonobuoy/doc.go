// Package sonobuoy is op-readiness as a plugin of Sonobuoy (https://sonobuoy.io), exact to its contract.
//
//	Plugin --Render--> the file that `sonobuoy run --plugin` takes
//	record and journal of a run --ProgressOf--> Progress --Post--> Sonobuoy's worker
//	reporter.Summary and Ending --Items--> results in Sonobuoy's manual form
//	Session: a run as a process of its own, its progress, its results, and the done file at last
//
// The contract (of v0.57.3; pkg/worker, pkg/client/results): a plugin writes its results below a folder, and then the file
// "done" into it, which holds the path of what is sent. A plugin that ends without one has no results, five minutes later. So
// whatever happens, Session writes one, last and in one step.
//
// It judges nothing: the items are the one Summary, and none of them is greener.
package sonobuoy
