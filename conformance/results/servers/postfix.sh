#!/usr/bin/env bash
# Runs Debian's Postfix in the foreground on loopback: postfix.sh DIR PORT. DIR gets its queue and its mailboxes
# (DIR/mail/good, DIR/mail/second); it needs root, and the package postfix. Settings are Postfix's own defaults
# wherever the judgement could depend on them; strangers are strangers, also on loopback. SIGTERM ends it.
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
[[ $EUID == 0 ]] || { echo "postfix.sh needs root" >&2; exit 69; }
[[ -x /usr/lib/postfix/sbin/master ]] || { echo "postfix.sh needs the package: apt-get install postfix" >&2; exit 69; }
dir=$(realpath -m "$1")
port=$2
mkdir -p "$dir"/{etc,queue,data,mail}
chmod 755 "$dir" "$dir"/{etc,queue}
chown postfix "$dir/data"
chown nobody "$dir/mail"
[[ -e $dir/etc/cert.pem ]] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=mx.local.test \
  -addext subjectAltName=DNS:mx.local.test -keyout "$dir/etc/key.pem" -out "$dir/etc/cert.pem" 2>/dev/null
cat >"$dir/etc/main.cf" <<END
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
maillog_file = $dir/data/log
maillog_file_prefixes = $dir
myhostname = mx.local.test
myorigin = local.test
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 192.0.2.1/32
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
virtual_mailbox_domains = local.test
virtual_mailbox_base = $dir/mail
virtual_mailbox_maps = inline:{good@local.test=good/, second@local.test=second/, postmaster@local.test=postmaster/}
virtual_alias_maps = inline:{alias@local.test=good@local.test, {staff@local.test = good@local.test, second@local.test}}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
# Notifications to the probe go nowhere.
default_transport = discard
smtpd_tls_security_level = may
smtpd_tls_chain_files = $dir/etc/key.pem, $dir/etc/cert.pem
END
cat >"$dir/etc/master.cf" <<END
127.0.0.1:$port inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
END
postfix -c "$dir/etc" check
exec /usr/lib/postfix/sbin/master -c "$dir/etc" -d
