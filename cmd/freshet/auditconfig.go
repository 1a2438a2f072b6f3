package main

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"freshet/api/audit"
	"freshet/schedules"
)

// auditConfig says when audits are made and how they are written.
type auditConfig struct {
	Schedule  string            `yaml:"schedule"`  // cron; its CRON_TZ is where months begin
	Languages map[string]string `yaml:"languages"` // by owner; "*" is all others
	BaseURL   string            `yaml:"base_url"`  // below which people decide

	zone *time.Location
}

// auditSchedule is the first of the month, when nights of syncing are over.
const auditSchedule = "0 6 1 * *"

func (a *auditConfig) check(w *walker, e expander) {
	expand(w, e, map[string]*string{"doubts.audit.schedule": &a.Schedule, "doubts.audit.base_url": &a.BaseURL})
	if _, err := schedules.Parse(a.Schedule, nil); err != nil {
		w.say(0, "doubts.audit.schedule: %v", err)
	} else {
		a.zone = zoneOf(a.Schedule)
	}
	for _, owner := range slices.Sorted(maps.Keys(a.Languages)) {
		if !slices.Contains(audit.Languages(), a.Languages[owner]) {
			w.say(0, "doubts.audit.languages: %q is not fr or en, for %s", a.Languages[owner], owner)
		}
	}
	if u, err := url.Parse(a.BaseURL); a.BaseURL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		w.say(0, "doubts.audit.base_url: %q is not an address such as https://freshet.example.org", a.BaseURL)
	}
}

// zoneOf is the zone that a schedule names, UTC without one.
func zoneOf(schedule string) *time.Location {
	first, _, _ := strings.Cut(strings.TrimSpace(schedule), " ")
	for _, prefix := range []string{"CRON_TZ=", "TZ="} {
		if name, ok := strings.CutPrefix(first, prefix); ok {
			if zone, err := time.LoadLocation(name); err == nil {
				return zone
			}
		}
	}
	return time.UTC
}
