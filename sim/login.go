package sim

import (
	"strings"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
)

// loginAt is who this node is to be at a target; nil where it is nobody.
func (d *delivery) loginAt() *Auth {
	table := d.node.cfg.Login
	if len(table) == 0 {
		return nil
	}
	if nd := d.node.network.byAddr[d.target.addr.Addr()]; nd != nil {
		if a, ok := table[nd.cfg.Name]; ok {
			return &a
		}
	}
	for _, name := range sortedKeys(table) {
		if strings.EqualFold(name, d.target.host) {
			a := table[name]
			return &a
		}
	}
	return nil
}

// login authenticates where the node has a login, as at a smart host. A host that
// does not let it in gets no mail without: the mail waits, since a password may be
// mended (RFC 4954 6).
func (d *delivery) login(c *client.Conn) error {
	a := d.loginAt()
	if a == nil {
		return nil
	}
	if !offers(c, "AUTH") {
		return refusal{localReply(451, "4.7.0", d.target.host+" offers no AUTH, and this node has a login for it")}
	}
	via := d.node.cfg.Name + " at " + d.target.host // a nonce of its own
	switch r, err := d.node.network.login(c, Submission{Via: via, Mail: d.entry.it.mail, Auth: a}); {
	case err != nil:
		return err
	case r.Class() == 2:
		return nil
	case r.Permanent():
		return refusal{localReply(451, "4.7.8", d.target.host+" refused the login: "+r.String())}
	default:
		return refusal{localReply(451, "4.7.0", d.target.host+" cannot check the login now: "+r.String())}
	}
}

// submitter is the AUTH parameter for a host at which the node has logged in, and
// which believes what it says (RFC 4954 5): who submitted the mail, as far as that is
// known by a login, and else nobody.
func submitter(env *mail.Envelope) string {
	if env.Auth == nil || *env.Auth == "" {
		return "AUTH=<>"
	}
	return "AUTH=" + mail.EncodeXtext(*env.Auth)
}
