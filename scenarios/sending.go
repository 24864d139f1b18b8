package scenarios

import "github.com/mailsim/mailsim/sim"

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
