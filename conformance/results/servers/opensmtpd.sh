#!/usr/bin/env bash
# Runs Debian's OpenSMTPD in the foreground on loopback: opensmtpd.sh DIR PORT, as an MX host. DIR gets the program and all that
# it writes: its paths are compiled in, so it sees the files of this machine with its package laid over them, in a mount
# namespace of its own. Mailboxes are DIR/mail/good, DIR/mail/second. It needs root and overlay mounts, and leaves
# nothing outside of DIR. Settings are its own defaults wherever the judgement could depend on them. There is no TLS: that of
# Debian 12's version fails in every handshake. SIGTERM ends it.
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
[[ $EUID == 0 ]] || { echo "opensmtpd.sh needs root" >&2; exit 69; }
dir=$(realpath -m "$1")
port=$2
if [[ -z ${OPENSMTPD_INSIDE-} ]]; then
  mkdir -p "$dir"/{etc,mail,root,layers,all}
  if [[ ! -x $dir/root/usr/sbin/smtpd ]]; then
    (cd "$dir/root" && chmod 755 . && apt-get -o APT::Sandbox::User=root download -qq opensmtpd >&2) ||
      { echo "opensmtpd.sh needs the package opensmtpd, which apt-get cannot download" >&2; exit 69; }
    dpkg -x "$dir"/root/opensmtpd_*.deb "$dir/root"
    rm -rf "$dir/root/lib" # a link where / and /usr are one
  fi
  exec unshare --mount --propagation private env OPENSMTPD_INSIDE=1 "$(realpath "$0")" "$dir" "$port"
fi
mount -t tmpfs layers "$dir/layers" # no layer may lie in another
cp -r "$dir/root" "$dir/layers/upper"
mkdir "$dir/layers/work"
mount -t overlay overlay -o "lowerdir=/,upperdir=$dir/layers/upper,workdir=$dir/layers/work" "$dir/all" ||
  { echo "opensmtpd.sh needs overlay mounts" >&2; exit 69; }
for d in /proc /dev "$dir"; do
  mkdir -p "$dir/all$d"
  mount --bind "$d" "$dir/all$d"
done
echo "local.test" >"$dir/all/etc/mailname"
# It asks the DNS for the name of each client, before it looks into /etc/hosts where it is.
rm -f "$dir/all/etc/resolv.conf"
printf 'lookup file bind\nnameserver 127.0.0.1\n' >"$dir/all/etc/resolv.conf"
for u in opensmtpd:64997 opensmtpq:64998; do
  echo "${u%:*}:x:${u#*:}:${u#*:}::/:/usr/sbin/nologin" >>"$dir/all/etc/passwd"
  echo "${u%:*}:x:${u#*:}:" >>"$dir/all/etc/group"
done
mkdir -p "$dir/all/var/lib/opensmtpd/empty"
chmod 755 "$dir" "$dir"/mail
for u in good second postmaster; do
  install -d -m 755 -o 65534 -g 65534 "$dir/mail/$u" # a home that anybody may write to is refused
done
printf 'alias: good\nstaff: good, second\n' >"$dir/etc/aliases"
cat >"$dir/etc/smtpd.conf" <<END
table aliases file:$dir/etc/aliases
table users { good = "65534:65534:$dir/mail/good", second = "65534:65534:$dir/mail/second", postmaster = "65534:65534:$dir/mail/postmaster" }
table rcpts { "good@local.test", "second@local.test", "postmaster@local.test", "alias@local.test", "staff@local.test", "postmaster@mx.local.test" }
table domains { "local.test", "mx.local.test" }
listen on 127.0.0.1 port $port hostname mx.local.test
action "deliver" maildir "$dir/mail/%{user.username}" userbase <users> alias <aliases>
match from any for domain <domains> rcpt-to <rcpts> action "deliver"
match from any for domain <domains> reject
END
exec chroot "$dir/all" /usr/sbin/smtpd -d -f "$dir/etc/smtpd.conf"
