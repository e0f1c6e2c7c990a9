package capi

import (
	"context"
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
)

const (
	network         = "Core.Network"
	generationLabel = "op-readiness.sigs.k8s.io/generation"
)

// judged is a run of Core.Network that ends with a summary of that verdict, for the generation that its pod is of.
func judged(verdict, version string) play {
	return func(_ context.Context, pod *corev1.Pod) outcome {
		category := map[string]any{"name": network, "verdict": verdict, "all": 12, "whole": 5, "inPart": 6}
		code := 0
		if verdict != "ready" {
			category["failed"], category["which"], code = 1, []string{"internal-dns"}, 1
		}
		data, err := json.Marshal(map[string]any{
			"schema": "op-readiness.sigs.k8s.io/summary/v1", "generation": pod.Labels[generationLabel], "verdict": verdict,
			"kubernetesVersion": version, "kubelets": []string{version}, "categories": []any{category},
		})
		if err != nil {
			panic(err) // it is made of strings and numbers
		}
		return outcome{code, string(data)}
	}
}
