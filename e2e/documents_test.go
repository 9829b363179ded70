package e2e

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// TestDocuments_LinksExist holds that every link between our documents, and every picture, leads to a file and a heading that exist.
func TestDocuments_LinksExist(t *testing.T) {
	t.Parallel()
	root := os.DirFS("..")
	link := regexp.MustCompile(`(?:\]\(|src=")([^)"\s]+)`)
	code := regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	seen := 0
	for _, file := range documents(t, root) {
		for _, match := range link.FindAllStringSubmatch(code.ReplaceAllString(contentOf(t, root, file), ""), -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			seen++
			target, anchor, _ := strings.Cut(match[1], "#")
			if target = path.Join(path.Dir(file), target); strings.HasPrefix(match[1], "#") {
				target = file
			}
			if _, err := fs.Stat(root, target); err != nil {
				t.Errorf("%s: %s leads nowhere", file, match[1])
			} else if anchor != "" && !slices.Contains(anchors(contentOf(t, root, target)), anchor) {
				t.Errorf("%s: %s has no heading for #%s", file, target, anchor)
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d links were found", seen)
	}
}

// documents are our Markdown files.
func documents(t *testing.T, root fs.FS) (files []string) {
	t.Helper()
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && !errors.Is(err, fs.ErrNotExist): // other tests make and remove files
			return err
		case d.IsDir() && (d.Name() == "node_modules" || name == "bin" || name == ".git"):
			return fs.SkipDir
		case strings.HasSuffix(name, ".md"):
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func contentOf(t *testing.T, root fs.FS, file string) string {
	t.Helper()
	text, err := fs.ReadFile(root, file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// anchors are the names that GitHub gives to a document's headings: in lower case, without punctuation, with hyphens for
// spaces, and with a number where a heading comes again.
func anchors(text string) (names []string) {
	times := map[string]int{}
	for _, heading := range regexp.MustCompile(`(?m)^#{1,6} (.+)$`).FindAllStringSubmatch(text, -1) {
		name := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r):
				return unicode.ToLower(r)
			}
			return -1
		}, heading[1])
		if n := times[name]; n > 0 {
			names = append(names, fmt.Sprintf("%s-%d", name, n))
		} else {
			names = append(names, name)
		}
		times[name]++
	}
	return names
}
