#!/bin/sh
# Executes the instructions of a Dockerfile without a container engine. The root is this machine's under an overlay in
# memory, with the Java that the image would install. Then starts the container's command as its user, uses a drive
# and stops the command like an engine.
#
# Run as root in a separate mount namespace: unshare --mount dockerfile-serves.sh DOCKERFILE ARCHIVE FOLDER
set -eu
dockerfile=$1
archive=$2
folder=$3
. "$(dirname "$0")/overlay-root"

# ["a", "b"] to words
words() { echo "$*" | tr -d '[]",'; }

user=root
entrypoint=
command=
while read -r instruction rest; do
  case $instruction in
    FROM) ;;
    RUN) case $rest in
      *apt-get*) in_root sh -c 'command -v java' >/dev/null || fail "no java, which the image would install" ;;
      *) in_root sh -ec "$rest" || fail "RUN $rest" ;;
    esac ;;
    ADD)
      [ "${rest% *}" = "$(basename "$archive")" ] || fail "ADD ${rest% *}: the archive is $(basename "$archive")"
      tar -xf "$archive" -C "$root${rest#* }" ;;
    USER) user=$rest ;;
    VOLUME) [ "$(in_root stat -c %U "$rest")" = "$user" ] || fail "VOLUME $rest is not $user's" ;;
    ENTRYPOINT) entrypoint=$(words "$rest") ;;
    CMD) command=$(words "$rest") ;;
    '') ;;
    *) fail "cannot do $instruction" ;;
  esac
done <"$dockerfile"

unset JAVA_HOME
as_user="chroot $root setpriv --reuid=$user --regid=$user --init-groups"
# shellcheck disable=SC2086  # one word an argument
$as_user $entrypoint $command >"$folder/weir.out" 2>"$folder/weir.err" &
weir=$!
await_ready "$weir"
$as_user nbdinfo --size 'nbd+unix:///vm1?socket=/var/lib/weir/run/nbd.sock' >/dev/null || fail "nbdinfo"
# shellcheck disable=SC2086
$as_user $entrypoint exec 'limits vm1 bps=20M' || fail "exec"
kill -TERM "$weir"
wait "$weir" || fail "ended with status $?"
echo "served and stopped"
