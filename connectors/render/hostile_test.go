package render

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/fetch"
)

// attacks are ways in which a page may try to reach INSIDE, INSIDE6, UDP (addresses of
// this machine) or STRANGE (a port on the name that resolves inside).
var attacks = map[string]string{
	"fetch":             `fetch("http://INSIDE/x").then(r => r.text()).then(say, () => {})`,
	"fetch, no cors":    `fetch("http://INSIDE/x", {mode: "no-cors"}).catch(() => {})`,
	"fetch of ::1":      `fetch("http://INSIDE6/x").then(r => r.text()).then(say, () => {})`,
	"localhost":         `fetch("http://localhost:PORT/x").then(r => r.text()).then(say, () => {})`,
	"octal":             `fetch("http://0177.0.0.1:PORT/x").then(r => r.text()).then(say, () => {})`,
	"decimal":           `fetch("http://2130706433:PORT/x").then(r => r.text()).then(say, () => {})`,
	"any address":       `fetch("http://0.0.0.0:PORT/x").then(r => r.text()).then(say, () => {})`,
	"mapped":            `fetch("http://[::ffff:127.0.0.1]:PORT/x").then(r => r.text()).then(say, () => {})`,
	"metadata":          `fetch("http://169.254.169.254/latest/meta-data/").then(r => r.text()).then(say, () => {})`,
	"a private network": `fetch("http://10.0.0.1/").then(r => r.text()).then(say, () => {})`,
	"TLS":               `fetch("https://INSIDE/x").then(r => r.text()).then(say, () => {})`,
	"a name inside":     `fetch("http://STRANGE/x").then(r => r.text()).then(say, () => {})`,
	"a redirect":        `fetch("/away").then(r => r.text()).then(say, () => {})`,
	"frame":             `add("iframe", {src: "http://INSIDE/x"})`,
	"frame, redirected": `add("iframe", {src: "/away"})`,
	"frame of a file":   `add("iframe", {src: "file:///etc/passwd"})`,
	"frame, sandboxed":  `add("iframe", {sandbox: "allow-scripts", srcdoc: "<script>fetch('http://INSIDE/x')<\/script><img src=http://INSIDE/y>"})`,
	"picture":           `add("img", {src: "http://INSIDE/x.png"}); new Image().src = "http://INSIDE/y.png"`,
	"script":            `add("script", {src: "http://INSIDE/x.js"})`,
	"style":             `add("link", {rel: "stylesheet", href: "http://INSIDE/x.css"})`,
	"hints":             `add("link", {rel: "preconnect", href: "http://INSIDE/"}); add("link", {rel: "prefetch", href: "http://INSIDE/x"}); add("link", {rel: "dns-prefetch", href: "http://INSIDE/"}); add("link", {rel: "preload", as: "fetch", href: "http://INSIDE/x"})`,
	"film":              `add("video", {src: "http://INSIDE/x.mp4", preload: "auto"}); add("object", {data: "http://INSIDE/x"}); add("embed", {src: "http://INSIDE/x"})`,
	"WebSocket":         `new WebSocket("ws://INSIDE/x"); new WebSocket("ws://INSIDE6/x"); new WebSocket("wss://INSIDE/x"); new WebSocket("ws://STRANGE/x")`,
	"events":            `new EventSource("http://INSIDE/x")`,
	"beacon":            `navigator.sendBeacon("http://INSIDE/x", "y")`,
	"form":              `const f = add("form", {action: "http://INSIDE/x", method: "post", target: add("iframe", {name: "f"}).name}); f.submit()`,
	"worker":            `new Worker(URL.createObjectURL(new Blob(["fetch('http://INSIDE/x'); new WebSocket('ws://INSIDE/x'); importScripts('http://INSIDE/y.js')"])))`,
	"shared worker":     `new SharedWorker(URL.createObjectURL(new Blob(["fetch('http://INSIDE/x')"])))`,
	"service worker":    `navigator.serviceWorker && navigator.serviceWorker.register("/worker.js")`,
	"WebRTC":            `const c = new RTCPeerConnection({iceServers: [{urls: "stun:UDP"}, {urls: "turn:UDP", username: "a", credential: "b"}, {urls: "turn:INSIDE?transport=tcp", username: "a", credential: "b"}]}); c.createDataChannel("x"); c.createOffer().then(o => c.setLocalDescription(o))`,
	"WebTransport":      `new WebTransport("https://UDP/x").ready.catch(() => {})`,
	"window":            `window.open("http://INSIDE/x")`,
	"link":              `const a = add("a", {href: "http://INSIDE/x", ping: "http://INSIDE/p", target: "_blank"}); a.click()`,
	"speculation":       `add("script", {type: "speculationrules", textContent: '{"prerender":[{"source":"list","urls":["http://INSIDE/x"]}],"prefetch":[{"source":"list","urls":["http://INSIDE/x"]}]}'})`,
}

