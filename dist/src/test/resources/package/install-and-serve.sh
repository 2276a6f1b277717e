#!/bin/sh
# Installs the Debian package, serves a drive with the user, folders and command of its unit, and removes the package.
# The root is this machine's under an overlay in memory, with real dpkg and Java. No change persists.
#
# Run as root in a separate mount namespace: unshare --mount install-and-serve.sh PACKAGE FOLDER
set -eu
package=$1
folder=$2
. "$(dirname "$0")/overlay-root"
cp "$package" "$root/tmp/weir.deb"

in_root dpkg --install /tmp/weir.deb >"$folder/dpkg.log" 2>&1 || { cat "$folder/dpkg.log" >&2; fail "dpkg --install"; }
in_root getent passwd weir >/dev/null || fail "there is no user weir"
in_root dpkg --verify weir || fail "files are not as in the package"
[ -L "$root/etc/systemd/system/multi-user.target.wants/weir.service" ] || fail "the unit is not enabled"

# the unit as systemd would run it
unit=$root/lib/systemd/system/weir.service
command=$(sed -n 's/^ExecStart=//p' "$unit")
in_root install -d -o weir -g weir -m 0750 /var/lib/weir
in_root install -d -o weir -g weir -m "$(sed -n 's/^RuntimeDirectoryMode=//p' "$unit")" /run/weir
# socket and mode stay as the package has them
cat >>"$root/etc/weir/weir.conf" <<'CONF'
weir {
  drives.vm1 {
    backend { type = file, path = "/var/lib/weir/disks/vm1.img", size = 16MiB, create = true }
    limits { bps = 10MiB }
  }
}
CONF
as_weir() { in_root runuser -u weir -- env "JAVA_HOME=${JAVA_HOME-}" "$@"; }
# shellcheck disable=SC2086  # one word an argument, as systemd has it
as_weir $command >"$folder/weir.out" 2>"$folder/weir.err" &
weir=$!
await_ready "$weir"

uri='nbd+unix:///vm1?socket=/run/weir/nbd.sock'
[ "$(as_weir nbdinfo --size "$uri")" = 16777216 ] || fail "nbdinfo does not see the drive"
head -c 1048576 /dev/urandom >"$root/tmp/data"
as_weir nbdcopy /tmp/data "$uri" || fail "nbdcopy"
# a member of the group weir can connect, another user cannot
in_root useradd --system --no-create-home --groups weir guest || fail "useradd guest"
in_root useradd --system --no-create-home stranger || fail "useradd stranger"
[ "$(in_root runuser -u guest -- nbdinfo --size "$uri")" = 16777216 ] || fail "a member of the group does not see the drive"
in_root runuser -u stranger -- nbdinfo --size "$uri" 2>/dev/null && fail "a stranger sees the drive"
as_weir weir --home /var/lib/weir exec 'limits vm1 bps=20M' || fail "weir exec"
# the service is found without --home, and the error for another user names its owner
as_weir weir status | grep -q 'vm1 serving' || fail "weir status without --home"
told=$(in_root runuser -u nobody -- env "JAVA_HOME=${JAVA_HOME-}" HOME=/nonexistent weir status 2>&1) && fail "status of another user succeeds"
case $told in
  *'belongs to the user weir'*) ;;
  *) fail "another user is told: $told" ;;
esac
as_weir weir --home /var/lib/weir stop || fail "weir stop"
wait "$weir" || fail "the service ended with status $?"
head -c 1048576 "$root/var/lib/weir/disks/vm1.img" | cmp - "$root/tmp/data" || fail "the image is not what was written"

# shell completion and manual page are on their search paths
in_root bash -c '. /usr/share/bash-completion/completions/weir && complete -p weir' >/dev/null || fail "completion"
LC_ALL=C in_root man --warnings -l /usr/share/man/man1/weir.1.gz >"$folder/man.out" 2>"$folder/man.err" || fail "man"
grep -q '10,485,760 bytes' "$folder/man.out" || fail "man does not say what 10M is"
for file in README.md docs/README.md docs/reference/grafana.json examples/policy-pace/pom.xml; do
  [ -e "$root/usr/share/doc/weir/$file" ] || fail "the package has no $file"
done
[ -e "$root/usr/share/weir/karaf/features.xml" ] || fail "the package has no features for Karaf"
[ ! -s "$folder/man.err" ] || { cat "$folder/man.err" >&2; fail "man warns"; }

in_root dpkg --purge weir >"$folder/purge.log" 2>&1 || { cat "$folder/purge.log" >&2; fail "dpkg --purge"; }
[ -e "$root/var/lib/weir/disks/vm1.img" ] || fail "purging took a disk along"
left=$(find "$root/usr/share/weir" "$root/etc/weir" "$root/var/lib/weir" -mindepth 1 ! -path "*/disks*" 2>/dev/null || true)
[ -z "$left" ] || fail "left behind: $left"
echo "installed, served, removed"
