// Package testgrid puts builds of the generated jobs into a bucket and holds what TestGrid shows of them against what a report
// says: its updater, tabulator, summarizer and api, as they are started in production, over the generated dashboards.
//
// A build's files are those of a job: what hack/prow-job.sh writes at its beginning, e2e.test's results and the record of a run,
// and the JUnit form of the report at its end, unless the job did not come so far. It is a module of its own, so that nobody
// else needs the modules of these programs.
//
//	make e2e-testgrid
package testgrid