func (s *site) fill(text string) string {
	_, port, _ := strings.Cut(s.inside, ":")
	return strings.NewReplacer("INSIDE6", s.inside6, "INSIDE", s.inside, "UDP", s.udp, "PORT", port, "STRANGE", "inside.site.test:"+port).Replace(text)
}

func TestAPageReachesNothingInside(t *testing.T) {
	c, s := chrome(t, nil)
	s.handle("/away", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		http.Redirect(w, r, "http://"+s.inside+"/redirected", http.StatusFound)
	})
	s.text("/worker.js", "text/javascript", s.fill(`fetch("http://INSIDE/x"); self.oninstall = () => fetch("http://INSIDE/y")`))
	for name, attack := range attacks {
		t.Run(name, func(t *testing.T) {
			s.html("/", `<!DOCTYPE html><title>x</title><p id="out">before</p><script>
				function say(text) { document.getElementById("out").textContent = "heard: " + text }
				function add(name, has) { const e = document.createElement(name); Object.assign(e, has); document.body.append(e); return e }
				try { `+s.fill(attack)+` } catch (e) { console.log(e) }
				document.body.append("after");
			</script>`)
			before := s.reached.Load()
			out := render(t, c, s.url("/"), s.options())
			time.Sleep(200 * time.Millisecond) // whatever was begun arrives
			if n := s.reached.Load() - before; n != 0 {
				t.Errorf("%d connections were made", n)
			}
			if !strings.Contains(out.HTML, "after") || strings.Contains(out.HTML, "secret") || strings.Contains(out.HTML, "root:") {
				t.Errorf("the page is %s (%s)", out.HTML, out.Incomplete)
			}
			if asked := s.requests(); strings.Contains(asked, "POST") || strings.Contains(asked, "OPTIONS") {
				t.Errorf("the site was asked for %s", asked)
			}
		})
	}
}

func TestAPageThatLeadsInsideIsRefused(t *testing.T) {
	c, s := chrome(t, nil)
	s.html("/script", s.fill(`<p>x</p><script>location = "http://INSIDE/x"</script>`))
	s.html("/file", `<p>x</p><script>location = "file:///etc/passwd"</script>`)
	s.html("/refresh", s.fill(`<meta http-equiv=refresh content="0; url=http://STRANGE/x">`))
	for path, status := range map[string]int{"/301": 301, "/302": 302, "/307": 307} {
		s.handle(path, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "http://"+s.inside+"/x", status) })
	}
	s.handle("/to-file", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "file:///etc/passwd")
		w.WriteHeader(302)
	})
	for _, address := range []string{
		s.url("/script"), s.url("/file"), s.url("/refresh"), s.url("/301"), s.url("/302"), s.url("/307"), s.url("/to-file"),
		"http://" + s.inside + "/", "http://" + s.inside6 + "/", "file:///etc/passwd", "data:text/html,hello", "chrome://version/",
		"view-source:http://" + s.inside + "/", "http://169.254.169.254/", "javascript:1",
	} {
		o := s.options()
		o.Timeout = 5 * time.Second
		out, err := c.Render(t.Context(), address, o)
		if strings.Contains(out.HTML, "secret") || strings.Contains(out.HTML, "root:") {
			t.Errorf("%s gives %s", address, out.HTML)
		}
		if address == s.url("/file") || address == s.url("/to-file") {
			continue // the browser stays where it is, or says so itself
		}
		if v := connectors.AsVerdict(err); v == nil || v.Reason != fetch.VerdictRefused {
			t.Errorf("%s gives %v, %s with %d: %s", address, err, out.URL, out.Status, out.HTML)
		}
	}
	if n := s.reached.Load(); n != 0 {
		t.Errorf("%d connections were made", n)
	}
}

