#!/usr/bin/env bash
# One node: the first process of its own mount, network, PID, UTS, IPC and cgroup namespaces: containerd, kubelet and
# kube-proxy. It ends if one of them does. Started by cluster.sh: node.sh DIR BIN NODE-BIN NAME NUMBER TAINT
set -eEuo pipefail
trap 'echo "line $LINENO of ${0##*/} failed" >&2' ERR
shopt -s nullglob
dir=$1 bin=$2 node_bin=$3 name=$4 number=$5 taint=$6 here=$(dirname "$(realpath "$0")")
umask 022 # else the root folder of every container is closed to all but root
declare -A names # of what was started, by process id

# make_folders gives the node its own of the folders that programs want at fixed places. What may lie below a folder
# that is hidden by this stays in sight below /mnt. Containers' mounts in a volume are seen here, nothing outside.
make_folders() {
  local node=$dir/nodes/$name folder
  mount --make-rshared /
  mkdir -p "$node"/{lib/{containerd,kubelet,cni},log,tmp,etc/cni,faults,empty}
  mount -t tmpfs tmpfs /mnt
  mkdir /mnt/{dir,bin,node-bin,node,here}
  mount --bind "$dir" /mnt/dir
  mount --bind "$bin" /mnt/bin
  mount --bind "$node_bin" /mnt/node-bin
  mount --bind "$node" /mnt/node
  mount --bind "$here" /mnt/here
  for folder in lib log tmp; do
    mount --rbind "/mnt/node/$folder" "$([[ $folder == tmp ]] || echo /var)/$folder"
  done
  chmod 1777 /tmp
  mount -t tmpfs -o mode=755 tmpfs /run
}

# make_cgroups mounts each hierarchy again, now from the root of this cgroup namespace.
make_cgroups() {
  local options
  mount -t sysfs sysfs /sys
  mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
  while read -r controller; do
    mkdir "/sys/fs/cgroup/$controller"
    options=$controller
    [[ $controller != systemd ]] || options=none,name=systemd
    mount -t cgroup -o "$options" cgroup "/sys/fs/cgroup/$controller"
  done <<<"$1"
}

# hide_sysctls puts files in the place of what a kubelet sets for the whole machine.
hide_sysctls() {
  local sysctl file
  for sysctl in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys \
    kernel/keys/root_maxbytes; do
    file=/mnt/node/etc/${sysctl//\//.}
    cat "/proc/sys/$sysctl" >"$file"
    mount --bind "$file" "/proc/sys/$sysctl"
  done
}

make_network() {
  local other=0
  hostname "$name"
  ip link set lo up
  until ip link set eth0 up 2>/dev/null; do sleep 0.05; done # cluster.sh brings it
  ip addr add "10.0.0.1$number/24" dev eth0
  ip addr add "fd00::1$number/64" dev eth0 nodad
  ip route add default via 10.0.0.1
  ip route add default via fd00::1
  echo 1 | tee /proc/sys/net/ipv4/ip_forward >/proc/sys/net/ipv6/conf/all/forwarding
  while read -r _; do
    other=$((other + 1))
    ((other != number)) || continue
    ip route add "10.1.$other.0/24" via "10.0.0.1$other"
    ip route add "fd00:1:$other::/64" via "fd00::1$other"
  done </mnt/dir/node-list
}

write_settings() {
  cat >/mnt/node/etc/cni/10-pods.conflist <<EOF
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.1.$number.0/24"}], [{"subnet": "fd00:1:$number::/64"}]],
    "routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
EOF
  cat >/mnt/node/etc/containerd.toml <<EOF
version = 3
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "registry.k8s.io/pause:3.10.2"
[plugins."io.containerd.cri.v1.runtime"]
  disable_apparmor = true
  restrict_oom_score_adj = true
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
  BinaryName = "/mnt/here/runc.sh"
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["/mnt/node-bin/cni"]
  conf_dir = "/mnt/node/etc/cni"
EOF
  cat >/mnt/node/etc/kubelet.yaml <<EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
clusterDNS: [10.2.0.10]
clusterDomain: cluster.local
resolvConf: /mnt/node/etc/resolv.conf
volumePluginDir: /var/lib/kubelet/volume-plugins
evictionHard: {memory.available: 100Mi, nodefs.available: "0%", nodefs.inodesFree: "0%", imagefs.available: "0%"}
imageGCHighThresholdPercent: 100
EOF
  echo "nameserver 10.2.0.10" >/mnt/node/etc/resolv.conf
  # The conntrack settings that it leaves alone are the whole machine's.
  cat >/mnt/node/etc/kube-proxy.yaml <<EOF
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
hostnameOverride: $name
clientConnection: {kubeconfig: /mnt/dir/kube-proxy.kubeconfig}
clusterCIDR: 10.1.0.0/16,fd00:1::/32
detectLocalMode: ClusterCIDR
conntrack: {maxPerCore: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
EOF
}

start() { # NAME PROGRAM ARGS...
  "${@:2}" >>"/mnt/dir/logs/$name.$1.log" 2>&1 &
  names[$!]=$1
}

start_containerd() {
  local image
  start containerd containerd --config /mnt/node/etc/containerd.toml
  until ctr version >/dev/null 2>&1; do
    kill -0 "$!" 2>/dev/null || return 0 # the last line of this script tells of it
    sleep 0.1
  done
  for image in /mnt/dir/images/*.tar; do
    ctr --namespace k8s.io images import --local "$image" >>"/mnt/dir/logs/$name.images.log" 2>&1
  done
}

start_kubelet() {
  local taints=()
  [[ $taint == - ]] || taints=("--register-with-taints=$taint")
  start kubelet /mnt/bin/kubelet --config=/mnt/node/etc/kubelet.yaml --kubeconfig="/mnt/dir/$name.kubeconfig" \
    --hostname-override="$name" --node-ip="10.0.0.1$number,fd00::1$number" --cert-dir=/mnt/node/etc/pki \
    "${taints[@]}" --v=2
}

# keep_kube_proxy runs kube-proxy again and again, but not while the fault that stops it is injected.
keep_kube_proxy() {
  while true; do
    [[ -f /mnt/node/faults/kube-proxy ]] || /mnt/bin/kube-proxy --config=/mnt/node/etc/kube-proxy.yaml --v=2 || true
    sleep 0.2
  done
}

# main is read as a whole: this file may be another when the cluster ends.
main() {
  local controllers pid
  controllers=$(ls /sys/fs/cgroup)
  make_folders
  make_cgroups "$(grep -vx unified <<<"$controllers")"
  hide_sysctls
  cd /tmp # a host path such as C:\tmp is relative for a Linux kubelet, and made where it runs
  PATH=/mnt/node-bin/containerd:$PATH
  make_network
  write_settings
  start_containerd
  start_kubelet
  start kube-proxy keep_kube_proxy
  while true; do
    pid=
    wait -n -p pid || true # any other process is one that ended as the first process's child, and is reaped so
    [[ -z $pid || -z ${names[$pid]:-} ]] || break
  done
  echo "${names[$pid]} ended" >&2
}

main
exit
