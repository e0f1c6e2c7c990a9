// The program of a pod of TestProgramInPod: it asks the API server, by its name in the cluster's DNS, for the nodes, and says
// of each its operating system and whether it pretends.
package main

import (
	"context"
	"fmt"
	"os"

	"k8s.io/client-go/rest"

	"sigs.k8s.io/windows-operational-readiness/runner"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(2)
	}
}

func run(ctx context.Context) error {
	config, err := rest.InClusterConfig()
	if err != nil {
		return err
	}
	config.Host = "https://kubernetes.default.svc"
	cluster, err := runner.Inspect(ctx, config)
	if err != nil {
		return err
	}
	for _, n := range cluster.Nodes {
		fmt.Println(n.Name, n.OS, n.Pretended)
	}
	return nil
}
