package e2e

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"usagebot/locale"
)

// mostBytes is the most that a picture in the documents may have.
const mostBytes = 150 << 10

// pictures takes the pictures of the documents, at the width of a desktop.
func (b browser) pictures(t *testing.T, h *testEnv, language locale.Language, views []view, folder string) {
	t.Helper()
	p := b.tab(t, h, look{language, false, desktop})
	p.open(h.p2p)
	p.do(chromedp.EmulateViewport(desktop, tall, chromedp.EmulateScale(2)))
	for _, name := range []string{"usage_weekly", "trend_weekly", "top", "digest"} {
		v := views[slices.IndexFunc(views, func(v view) bool { return v.name == name })]
		p.shows(v.answer)
		small, err := fewColours(p.picture(v.ID))
		if err != nil {
			t.Fatalf("compress the picture of %s: %v", name, err)
		}
		if len(small) > mostBytes {
			t.Errorf("the picture of %s has %d bytes, more than %d", name, len(small), mostBytes)
		}
		keep(t, filepath.Join(folder, name+"_"+string(language)+".png"), small)
	}
}

// fewColours writes a picture anew with its 256 most frequent colours, which is nearly all that a card has.
func fewColours(picture []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	bounds := full.Bounds()
	count := map[color.RGBA]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[coarse(full.At(x, y))]++
		}
	}
	var palette color.Palette
	for c := range count {
		palette = append(palette, c)
	}
	slices.SortFunc(palette, func(a, b color.Color) int {
		x, y := a.(color.RGBA), b.(color.RGBA)
		if count[x] != count[y] {
			return count[y] - count[x]
		}
		return slices.Compare([]byte{x.R, x.G, x.B}, []byte{y.R, y.G, y.B})
	})
	palette = palette[:min(len(palette), 256)]
	few := image.NewPaletted(bounds, palette)
	nearest := map[color.RGBA]uint8{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := coarse(full.At(x, y))
			index, known := nearest[c]
			if !known {
				index = uint8(palette.Index(c))
				nearest[c] = index
			}
			few.SetColorIndex(x, y, index)
		}
	}
	var b bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, few)
	return b.Bytes(), err
}

// coarse rounds a colour: shades that nobody tells apart are one.
func coarse(c color.Color) color.RGBA {
	r, g, b, _ := c.RGBA()
	round := func(v uint32) uint8 { return uint8(min(255, (v>>8+2)/4*4)) }
	return color.RGBA{round(r), round(g), round(b), 255}
}
