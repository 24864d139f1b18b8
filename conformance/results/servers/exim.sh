#!/usr/bin/env bash
# Runs Debian's Exim in the foreground on loopback: exim.sh DIR PORT, as an MX host at PORT and as a submission server
# (user good, password secret) at PORT+1. DIR gets the program (unpacked beside what is installed, since Debian has one
# mail server installed at a time), its spool and its mailboxes (DIR/mail/good, DIR/mail/second). It needs root, and
# leaves nothing outside of DIR. Settings are Exim's own defaults wherever the judgement could depend on them. SIGTERM
# ends it.
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
[[ $EUID == 0 ]] || { echo "exim.sh needs root" >&2; exit 69; }
dir=$(realpath -m "$1")
port=$2
mkdir -p "$dir"/{etc,spool,log,mail,root}
if [[ ! -x $dir/exim ]]; then
  (cd "$dir/root" && chmod 755 . && apt-get -o APT::Sandbox::User=root download -qq exim4-daemon-light exim4-base >&2) ||
    { echo "exim.sh needs the packages exim4-daemon-light and exim4-base, which apt-get cannot download" >&2; exit 69; }
  for p in "$dir"/root/*.deb; do dpkg -x "$p" "$dir/root"; done
  cp "$dir/root/usr/sbin/exim4" "$dir/exim" # a copy has no set-user-id bit
fi
"$dir/exim" -bV >/dev/null 2>&1 || if ldd "$dir/exim" | grep 'not found' >&2; then
  echo "exim.sh needs these libraries" >&2
  exit 69
fi
# The name of its user is compiled in. Where there is none, one is there for this process alone.
if ! getent passwd Debian-exim >/dev/null; then
  [[ -z ${EXIM_OWN_NAMES-} ]] || { echo "exim.sh: Debian-exim cannot be made known" >&2; exit 69; }
  { cat /etc/passwd && echo "Debian-exim:x:64999:64999::$dir/spool:/usr/sbin/nologin"; } >"$dir/etc/passwd"
  { cat /etc/group && echo "Debian-exim:x:64999:"; } >"$dir/etc/group"
  exec unshare --mount --propagation private env EXIM_OWN_NAMES=1 bash -c \
    'mount --bind "$1/etc/passwd" /etc/passwd && mount --bind "$1/etc/group" /etc/group && exec "$0" "$1" "$2"' "$(realpath "$0")" "$dir" "$port"
fi
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
qualify_domain = local.test
local_interfaces = <; 127.0.0.1
daemon_smtp_ports = $port : $((port + 1))
spool_directory = $dir/spool
log_file_path = $dir/log/%slog
pid_file_path = $dir/spool/pid
deliver_drop_privilege = true
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
tls_advertise_hosts = *
tls_certificate = $dir/etc/cert.pem
tls_privatekey = $dir/etc/key.pem
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
auth_advertise_hosts = \${if and{{eq{\$received_port}{$((port + 1))}}{def:tls_in_cipher}}{*}{}}
acl_smtp_mail = acl_mail
acl_smtp_rcpt = acl_rcpt
begin acl
acl_mail:
  deny condition = \${if eq{\$received_port}{$((port + 1))}}
       !authenticated = *
       message = 530 5.7.0 Authentication required
  warn authenticated = *
       control = submission/sender_retain
  accept
acl_rcpt:
  accept authenticated = *
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
  no_verify
  transport = nowhere
begin transports
maildir:
  driver = appendfile
  maildir_format
  return_path_add
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
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{\$auth2}{good}}{eq{\$auth3}{secret}}{or{{eq{\$auth1}{}}{eq{\$auth1}{\$auth2}}}}{eq{\$auth4}{}}}}
  server_set_id = \$auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = \${if and{{eq{\$auth1}{good}}{eq{\$auth2}{secret}}}}
  server_set_id = \$auth1
END
exec "$dir/exim" -C "$dir/etc/exim.conf" -bdf -q1m
