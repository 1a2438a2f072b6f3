package facts

import (
	"context"
	"strings"
	"time"

	"freshet/index/catalog"
	"freshet/pipeline/detect/stale"
	"freshet/schedules"
)

// syncJob is the kind of the jobs that run sources.
const syncJob = "sync"

// sourceFacts are what all documents of a source share.
type sourceFacts struct {
	review time.Duration
	zone   *time.Location // of its schedule; nil: it names none
	sync   stale.Sync
}

// sourcesNow are the facts of all sources, at most a minute old.
func (r *Reader) sourcesNow(ctx context.Context) (map[string]sourceFacts, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.o.Now()
	if r.sources.value != nil && now.Sub(r.sources.at) < sourcesKept {
		return r.sources.value, nil
	}
	sources, err := r.o.Catalog.Sources(ctx)
	if err != nil {
		return nil, err
	}
	jobs, err := r.o.Catalog.Jobs().Jobs(ctx, syncJob)
	if err != nil {
		return nil, err
	}
	scheduled := make(map[string]schedules.Job, len(jobs))
	for _, j := range jobs {
		scheduled[j.Subject] = j
	}
	out := make(map[string]sourceFacts, len(sources))
	for i := range sources {
		s := &sources[i]
		f := sourceFacts{review: s.ReviewEvery}
		f.sync.Paused = s.State == catalog.Paused || s.State == catalog.Detached || s.State == catalog.Draft || scheduled[s.ID].Paused
		f.sync.Every, f.zone = rhythm(scheduled[s.ID].Schedule, now)
		if f.sync.Checked, err = r.lastGood(ctx, s.ID); err != nil {
			return nil, err
		}
		out[s.ID] = f
	}
	r.sources = remembered[map[string]sourceFacts]{now, out}
	return out, nil
}

// lookedBack is how many runs of a source are looked at for one that succeeded.
const lookedBack = 50

// lastGood is when a run of a source last ended well. When none of the last ones did, it
// was before the first of them.
func (r *Reader) lastGood(ctx context.Context, source string) (time.Time, error) {
	runs, err := r.o.Catalog.Runs(ctx, source, lookedBack)
	if err != nil {
		return time.Time{}, err
	}
	var before time.Time
	for i := range runs {
		if runs[i].Result == catalog.RunDone {
			return runs[i].Ended, nil
		}
		before = runs[i].Started
	}
	return before, nil
}

// rhythm is the longest time between two of the next runs of a schedule, and the zone
// that it names.
func rhythm(schedule string, now time.Time) (time.Duration, *time.Location) {
	const ahead = 15 // a week of working days, twice a day
	s, err := schedules.Parse(schedule, nil)
	if err != nil || s.Never() {
		return 0, nil
	}
	var longest time.Duration
	times := s.NextN(now, ahead)
	for i := 1; i < len(times); i++ {
		longest = max(longest, times[i].Sub(times[i-1]))
	}
	if len(times) == 0 || !strings.Contains(schedule, "TZ=") {
		return longest, nil
	}
	return longest, times[0].Location()
}

// zoneOf is the zone in which the dates of a document are meant: that of its source's
// schedule, else that of most who read its locale. It is nil for UTC.
func (s *sourceFacts) zoneOf(locale string) *time.Location {
	if s.zone != nil {
		return s.zone
	}
	language, region, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(locale, "_", "-")), "-")
	name := zones[language+"-"+region]
	if name == "" {
		name = zones[language]
	}
	if name == "" {
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil // this machine has no time zones
	}
	return zone
}

// zones are of locales whose readers mostly share one.
var zones = map[string]string{
	"fr": "Europe/Paris", "fr-fr": "Europe/Paris", "fr-be": "Europe/Brussels", "fr-ch": "Europe/Zurich", "fr-lu": "Europe/Luxembourg", "fr-ca": "America/Toronto",
	"fr-ma": "Africa/Casablanca", "fr-sn": "Africa/Dakar", "fr-ci": "Africa/Abidjan", "fr-re": "Indian/Reunion",
	"en-gb": "Europe/London", "en-ie": "Europe/Dublin", "en-us": "America/New_York", "en-ca": "America/Toronto", "en-au": "Australia/Sydney", "en-nz": "Pacific/Auckland",
	"en-in": "Asia/Kolkata", "en-za": "Africa/Johannesburg", "en-sg": "Asia/Singapore",
	"de": "Europe/Berlin", "es-es": "Europe/Madrid", "it": "Europe/Rome", "nl": "Europe/Amsterdam", "pt-pt": "Europe/Lisbon",
}
