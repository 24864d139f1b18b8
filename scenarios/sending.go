package scenarios

import (
	"strings"

	"github.com/mailsim/mailsim/sim"
)

// tlsTo reads what TLS has to be: one policy for all, or one for each domain.
func tlsTo(dst *map[string]sim.TLSPolicy) value {
	policy := func(p *sim.TLSPolicy) value {
		return oneOf(p, "policy", sim.TLSOpportunistic, sim.TLSDemanded, sim.TLSVerified, sim.TLSNever)
	}
	var all sim.TLSPolicy
	one := policy(&all).then(func(*decoder, *tree) { *dst = map[string]sim.TLSPolicy{"*": all} })
	each := table(dst, "domains and policies", routeKey, policy)
	return either(func(t *tree) value {
		if t.shape == mappingShape {
			return each
		}
		return one
	}, one, each)
}

// logins reads who a node is where it sends, by node or host.
func logins(dst *map[string]sim.Auth) value {
	return table(dst, "nodes or hosts and {user, password}", loginKey, func(a *sim.Auth) value {
		var given *sim.Auth
		return credentials(&given).then(func(*decoder, *tree) { *a = *given })
	})
}

// loginKey is a node, the name of a host, or an address in brackets.
func loginKey(d *decoder, t *tree) (string, bool) {
	_, node := d.names.roles[t.text]
	switch {
	case node, d.names.hosts[strings.ToLower(t.text)] != "":
		return t.text, true
	case strings.HasPrefix(t.text, "["):
		if err := checkNextHop(t.text); err != nil {
			d.addf(t.pos, "%v", err)
			return "", false
		}
		return t.text, true
	case strings.Contains(t.text, ".") && checkDomain(t.text) == nil:
		return t.text, true
	}
	return t.text, d.names.node(d, t.pos, t.text, serverRoles()...)
}
