package config

import (
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/schedule"
)

// addresses checks where results are and where they are shown.
func (c checker) addresses() {
	if c.cfg.shown() {
		c.need("bucket", c.cfg.Bucket, bucketForm, "kubernetes-ci-logs")
		c.tabs("addresses.testgrid", c.cfg.Hosts.TestGrid)
	} else {
		c.need("bucket", c.cfg.Bucket, storeForm, "s3://prow-results")
	}
	c.host("addresses.prow", c.cfg.Hosts.Prow, "https://prow.k8s.io")
}

// shown tells whether there is a TestGrid that shows the results.
func (c Config) shown() bool { return c.Profile.TestGrid || c.TestGrid.Group != "" }

// tabs holds that an address is a host, or the form of the address of a tab.
func (c checker) tabs(at, address string) {
	form := strings.NewReplacer(coordinates.GroupPart, "g", coordinates.DashboardPart, "d", coordinates.TabPart, "t").Replace(address)
	if form == address {
		c.host(at, address, "https://testgrid.k8s.io")
		return
	}
	u, err := url.Parse(form)
	whole := strings.Contains(address, coordinates.DashboardPart) && strings.Contains(address, coordinates.TabPart)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsAny(form, "{}") || !whole {
		c.Problemf(at, "testgrid %q is no address with %s and %s in it, such as %q", address, coordinates.DashboardPart, coordinates.TabPart,
			"https://testgrid.prow.k8s.io/{group}/{dashboard}/{tab}")
	}
}

// host holds that an address is one to which the rest of a page's address can be appended.
func (c checker) host(at, address, example string) {
	if address == "" {
		c.Problemf(at, "%s is missing, such as %q", lastKey(at), example)
		return
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (&url.URL{Scheme: "https", Host: u.Host}).String() != address {
		c.Problemf(at, "%s %q is not https:// and a host alone, such as %q", lastKey(at), address, example)
	}
}

func (c checker) testgrid() {
	t := c.cfg.TestGrid
	if !c.cfg.shown() {
		return
	}
	if c.need("testgrid.group", t.Group, slugForm, "sig-windows-op-readiness") && !c.cfg.Profile.AllowsDashboard(t.Group) {
		c.Problemf("testgrid.group", "group %q does not start as test-infra wants it, such as %q", t.Group, "sig-")
	}
	for i, address := range t.AlertEmails {
		if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address {
			c.Problemf(fmt.Sprintf("testgrid.alertEmails[%d]", i), "%q is no e-mail address", address)
		}
	}
	c.atLeast("testgrid.failuresToAlert", t.FailuresToAlert, 1)
	c.results("testgrid.presubmits", t.Presubmits, 0)
	c.atLeast("testgrid.presubmits.columns", t.Presubmits.Columns, c.cfg.Profile.PresubmitColumns)
}

// results holds that the columns that count for a status are kept as long as it takes to fill them. A job that repeats does so
// every so often; 0 for one that runs on request.
func (c checker) results(at string, r Results, every time.Duration) {
	c.atLeast(at+".days", r.Days, 1)
	c.atLeast(at+".columns", r.Columns, 1)
	if needed := time.Duration(r.Columns) * every; needed > time.Duration(r.Days)*24*time.Hour {
		c.Problemf(at+".days", "%d days of results do not hold the %d columns that count: a run every %s needs %d days",
			r.Days, r.Columns, schedule.Text(every), (schedule.Hours(needed)+23)/24)
	}
}
