package scenarios

import (
	"errors"

	"github.com/mailsim/mailsim/fakedns"
)

// dns changes the zones, or makes look-ups fail. What resolvers have in their
// caches stays there until its TTL is over.
func (r *run) dns(d *DNS) error {
	w := r.world.dns
	switch {
	case d.Add != "":
		return w.Add(d.Add)
	case d.Set != "":
		return w.Set(d.Set)
	case d.Remove != "":
		return w.Remove(d.Remove)
	case d.Fail != "":
		w.Fail(fakedns.Failure{Kind: fakedns.FailureKind(d.Fail), Name: d.Name, Type: d.Type, For: d.For})
		return nil
	}
	return errors.New("a dns step without add, set, remove or fail")
}