func TestOnlyGetReachesTheSite(t *testing.T) {
	c, s := chrome(t, nil)
	s.html("/", `<p id=p>text</p><iframe name=f></iframe><form action=/form method=post target=f></form><script>
		fetch("/post", {method: "POST", body: "x"}).catch(() => {}); fetch("/delete", {method: "DELETE"}).catch(() => {});
		navigator.sendBeacon("/beacon", "x"); document.forms[0].submit();
		new Worker(URL.createObjectURL(new Blob(["fetch('`+s.url("/worker")+`', {method: 'POST', mode: 'no-cors', body: 'x'})"])));
		fetch("`+s.named("/cross")+`", {headers: {"X-Own": "1"}}).then(r => r.text()).then(t => p.textContent += t);
	</script>`)
	s.handle("/cross", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		fmt.Fprint(w, "; own header ", r.Header.Get("X-Own"), ", introduced as ", r.UserAgent())
	})
	out := render(t, c, s.url("/"), s.options())
	if asked := s.requests(); asked != "GET /, GET /cross" {
		t.Errorf("the site was asked for %s", asked)
	}
	if !strings.Contains(out.HTML, "own header 1, introduced as Freshet/1.0") {
		t.Errorf("the page is %s", out.HTML)
	}
	if !strings.Contains(out.Refused, "only GET and HEAD") || out.Incomplete != "" {
		t.Errorf("it says refused %q, incomplete %q", out.Refused, out.Incomplete)
	}
}

