package scenarios

// power stops or starts nodes. A stop is a crash: queue and mailboxes stay, all
// that the node remembers besides is lost.
func (r *run) power(p *Power) error {
	for _, name := range p.Nodes {
		nd, err := r.node(name)
		if err != nil {
			return err
		}
		if !p.On {
			nd.Crash()
			continue
		}
		if err := nd.Start(); err != nil {
			return err
		}
	}
	return nil
}
