package scenarios

import (
	"fmt"
	"strings"

	"github.com/mailsim/mailsim/sim"
)

// reply judges what the last send was told. Where a stage had several replies
// (recipients, or those after the dot with LMTP) one that fits is enough; of
// several mails, each must have one. At connect, the text is that of the error,
// or of the greeting where there was a connection. Absent holds where the stage
// got no reply.
func (r *run) reply(c *Reply) *finding {
	if len(r.last) == 0 {
		return &finding{want: wantedReply(c), got: "nothing was sent before"}
	}
	var f *finding
	told := 0
	for _, s := range r.last {
		if s.dialog.fits(c) {
			continue
		}
		if f == nil {
			f = &finding{want: wantedReply(c)}
		}
		if told++; told > listMost {
			f.line("and other mails")
			break
		}
		f.mails = append(f.mails, s.mail)
		f.line("%s: %s", s.mail, s.dialog.told())
	}
	return f
}

func wantedReply(c *Reply) string { return fmt.Sprintf("at %s: %s", c.At, c.Is.Text) }

func (d dialog) fits(c *Reply) bool {
	texts := d.at(c.At)
	if c.Is.Absent {
		return len(texts) == 0
	}
	for _, t := range texts {
		if fitsReply(&c.Is, t) {
			return true
		}
	}
	return false
}

// at returns the replies of a stage as text.
func (d dialog) at(s sim.Stage) []string {
	var texts []string
	if s == sim.AtConnect {
		if len(d.Steps) == 0 && d.Err != nil {
			whole := d.Err.Error()
			texts = append(texts, whole)
			if i := strings.LastIndex(whole, ": "); i >= 0 {
				texts = append(texts, whole[i+2:])
			}
			return texts
		}
		s = sim.AtBanner
	}
	for _, r := range d.At(s) {
		texts = append(texts, replyText(r))
	}
	return texts
}

// told tells how a dialog went, in one line: its last replies and how it broke.
func (d dialog) told() string {
	var parts []string
	for _, x := range d.Steps {
		if x.Stage == sim.AtQuit && len(d.Steps) > 1 {
			continue // says nothing about the mail
		}
		s := string(x.Stage)
		if x.To != "" {
			s += " " + x.To
		}
		parts = append(parts, s+" "+replyText(x.Reply))
	}
	if n := len(parts) - 2*listMost; n > 0 {
		parts = append([]string{"..."}, parts[n:]...)
	}
	if d.Err != nil {
		parts = append(parts, d.Err.Error())
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, "; ")
}