func TestPagesThatDoNotBehaveAreSurvived(t *testing.T) {
	c, s := chrome(t, nil)
	s.html("/fine", "<p>all is well</p>")
	s.handle("/never", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	s.handle("/download", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Disposition", "attachment; filename=freshet-test-download.bin")
		w.Header().Set("Content-Type", "application/octet-stream")
		fmt.Fprint(w, "x")
	})
	s.handle("/endless", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	})
	for name, page := range map[string]struct{ html, shows, says string }{
		"an endless script":         {`<p>text</p><script>setTimeout(() => { for (;;); }, 300)</script>`, "text", "still changing"},
		"an endless script at once": {`<p>text</p><script>for (;;);</script>`, "text", "still changing"},
		"many elements":             {`<p>text</p><script>for (let i = 0; i < 110000; i++) document.body.append(document.createElement("b"))</script>`, "text", "elements"},
		"a bomb of nodes":           {`<p>text</p><script>for (;;) document.body.append(document.createElement("b"))</script>`, "", "any"},
		"a bomb of text":            {`<p>text</p><script>document.body.dataset.x = "x".repeat(6 << 20)</script>`, "", "longer than"},
		"alerts":                    {`<p>text</p><script>alert(1); confirm(2); prompt(3); onbeforeunload = () => "stay"; document.body.append("after")</script>`, "after", ""},
		"alerts without end":        {`<p>text</p><script>for (;;) alert(1)</script>`, "", "any"},
		"a download":                {`<p>text</p><iframe src=/download></iframe><a download href=/download>x</a><script>document.querySelector("a").click()</script>`, "text", ""},
		"windows":                   {`<p>text</p><script>for (let i = 0; i < 50; i++) window.open("/fine"); document.body.append("after")</script>`, "after", ""},
		"a print dialog":            {`<p>text</p><script>print(); document.body.append("after")</script>`, "after", ""},
		"a request never answered":  {`<p>text</p><script>fetch("/never")</script>`, "text", ""},
		"an answer without end":     {`<p>text</p><script>fetch("/endless").then(r => r.text())</script>`, "text", "any"},
		"a thousand requests":       {`<p>text</p><script>for (let i = 0; i < 1000; i++) fetch("/fine?" + i)</script>`, "text", "more than 200 requests"},
		"circles":                   {`<p>text</p><script>location = "/?" + Math.random()</script>`, "", "any"},
		"deep nesting":              {`<p>text</p><script>let e = document.body; for (let i = 0; i < 50000; i++) { const n = document.createElement("i"); e.append(n); e = n }</script>`, "", "any"},
		"a full screen and more":    {`<p>text</p><script>document.documentElement.requestFullscreen().catch(() => {}); navigator.geolocation.getCurrentPosition(() => {}); Notification.requestPermission(); navigator.mediaDevices && navigator.mediaDevices.getUserMedia({audio: true})</script>`, "text", ""},
		"tampering":                 {`<p>text</p><script>Document.prototype.querySelectorAll = Array.from = JSON.stringify = () => { throw 1 }; Object.prototype.toJSON = () => "x"</script>`, "text", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s.html("/", page.html)
			o := s.options()
			if page.says == "any" || page.says == "still changing" {
				o.Timeout = 3 * time.Second
			}
			began := time.Now()
			out, err := c.Render(t.Context(), s.url("/"), o)
			took := time.Since(began)
			t.Logf("%s: %q, %v, %d bytes", took.Round(time.Millisecond), out.Incomplete, err, len(out.HTML))
			said := out.Incomplete
			if err != nil {
				said = err.Error()
			}
			if page.says != "any" && !(page.says == "" && said == "") && (page.says == "" || !strings.Contains(said, page.says)) {
				t.Errorf("it says %q, want %q", said, page.says)
			}
			if !strings.Contains(out.HTML, page.shows) {
				t.Errorf("the page is %.500s, want %q in it", out.HTML, page.shows)
			}
			if limit := o.Timeout + grace + 6*time.Second; took > limit {
				t.Errorf("it took %s", took)
			}
			if out := render(t, c, s.url("/fine"), s.options()); !strings.Contains(out.HTML, "all is well") {
				t.Errorf("the next page is %s", out.HTML)
			}
		})
	}
	for _, dir := range []string{".", os.TempDir(), os.Getenv("HOME"), filepath.Join(os.Getenv("HOME"), "Downloads")} {
		if _, err := os.Stat(filepath.Join(dir, "freshet-test-download.bin")); err == nil {
			t.Errorf("a download stands in %s", dir)
		}
	}
}

func TestAPageThatTakesTheMemoryIsEnded(t *testing.T) {
	c, s := chrome(t, func(o *Options) { o.MaxMemory = 500 << 20 })
	s.html("/", `<p>text</p><script>const all = []; setInterval(() => { const a = new Uint8Array(64 << 20); a.fill(1); all.push(a) }, 20)</script>`)
	s.html("/fine", "<p>all is well</p>")
	o := s.options()
	o.Timeout = 10 * time.Second
	_, err := c.Render(t.Context(), s.url("/"), o)
	if err == nil || !strings.Contains(err.Error(), "memory") {
		t.Errorf("the page gave %v", err)
	}
	if out := render(t, c, s.url("/fine"), s.options()); !strings.Contains(out.HTML, "all is well") {
		t.Errorf("the next page is %s", out.HTML)
	}
}

func TestAllowIsAskedBeforeEachRequest(t *testing.T) {
	c, s := chrome(t, nil)
	s.html("/", `<p>text</p><script src=/forbidden.js></script>`)
	s.text("/forbidden.js", "text/javascript", `document.body.append("more")`)
	o := s.options()
	o.Allow = func(u *url.URL) error {
		if u.Path == "/forbidden.js" {
			return fmt.Errorf("robots.txt forbids it")
		}
		return nil
	}
	out := render(t, c, s.url("/"), o)
	if strings.Contains(out.HTML, "more") || !strings.Contains(out.Refused, "robots.txt forbids it") || s.requests() != "GET /" {
		t.Errorf("the page is %s, refused %q, asked %s", out.HTML, out.Refused, s.requests())
	}
}
