package catalog

import (
	"fmt"
	"strconv"
	"strings"

	"freshet/index"
)

// Letter names the side with a number: a, b ... z, aa, ab.
func Letter(n int) string {
	text := ""
	for n >= 0 {
		text = string(rune('a'+n%26)) + text
		n = n/26 - 1
	}
	return text
}

// Sides groups the members of a finding by what they say, in the order of their first
// members: each is the numbers of members that agree.
func Sides(members []index.Member) [][]int {
	var out [][]int
next:
	for i := range members {
		for n := range out {
			if agree(&members[out[n][0]], &members[i]) {
				out[n] = append(out[n], i)
				continue next
			}
		}
		out = append(out, []int{i})
	}
	return out
}

// MemberName is how people name a member: the letter of its side, and its number in it
// where several members say the same: a, b1, b2.
func MemberName(members []index.Member, n int) string {
	for side, list := range Sides(members) {
		for i, at := range list {
			switch {
			case at != n:
			case len(list) == 1:
				return Letter(side)
			default:
				return Letter(side) + strconv.Itoa(i+1)
			}
		}
	}
	return ""
}

// MemberNamed returns the number of the member that a name means. The letter alone of a
// side with several members means its first one, unless one page is to be meant alone.
// The error is a *Refusal.
func MemberNamed(members []index.Member, name string, alone bool) (int, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	sides := Sides(members)
	for side, list := range sides {
		if name == Letter(side) {
			if pages := pagesOf(members, list); alone && len(pages) > 1 {
				return 0, refuse(RefusedMember, "Side %s stands on %d pages; name one of them, from %s1 to %s%d.", name, len(pages), name, name, len(list))
			}
			return list[0], nil
		}
		for i, at := range list {
			if name == fmt.Sprint(Letter(side), i+1) {
				return at, nil
			}
		}
	}
	if len(sides) == 0 {
		return 0, refuse(RefusedMember, "This doubt has no sides.")
	}
	return 0, refuse(RefusedMember, "%.40q is not a side of this doubt; there are %d, from a to %s.", name, len(sides), Letter(len(sides)-1))
}

func pagesOf(members []index.Member, list []int) []string {
	some := make([]index.Member, len(list))
	for i, at := range list {
		some[i] = members[at]
	}
	return documentsOf(some)
}

// agree reports whether two members say the same.
func agree(a, b *index.Member) bool {
	return a.Document == b.Document && a.Hash == b.Hash || a.Normal != "" && a.Normal == b.Normal
}
