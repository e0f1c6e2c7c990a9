package config

import (
	"fmt"
	"net/mail"
	"net/url"

	"sigs.k8s.io/windows-operational-readiness/internal/testinfra"
)

// addresses checks where results are and where they are shown.
func (c checker) addresses() {
	c.need("bucket", c.cfg.Bucket, bucketForm, "kubernetes-ci-logs")
	c.host("addresses.testgrid", c.cfg.Hosts.TestGrid, "https://testgrid.k8s.io")
	c.host("addresses.prow", c.cfg.Hosts.Prow, "https://prow.k8s.io")
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
	if c.need("testgrid.group", t.Group, slugForm, "sig-windows-op-readiness") && !testinfra.AllowsDashboard(t.Group) {
		c.Problemf("testgrid.group", "group %q does not start as test-infra wants it, such as %q", t.Group, "sig-")
	}
	for i, address := range t.AlertEmails {
		if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address {
			c.Problemf(fmt.Sprintf("testgrid.alertEmails[%d]", i), "%q is no e-mail address", address)
		}
	}
	c.atLeast("testgrid.failuresToAlert", t.FailuresToAlert, 1)
	c.atLeast("testgrid.daysOfResults", t.DaysOfResults, 1)
	c.atLeast("testgrid.columns.periodic", t.Columns.Periodic, 1)
	c.atLeast("testgrid.columns.presubmit", t.Columns.Presubmit, testinfra.MinPresubmitColumns)
}
