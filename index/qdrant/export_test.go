package qdrant

import "context"

// Remove drops the collection of o although its alias points at it.
func Remove(ctx context.Context, s *Server, o Options) error {
	return s.drop(ctx, CollectionOf(o.Collection, o.Space))
}
