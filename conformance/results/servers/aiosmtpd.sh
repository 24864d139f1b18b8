#!/usr/bin/env bash
# Runs Debian's aiosmtpd in the foreground on loopback: aiosmtpd.sh DIR PORT, as an MX host for local.test with the
# handler that keeps mail in Maildirs (DIR/mail/good, DIR/mail/second). It needs the package python3-aiosmtpd, and no root. SIGTERM
# ends it.
set -euo pipefail
dir=$(realpath -m "$1")
port=$2
/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || { echo "aiosmtpd.sh needs the package: apt-get install python3-aiosmtpd" >&2; exit 69; }
mkdir -p "$dir"/{etc,mail}
[[ -e $dir/etc/cert.pem ]] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=mx.local.test \
  -addext subjectAltName=DNS:mx.local.test -keyout "$dir/etc/key.pem" -out "$dir/etc/cert.pem" 2>/dev/null
cat >"$dir/etc/server.py" <<'END'
"""aiosmtpd with its own handler of Maildirs, one a mailbox, and the recipients of one domain."""
import asyncio
import os
import signal
import ssl
import sys

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP

top, port = sys.argv[1], int(sys.argv[2])
LEADS = {"good": ["good"], "second": ["second"], "postmaster": ["postmaster"], "alias": ["good"], "staff": ["good", "second"]}
BOXES = {name: Mailbox(os.path.join(top, "mail", name)) for name in ("good", "second", "postmaster")}


def leads(address):
    local, _, domain = address.rpartition("@")
    if not local:  # RFC 5321 4.1.1.3: postmaster alone
        local, domain = domain, "local.test"
        return LEADS["postmaster"] if local.lower() == "postmaster" else None
    return LEADS.get(local.lower(), []) if domain.lower() == "local.test" else None


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        boxes = leads(address)
        if boxes is None:
            return "550 5.7.1 relay not permitted"
        if not boxes:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        for name in sorted({box for address in envelope.rcpt_tos for box in leads(address) or []}):
            await BOXES[name].handle_DATA(server, session, envelope)
        return "250 OK"


async def main():
    loop = asyncio.get_running_loop()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(os.path.join(top, "etc", "cert.pem"), os.path.join(top, "etc", "key.pem"))
    server = await loop.create_server(
        lambda: SMTP(Handler(), hostname="mx.local.test", tls_context=context, loop=loop), "127.0.0.1", port)
    ended = asyncio.Event()
    for s in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(s, ended.set)
    await ended.wait()
    server.close()


asyncio.run(main())
END
exec /usr/bin/python3 "$dir/etc/server.py" "$dir" "$port"
