package main

import (
	"freshet/index/rerank"
	"freshet/index/retrieve"
)

// newReranker makes the re-ranker that is configured; nil without one.
func newReranker(c *config) (retrieve.Rerank, error) {
	if c == nil || c.Rerank.Provider == providerNone {
		return nil, nil
	}
	r := &c.Rerank
	client, err := rerank.New(rerank.Options{Provider: r.Provider, BaseURL: r.BaseURL, Model: r.Model, APIKey: r.APIKey})
	if err != nil {
		return nil, err
	}
	return client.Rerank, nil
}
