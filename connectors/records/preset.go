package records

import (
	"maps"
	"slices"

	"freshet/connectors"
)

// presets are what is usual for a service; a source's own settings win. The keys
// are those of Kind's fields.
var presets = map[string]connectors.Settings{
	// Content API, /ghost/api/content/posts/?key=…&include=tags
	"ghost": {
		"items": "posts", "id": "id", "title": "title", "body": []string{"html"}, "body_format": "html", "url": "url",
		"labels": []string{"tags[].name"}, "created": "published_at", "modified": "updated_at",
		"paging": "page", "page_param": "page", "size_param": "limit", "page_size": 100, "total": "meta.pagination.total",
	},
	// /api/<plural>?sort=documentId:asc, version 5
	"strapi": {
		"items": "data", "id": "documentId", "created": "createdAt", "modified": "updatedAt", "locale": "locale",
		"paging": "page", "page_param": "pagination[page]", "size_param": "pagination[pageSize]", "page_size": 100,
		"total": "meta.pagination.total",
	},
	// /items/<collection>?meta=filter_count&sort=id
	"directus": {
		"items": "data", "id": "id", "created": "date_created", "modified": "{{date_updated|date_created}}",
		"paging": "offset", "page_param": "offset", "size_param": "limit", "page_size": 100, "total": "meta.filter_count",
	},
	// /jsonapi/node/<bundle>
	"drupal": {
		"items": "data", "id": "id", "title": "attributes.title", "body": []string{"attributes.body.processed"}, "body_format": "html",
		"url": "attributes.path.alias", "created": "attributes.created", "modified": "attributes.changed", "locale": "attributes.langcode",
		"paging": "next", "next": "links.next.href",
	},
}

func presetNames() []string { return slices.Sorted(maps.Keys(presets)) }

// withPreset returns the settings with those of the preset that were not given.
func withPreset(s connectors.Settings) connectors.Settings {
	preset := presets[s.String("preset")]
	out := maps.Clone(s)
	for key, v := range preset {
		if _, given := s[key]; !given {
			out[key] = v
		}
	}
	return out
}
