# shellcheck shell=bash
# Shared by the real cluster's scripts, and more than that of the simulated one's: which release, where things are, what
# the machine must have, and how a cluster is ended.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin # which a user's PATH may lack

# shellcheck disable=SC2034 # these are used by the scripts that source this file
real=$here/real
# shellcheck disable=SC2034
node_bin=$cache/node images=$bin/images # what nodes run, of no release; the images that this release's tests ask for

profile=${PROFILE:-open}

# nodes prints the nodes of the profile: name, operating system, taint.
nodes() {
  case $profile in
  open) printf '%s\n' 'linux-1 linux' 'linux-2 linux' 'windows-1 windows' 'windows-2 windows' ;;
  tainted) # as Cluster API's Azure provider has it in the jobs of SIG Windows
    printf '%s\n' 'linux-1 linux node-role.kubernetes.io/control-plane=:NoSchedule' 'windows-1 windows' \
      'windows-2 windows'
    ;;
  *) die "PROFILE=$profile: it is open or tainted" ;;
  esac
}

# default_dir is where a cluster lives unless a folder is named.
default_dir() { echo "${REAL_CLUSTER:-$cache/real-cluster}"; }

# missing prints what this machine lacks, one reason a line, and nothing if it lacks nothing.
missing() {
  local package program
  while read -r package program; do
    command -v "$program" >/dev/null || echo "no $program (Debian package $package)"
  done <<<"$debian_packages"
  [[ -n $(controllers) ]] || echo "no cgroup v1 controllers below /sys/fs/cgroup (cgroup v2 alone is not supported)"
  grep -qw overlay /proc/filesystems || modprobe -nq overlay || echo "no overlay file system in the kernel"
  # A namespace that lives as long as this command shows whether the kernel has the devices and nftables.
  [[ $(id -u) != 0 ]] || ! command -v unshare ip nft >/dev/null || unshare --net sh -c '
    ip link add test0 type bridge && ip link add test1 type veth peer name test2 && nft add table inet a' >/dev/null 2>&1 ||
    echo "no bridge, veth or nftables in the kernel"
}

# debian_packages has a line for each program that the cluster needs of the machine: its package, its name.
debian_packages='runc runc
nftables nft
iproute2 ip
util-linux unshare
util-linux nsenter
util-linux flock
procps pgrep
openssl openssl
dpkg dpkg-deb
apt apt-get'

need_root() {
  [[ $(id -u) == 0 ]] || die "the real cluster needs root: it makes namespaces, mounts and cgroups${1:+; $1}" \
    "run the command again as root, in a virtual machine if you would rather not on this one"
}

# need_machine ends the script if the machine cannot run a cluster, with all the reasons at once.
need_machine() {
  local reasons
  reasons=$(missing)
  need_root "${reasons:+and this machine has ${reasons//$'\n'/, }}"
  [[ -z $reasons ]] || die "the real cluster cannot run on this machine: it has ${reasons//$'\n'/, }" \
    "make real-cluster-deps installs the Debian packages"
}

# controllers prints the mounted hierarchies of cgroup v1 by the names of their folders.
controllers() {
  awk '{for (i = 7; $i != "-"; i++); if ($(i + 1) == "cgroup") {n = split($5, part, "/"); print part[n]}}' /proc/self/mountinfo
}

# cgroup DIR prints the name of that cluster's cgroup, which is the same in each hierarchy.
cgroup() { echo "op-readiness-real-$(printf %s "$1" | sha256sum | head -c 12)"; }

# remove_remains DIR removes what a cluster whose processes are gone leaves behind: its cgroups, and its files but logs
# and state. The kernel has removed mounts, links, rules and addresses with the last process of their namespaces.
remove_remains() {
  local group deadline=$((SECONDS + 20))
  for group in /sys/fs/cgroup/*/"$(cgroup "$1")"; do
    until [[ ! -d $group ]] || find "$group" -depth -type d -exec rmdir {} + 2>/dev/null; do
      ((SECONDS < deadline)) || die "a process of the cluster in $1 does not end; see cgroup.procs below $group"
      sleep 0.05
    done
  done
  rm -rf "$1"/{cache,etcd,faults,images,kubeconfig,node-list,nodes,pids,pki,profile,version,*.kubeconfig}
}

# stop DIR ends the cluster: with the first process of a PID namespace the kernel ends all others. The keeper then
# removes the remains and ends; if it was killed before, they are removed here.
stop() {
  local deadline=$((SECONDS + 30)) pid
  while running "$1" cluster; do
    read -r pid _ <"$1/pids/cluster"
    kill -KILL "$pid" 2>/dev/null || true
    sleep 0.02
  done
  while running "$1" keeper; do
    ((SECONDS < deadline)) || die "the cluster's keeper does not end" "see $1/logs/keeper.log"
    sleep 0.02
  done
  remove_remains "$1"
}

# first DIR prints the first process inside the cluster's namespaces.
first() {
  local pid
  read -r pid _ 2>/dev/null <"$1/pids/cluster" && pgrep -P "$pid"
}

# node_pid DIR NAME prints the first process inside that node's namespaces.
node_pid() {
  local outer
  outer=$(pgrep -P "$(first "$1")" -f "/node\.sh .* $2 ") && pgrep -P "$outer"
}
