package scenarios

import "slices"

// fault makes a node misbehave.
func (r *run) fault(f *Fault) error {
	nd, err := r.node(f.Node)
	if err != nil {
		return err
	}
	nd.SetFault(f.Fault)
	if f.Name != "" && !slices.Contains(r.faults[f.Name], f.Node) {
		r.faults[f.Name] = append(r.faults[f.Name], f.Node)
	}
	return nil
}

// clear ends faults. One that has ended by itself, or has not begun, is clear.
func (r *run) clear(c *Clear) error {
	for _, name := range c.Names {
		for _, node := range r.faults[name] {
			nd, err := r.node(node)
			if err != nil {
				return err
			}
			nd.ClearFault(name)
		}
		delete(r.faults, name)
	}
	return nil
}
