package sandbox

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// pageFiles hold the chat page when it was built, and otherwise nothing but a placeholder: see web/README.md.
//
//go:embed all:web/dist
var pageFiles embed.FS

// pagePolicy lets the page load from here alone. Styles that its scripts set on an element are no matter of it.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const pageMissing = `The chat page is not part of this program: it was built without it.

With Node.js 20.19 or newer and npm, in the project's folder:

  make web        builds the page
  make demo       builds page and program, and starts them

The sandbox answers without the page too: see /sandbox/chats, /sandbox/messages and /sandbox/calls.
`

// page adds the chat page, in which a browser stands in for the platform's client, and what keeps it up to date.
func (s *Sandbox) page(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", servePage)
	mux.HandleFunc("GET /assets/{file}", servePage)
	mux.HandleFunc("GET /sandbox/stream", s.serveStream)
}

func servePage(w http.ResponseWriter, r *http.Request) {
	if !answersTo(w, r) {
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" {
		name = "index.html"
	}
	content, err := fs.ReadFile(pageFiles, "web/dist/"+name+".gz") // no name leads out: an embedded file system knows no ".."
	switch {
	case err == nil:
		writeFile(w, r, name, content)
	case name == "index.html":
		http.Error(w, pageMissing, http.StatusServiceUnavailable)
	default:
		http.NotFound(w, r)
	}
}

// writeFile sends a file of the page, which is embedded compressed. The names under assets change with what the files
// hold, so browsers may keep those.
func writeFile(w http.ResponseWriter, r *http.Request, name string, compressed []byte) {
	h := w.Header()
	h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "max-age=31536000, immutable")
	}
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		_, _ = w.Write(compressed) // an error means that the client has gone
		return
	}
	content, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		http.Error(w, "the page is damaged: build it anew with make web", http.StatusInternalServerError)
		return
	}
	_, _ = io.Copy(w, content) //nolint:gosec // the program's own file; an error means that the client has gone
}

// PageBuilt reports whether the chat page is part of this program.
func PageBuilt() bool {
	_, err := fs.Stat(pageFiles, "web/dist/index.html.gz")
	return err == nil
}
