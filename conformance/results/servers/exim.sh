#!/usr/bin/env bash
# Runs Debian's Exim in the foreground on loopback: exim.sh DIR PORT. DIR gets the program (unpacked beside what is
# installed, since Debian has one mail server installed at a time), its spool and its mailboxes (DIR/mail/good,
# DIR/mail/second). It needs root. Settings are Exim's own defaults wherever the judgement could depend on them.
set -euo pipefail
dir=$(realpath -m "$1")
port=$2
mkdir -p "$dir"/{etc,spool,log,mail,root}
if [[ ! -x $dir/exim ]]; then
  (cd "$dir/root" && apt-get download -qq exim4-daemon-light exim4-base >/dev/null && for p in *.deb; do dpkg -x "$p" .; done)
  cp "$dir/root/usr/sbin/exim4" "$dir/exim"
fi
getent passwd Debian-exim >/dev/null || useradd --system --no-create-home --shell /usr/sbin/nologin Debian-exim
chown -R Debian-exim:Debian-exim "$dir"/{spool,log,mail}
chmod 755 "$dir"
[[ -e $dir/etc/cert.pem ]] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=mx.local.test \
  -addext subjectAltName=DNS:mx.local.test -keyout "$dir/etc/key.pem" -out "$dir/etc/cert.pem" 2>/dev/null
chgrp Debian-exim "$dir/etc/key.pem"
chmod 640 "$dir/etc/key.pem"
cat >"$dir/etc/exim.conf" <<END
exim_path = $dir/exim
primary_hostname = mx.local.test
domainlist local_domains = local.test
local_interfaces = <; 127.0.0.1
daemon_smtp_ports = $port
spool_directory = $dir/spool
log_file_path = $dir/log/%slog
pid_file_path = $dir/spool/pid
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
tls_advertise_hosts = *
tls_certificate = $dir/etc/cert.pem
tls_privatekey = $dir/etc/key.pem
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
acl_smtp_rcpt = acl_rcpt
acl_smtp_vrfy = accept
begin acl
acl_rcpt:
  require domains = +local_domains
       message = relay not permitted
  deny !verify = recipient
       message = no such user
  accept
begin routers
aliases:
  driver = redirect
  domains = +local_domains
  data = \${if eq{\$local_part}{alias}{good@local.test}{\${if eq{\$local_part}{staff}{good@local.test, second@local.test}{}}}}
mailboxes:
  driver = accept
  domains = +local_domains
  local_parts = good : second : postmaster
  transport = maildir
nowhere:
  driver = accept
  domains = !+local_domains
  transport = nowhere
begin transports
maildir:
  driver = appendfile
  maildir_format
  directory = $dir/mail/\$local_part_data
  create_directory
  user = Debian-exim
  group = Debian-exim
nowhere:
  driver = appendfile
  file = /dev/null
  user = Debian-exim
begin retry
* * F,1d,1m
END
chown root "$dir/exim" "$dir/etc/exim.conf"
chmod 4755 "$dir/exim"
exec "$dir/exim" -C "$dir/etc/exim.conf" -bdf -q1m
