package sandbox

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	larkws "github.com/larksuite/oapi-sdk-go/v3/ws"
)

func everyField() (frame, larkws.Frame) {
	ours := frame{
		seqID: 1, logID: 1 << 40, service: 33554678, method: frameData, payloadEncoding: "gzip", payloadType: "json",
		payload: []byte(`{"a":"字"}`), logIDNew: "log", headers: []frameHeader{{"type", "event"}, {"message_id", ""}},
	}
	theirs := larkws.Frame{
		SeqID: 1, LogID: 1 << 40, Service: 33554678, Method: int32(larkws.FrameTypeData), PayloadEncoding: "gzip", PayloadType: "json",
		Payload: []byte(`{"a":"字"}`), LogIDNew: "log", Headers: []larkws.Header{{Key: "type", Value: "event"}, {Key: "message_id"}},
	}
	return ours, theirs
}

func TestFramesAreTheSDKs(t *testing.T) {
	t.Parallel()
	ours, theirs := everyField()
	want, err := theirs.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, ours.marshal()); diff != "" {
		t.Errorf("bytes of a frame (-want +got):\n%s", diff)
	}
	got, err := parseFrame(want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&ours, got, cmp.AllowUnexported(frame{}, frameHeader{})); diff != "" {
		t.Errorf("frame (-want +got):\n%s", diff)
	}
	ping, err := larkws.NewPingFrame(7).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if f, err := parseFrame(ping); err != nil || f.method != frameControl || f.service != 7 || f.header("type") != "ping" || f.header("none") != "" {
		t.Errorf("a ping: %+v, %v", f, err)
	}
}

// FuzzParseFrame holds the reader to the SDK's: what both read is the same, and neither falls over.
func FuzzParseFrame(f *testing.F) {
	ours, _ := everyField()
	f.Add(ours.marshal())
	f.Add([]byte{0x2a, 0x01})
	f.Add([]byte{0x08, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := parseFrame(b)
		var theirs larkws.Frame
		if theirs.Unmarshal(b) != nil || err != nil {
			return // the SDK also wants fields that are required, and is stricter about kinds
		}
		if got.method != theirs.Method || string(got.payload) != string(theirs.Payload) || len(got.headers) != len(theirs.Headers) {
			t.Errorf("we read %+v, the SDK %+v", got, theirs)
		}
	})
}
