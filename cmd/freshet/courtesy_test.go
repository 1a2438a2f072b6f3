package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
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
		_ = waited() // the last turn is long ago
		if d := waited(); d < courtesyMost || d > courtesyTurn+courtesyMost+2*courtesyStep {
			t.Errorf("waited %s for a long question, want about %s", d, courtesyTurn+courtesyMost)
		}
		time.Sleep(time.Second)
		if d := waited(); d != 0 {
			t.Errorf("waited %s a second after the last question", d)
		}
	})
}

// However many goroutines work and however many questions are asked, work goes on
// in one of them at a time, and gets a third of a processor.
func TestWorkTakesTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, answering := range []int64{0, 1} {
			c := &courtesy{}
			ctx, stop := context.WithTimeout(t.Context(), time.Second)
			c.answering.Store(answering)
			var turns atomic.Int64
			var group sync.WaitGroup
			for range 4 {
				group.Go(func() {
					c.last.Store(time.Now().UnixNano())
					for c.standBack(ctx) == nil {
						c.last.Store(time.Now().UnixNano())
						turns.Add(1)
					}
				})
			}
			group.Wait()
			stop()
			least, most := int64(300), int64(334)
			if answering == 0 {
				least, most = 900, 1001
			}
			if n := turns.Load(); n < least || n > most {
				t.Errorf("%d turns in a second while %d questions were answered, want %d to %d", n, answering, least, most)
			}
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
