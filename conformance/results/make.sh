#!/usr/bin/env bash
# Makes the results in this directory again, or in DIR: make.sh [DIR]. It builds mailsim, runs the servers in servers/ one after the
# other on free ports of loopback, asks each all cases, and writes its report (NAME.md, NAME.json) and the
# comparison of all (README.md). A server whose package is not there is told and left out; see its script in servers/.
# RUNS=3 asks each three times, and tells the cases whose verdict is not the same each time; that is exit code 1.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(realpath -m "${1:-$here}")
runs=${RUNS:-1}
mkdir -p "$out"
work=$(mktemp -d)
chmod 755 "$work" # servers run as users of their own
server=

# stop ends the server and all of its children, the kind way first: each server is a process group of its own.
stop() {
  [[ -n $server ]] || return 0
  kill -TERM -- "-$server" 2>/dev/null || true
  for _ in {1..50}; do
    kill -0 -- "-$server" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL -- "-$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# listens tells whether something listens at a port.
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free prints a port that is free, as is the one behind it.
free() {
  local p
  while true; do
    p=$((20000 + RANDOM % 10000))
    if ! listens "$p" && ! listens "$((p + 1))"; then
      echo "$p"
      return
    fi
  done
}

# start NAME COMMAND... runs a server with a directory and a port behind its arguments; false where it cannot be had.
start() {
  local name=$1
  shift
  dir=$work/$name
  port=$(free)
  mkdir -p "$dir"
  chmod 755 "$dir"
  set -m
  "$@" "$dir" "$port" >"$work/$name.log" 2>&1 </dev/null &
  server=$!
  set +m
  for _ in {1..300}; do
    if ! kill -0 "$server" 2>/dev/null; then
      echo "$name is left out: $(tail -n 1 "$work/$name.log")" >&2
      server=
      return 1
    fi
    listens "$port" && return 0
    sleep 0.1
  done
  echo "$name is left out: it does not begin to listen" >&2
  stop
  return 1
}

# ask NAME TITLE TARGET SHOWN [FLAG...] asks a server and adds the run to the list; SHOWN is the target as the report has it.
ask() {
  local name=$1 title=$2 target=$3 shown=$4 n code
  shift 4
  local shownflags=("${@//$work\//}")
  for ((n = 1; n <= runs; n++)); do
    code=0
    "$work/bin/mailsim" conform "$target" "$@" --insecure --quiet --json "$work/$name.$n.json" >"$work/$name.txt" 2>&1 || code=$?
    if ((code > 1)); then
      cat "$work/$name.txt" >&2
      return 1
    fi
    echo "$name: $(tail -n 1 "$work/$name.txt")"
    sed -e "s|$work/||g" -e "s|127\.0\.0\.1:${target##*:}|${shown#*://}|g" "$work/$name.$n.json" >"$work/json" && mv "$work/json" "$work/$name.$n.json"
    if ((n > 1)); then
      "$work/bin/mailsim" conform diff "$work/$name.1.json" "$work/$name.$n.json" >"$work/diff"
      if grep -qE '^(worse|better|not judged|judged)' "$work/diff"; then
        cat "$work/diff"
        wavered=1
      fi
    fi
  done
  printf '%s\t%s\t%s\t%s\n' "$name" "$title" "mailsim conform $shown ${shownflags[*]} --insecure" "$work/$name.1.json" >>"$work/list"
}

boxes() { echo --rcpt good@local.test --rcpt second@local.test --alias alias@local.test --expand staff@local.test --mailbox "maildir:$1/mail/{local}"; }

cd "$here/../.."
go build -o "$work/bin/mailsim" ./cmd/mailsim
go build -o "$work/bin/gosmtp" ./conformance/results/servers/gosmtp
go build -o "$work/bin/tables" ./conformance/results/tables
servers=$here/servers
wavered=0

if start postfix "$servers/postfix.sh"; then
  v="Postfix $(postconf -dh mail_version) (Debian $(dpkg-query -W -f '${Version}' postfix))"
  ask postfix "$v, an MX host" "smtp://127.0.0.1:$port" smtp://127.0.0.1:25 $(boxes "$dir")
  stop
fi
if start exim "$servers/exim.sh"; then
  v="Exim $("$dir/exim" -C "$dir/etc/exim.conf" -bV | sed -n 's/^Exim version \([^ ]*\).*/\1/p') (Debian $(dpkg-deb -f "$dir"/root/exim4-daemon-light_*.deb Version))"
  ask exim "$v, an MX host" "smtp://127.0.0.1:$port" smtp://127.0.0.1:25 $(boxes "$dir")
  ask exim-submission "$v, a submission server" "submission://127.0.0.1:$((port + 1))" submission://127.0.0.1:587 $(boxes "$dir") --user good --password secret
  stop
fi
if start opensmtpd "$servers/opensmtpd.sh"; then
  v=$(dpkg-deb -f "$dir"/root/opensmtpd_*.deb Version)
  ask opensmtpd "OpenSMTPD ${v%-*} (Debian $v), an MX host without TLS" "smtp://127.0.0.1:$port" smtp://127.0.0.1:25 $(boxes "$dir")
  stop
fi
if start gosmtp "$work/bin/gosmtp"; then
  v="go-smtp $(go list -m -f '{{.Version}}' github.com/emersion/go-smtp)"
  ask gosmtp "$v, an MX host" "smtp://127.0.0.1:$port" smtp://127.0.0.1:25 $(boxes "$dir")
  ask gosmtp-submission "$v, a submission server" "submission://127.0.0.1:$((port + 1))" submission://127.0.0.1:587 $(boxes "$dir") --user good --password secret
  stop
fi
if start aiosmtpd "$servers/aiosmtpd.sh"; then
  v="aiosmtpd $(/usr/bin/python3 -c 'import aiosmtpd; print(aiosmtpd.__version__)') (Debian $(dpkg-query -W -f '${Version}' python3-aiosmtpd))"
  ask aiosmtpd "$v, an MX host with its Mailbox handler" "smtp://127.0.0.1:$port" smtp://127.0.0.1:25 $(boxes "$dir")
  stop
fi
for profile in mx submission relay lmtp; do
  ask "mailsim-$profile" "mailsim's own node, profile $profile" "self:$profile" "self:$profile"
done
"$work/bin/tables" "$out" <"$work/list"
exit "$wavered"
