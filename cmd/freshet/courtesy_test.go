package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

func TestWorkStandsBackWhileQuestionsAreAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &courtesy{}
		waited := func() time.Duration {
			began := time.Now()
			if err := c.standBack(t.Context()); err != nil {
				t.Fatal(err)
			}
			return time.Since(began)
		}
		time.Sleep(time.Second)
		if d := waited(); d != 0 {
			t.Errorf("waited %s although nobody asks", d)
		}
		h := c.questions(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(time.Second) }))
		ask := func(path string) {
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, path, nil))
		}

		go ask("/v1/sources/help/sync")
		synctest.Wait()
		if d := waited(); d != 0 {
			t.Errorf("waited %s for a request that is no question", d)
		}
		go ask("/v1/search")
		synctest.Wait()
		if d := waited(); d <= courtesyStep || d > courtesyMost+2*courtesyStep {
			t.Errorf("waited %s for a long question, want about %s", d, courtesyMost)
		}
		time.Sleep(time.Second)
		if d := waited(); d != 0 {
			t.Errorf("waited %s a second after the last question", d)
		}
	})
}

func TestStandingBackEndsWithItsContext(t *testing.T) {
	c := &courtesy{}
	c.answering.Add(1)
	c.last.Store(time.Now().UnixNano())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.standBack(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
