#!/usr/bin/env bash
# Make a cluster with Windows nodes on vSphere by Cluster API, run a command on it, and remove it.
#
#   hack/capv-run.sh make prow-run
#
# MANAGEMENT_KUBECONFIG is the cluster where Cluster API and its provider for vSphere run, KUBERNETES_VERSION the release, such as
# v1.36.3. What the template of the cluster needs besides (VSPHERE_SERVER and so on) is clusterctl's, from the environment.
#   CAPV_TEMPLATE the template of the cluster, a file or an address: Cluster API's provider for vSphere publishes none with Windows nodes
#   CAPV_FLAVOR   in its place, the flavor of one that clusterctl finds itself, such as in its overrides
#   CAPV_WAIT     how long the nodes may take; 45m by default
# The command gets KUBECONFIG, CI_VERSION and E2E_BASE_URL.
set -euo pipefail

fail() {
  printf 'error: capv-run: %s\n' "$1" >&2
  exit 2
}

: "${CAPV_TEMPLATE:=}" "${CAPV_FLAVOR:=}" "${CAPV_WAIT:=45m}"
[[ $# -gt 0 ]] || fail "no command to run on the cluster"
[[ -n ${MANAGEMENT_KUBECONFIG:-} ]] || fail "MANAGEMENT_KUBECONFIG does not name the management cluster"
[[ ${KUBERNETES_VERSION:-} =~ ^v1\.[0-9]+\.[0-9]+$ ]] || fail "KUBERNETES_VERSION \"${KUBERNETES_VERSION:-}\" is no release such as v1.36.3"
if [[ -n $CAPV_TEMPLATE ]]; then
  template=(--from "$CAPV_TEMPLATE")
elif [[ -n $CAPV_FLAVOR ]]; then
  template=(--infrastructure vsphere --flavor "$CAPV_FLAVOR")
else
  fail "neither CAPV_TEMPLATE nor CAPV_FLAVOR says how a cluster with Windows nodes is made: the provider for vSphere has no template of one"
fi
for tool in clusterctl kubectl; do command -v "$tool" >/dev/null || fail "there is no $tool"; done

name=op-readiness-${BUILD_ID:-$$}
folder=$(mktemp -d)
child=
remove() {
  code=$?
  trap - EXIT TERM INT
  kubectl --kubeconfig "$MANAGEMENT_KUBECONFIG" delete cluster "$name" --ignore-not-found --wait=false >&2 || true
  rm -rf "$folder"
  exit "$code"
}
# Bash passes no signal on, and the command writes its results when it gets one.
forward() { [[ -z $child ]] || kill -TERM "$child" 2>/dev/null || true; }
trap remove EXIT
trap forward TERM INT

clusterctl generate cluster "$name" --kubeconfig "$MANAGEMENT_KUBECONFIG" "${template[@]}" \
  --kubernetes-version "$KUBERNETES_VERSION" >"$folder/cluster.yaml"
kubectl --kubeconfig "$MANAGEMENT_KUBECONFIG" apply -f "$folder/cluster.yaml" >&2
kubectl --kubeconfig "$MANAGEMENT_KUBECONFIG" wait cluster "$name" --for condition=ControlPlaneInitialized --timeout "$CAPV_WAIT" >&2
kubectl --kubeconfig "$MANAGEMENT_KUBECONFIG" wait machinedeployment -l "cluster.x-k8s.io/cluster-name=$name" --for condition=Available \
  --timeout "$CAPV_WAIT" >&2
clusterctl get kubeconfig "$name" --kubeconfig "$MANAGEMENT_KUBECONFIG" >"$folder/kubeconfig"
kubectl --kubeconfig "$folder/kubeconfig" wait node -l kubernetes.io/os=windows --for condition=Ready --timeout "$CAPV_WAIT" >&2

KUBECONFIG=$folder/kubeconfig CI_VERSION=$KUBERNETES_VERSION E2E_BASE_URL=https://dl.k8s.io/release "$@" &
child=$!
code=0
wait "$child" || code=$?
# A signal ends the wait, and not the command.
while kill -0 "$child" 2>/dev/null; do wait "$child" && code=0 || code=$?; done
exit "$code"
