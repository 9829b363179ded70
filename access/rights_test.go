package access_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"usagebot/access"
)

func grant(kind access.Kind, role access.Role, department string) access.Grant {
	return access.Grant{Subject: access.Subject{Kind: kind, ID: "x"}, Role: role, Department: department}
}

func TestOf(t *testing.T) {
	t.Parallel()
	var (
		admin      = grant(access.Person, access.Admin, "")
		viewer     = grant(access.Person, access.Viewer, "")
		rd         = grant(access.Person, access.Viewer, "od-rd")
		market     = grant(access.Person, access.Viewer, "od-market")
		chat       = grant(access.Chat, access.Viewer, "")
		chatRD     = grant(access.Chat, access.Viewer, "od-rd")
		department = grant(access.Department, access.Viewer, "od-market")
		everything = access.Rights{Everything: true}
		all        = access.Rights{Admin: true, Everything: true}
	)
	tests := []struct {
		name             string
		configured       bool
		grants           []access.Grant
		everyone, listed access.Rights
	}{
		{"nothing is granted", false, nil, everything, access.Rights{}},
		{"an administrator of the settings", true, []access.Grant{rd}, all, all},
		{"a granted administrator", false, []access.Grant{rd, admin}, all, all},
		{"a viewer of everything", false, []access.Grant{viewer}, everything, everything},
		{"a viewer of one department", false, []access.Grant{rd}, access.Rights{Departments: []string{"od-rd"}}, access.Rights{Departments: []string{"od-rd"}}},
		{"of two", false, []access.Grant{rd, market, rd}, access.Rights{Departments: []string{"od-rd", "od-market"}}, access.Rights{Departments: []string{"od-rd", "od-market"}}},
		{"of one and of everything", false, []access.Grant{rd, viewer}, everything, everything},
		{"in a granted chat", false, []access.Grant{chat}, everything, everything},
		{"in a chat of one department", false, []access.Grant{chatRD}, everything, access.Rights{Departments: []string{"od-rd"}}},
		{"in it, belonging to a granted department", false, []access.Grant{chatRD, department}, everything, access.Rights{Departments: []string{"od-rd", "od-market"}}},
		{"narrowed by name in a granted chat", false, []access.Grant{chat, rd}, access.Rights{Departments: []string{"od-rd"}}, access.Rights{Departments: []string{"od-rd"}}},
		{"a chat is no administrator", false, []access.Grant{grant(access.Chat, access.Admin, "")}, everything, access.Rights{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for mode, want := range map[access.Mode]access.Rights{access.Everyone: tt.everyone, access.Listed: tt.listed} {
				if diff := cmp.Diff(want, access.Of(mode, tt.configured, tt.grants)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", mode, diff)
				}
			}
		})
	}
}

func TestSees(t *testing.T) {
	t.Parallel()
	narrow := access.Rights{Departments: []string{"od-rd", "od-market"}}
	tests := []struct {
		name   string
		rights access.Rights
		trail  []string
		want   bool
	}{
		{"the whole tenant by who sees everything", access.Rights{Everything: true}, nil, true},
		{"the whole tenant by who does not", narrow, nil, false},
		{"his department", narrow, []string{"od-rd"}, true},
		{"one below it", narrow, []string{"od-all", "od-rd", "od-backend"}, true},
		{"the one above it", narrow, []string{"od-all"}, false},
		{"one beside it", narrow, []string{"od-all", "od-law"}, false},
		{"anything by who sees nothing", access.Rights{}, []string{"od-rd"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.rights.Sees(tt.trail); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
