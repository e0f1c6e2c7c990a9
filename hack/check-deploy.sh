#!/usr/bin/env bash
# Hold config/deploy against the API server of a cluster that KUBECONFIG names: every object is taken, strictly, and the
# Deployment's pod by the restricted level of Pod Security. Only a namespace is made, and deleted again.
set -euo pipefail
cd "$(dirname "$0")/.."

namespace=op-readiness
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"; kubectl delete namespace "$namespace" --ignore-not-found --wait=false >/dev/null' EXIT
kubectl kustomize config/deploy >"$scratch/all.yaml"
kubectl apply -f config/deploy/namespace.yaml --validate=strict
kubectl create serviceaccount default --namespace "$namespace" --dry-run=client -o yaml | kubectl apply -f - >/dev/null 2>&1
kubectl apply -f "$scratch/all.yaml" --validate=strict --dry-run=server
pod() { # a pod of the Deployment's template, as the given filter changes it
  kubectl create -f "$scratch/all.yaml" --dry-run=client -o json |
    jq -s "[.[] | if .kind == \"List\" then .items[] else . end | select(.kind == \"Deployment\")][0] | {apiVersion: \"v1\", kind: \"Pod\",
      metadata: {name: \"probe\", namespace: \"$namespace\"}, spec: .spec.template.spec} | $1"
}
pod . | kubectl create -f - --dry-run=server
if pod '.spec.containers[0].securityContext.allowPrivilegeEscalation = true' | kubectl create -f - --dry-run=server >"$scratch/said" 2>&1; then
  echo "error: check-deploy: a pod with more rights is taken too, so that nothing is shown" >&2
  exit 1
fi
grep -q 'violates PodSecurity "restricted' "$scratch/said"
echo "config/deploy is taken, within the restricted level of Pod Security"
