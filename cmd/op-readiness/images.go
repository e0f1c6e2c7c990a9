package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/readiness"
)

const imagesLong = `Images lists the images that nodes pull for the tests of the chosen categories, all of them if none is chosen, and, unless
--prepull-images=false, those that all nodes pull before the first test. It asks e2e.test for their places and versions, and
no cluster.

Where KUBE_TEST_REPO_LIST names registries of your own, as e2e.test reads it, each line has two words: where the image comes
from, and where the nodes will pull it. What the test of GMSA installs by a script of its own is not among them.

Exit code: 0, or 2 if e2e.test could not be asked.`

const imagesExamples = `  # what a cluster without the Internet needs
  op-readiness images --e2e-binary bin/e2e.test --category Core.Network

  # copy it
  KUBE_TEST_REPO_LIST=repos.yaml op-readiness images --e2e-binary bin/e2e.test | xargs -n 2 crane copy`

type imagesOptions struct {
	readiness.Options
	form formName
}

func newImagesCommand(s streams) *cobra.Command {
	var o imagesOptions
	cmd := &cobra.Command{
		Use:     "images",
		Short:   "List the images that tests pull, for mirroring",
		Long:    imagesLong,
		Example: imagesExamples,
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd, s) },
	}
	addSpecFlags(cmd, &o.Specs, &o.Version)
	addCategoryFlag(cmd, &o.Categories, "only for the tests of this category")
	addAbilityFlag(cmd, &o.Abilities, "only for the tests of this ability")
	o.form.addFlag(cmd, "text", "json")
	f := cmd.Flags()
	f.Lookup("kubernetes-version").Usage = "Kubernetes version whose specs hold (default: that of e2e.test)"
	f.StringVar(&o.Binary, "e2e-binary", "./e2e.test", "path of Kubernetes' e2e.test")
	f.BoolVar(&o.Prepull, "prepull-images", true, "also those that all nodes pull before the first test")
	return cmd
}

func (o imagesOptions) run(cmd *cobra.Command, s streams) error {
	if err := o.form.check(); err != nil {
		return err
	}
	images, err := readiness.ListImages(cmd.Context(), o.Options)
	if err != nil {
		return err
	}
	if n := len(images.Unknown); n > 0 {
		fmt.Fprintf(s.err, "warning: of %d tests it is not known which images they pull, so all of e2e.test are listed: %q for one\n", n, images.Unknown[0])
	}
	if o.form.name == "json" {
		return writeJSON(s.out, images)
	}
	var text strings.Builder
	moved := false
	for _, image := range images.Images {
		moved = moved || image.Pull != image.Name
	}
	for _, image := range images.Images {
		if moved {
			fmt.Fprintln(&text, image.Name, image.Pull)
		} else {
			fmt.Fprintln(&text, image.Name)
		}
	}
	_, err = io.WriteString(s.out, text.String())
	return err
}
