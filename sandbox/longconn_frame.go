package sandbox

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// The methods of a frame.
const (
	frameControl = 0 // ping and pong
	frameData    = 1 // an event, and the answer to it
)

// The fields of a frame and of its headers, by their numbers in the protocol.
const (
	fieldSeqID           = 1
	fieldLogID           = 2
	fieldService         = 3
	fieldMethod          = 4
	fieldHeader          = 5
	fieldPayloadEncoding = 6
	fieldPayloadType     = 7
	fieldPayload         = 8
	fieldLogIDNew        = 9

	fieldKey   = 1
	fieldValue = 2
)

// frame is what travels over a long connection, in both directions.
type frame struct {
	seqID, logID    uint64
	service, method int32
	headers         []frameHeader
	payloadEncoding string
	payloadType     string
	payload         []byte
	logIDNew        string
}

type frameHeader struct{ key, value string }

// header returns the first header of the name; empty when there is none.
func (f *frame) header(key string) string {
	for _, h := range f.headers {
		if h.key == key {
			return h.value
		}
	}
	return ""
}

// marshal writes all fields, also those that are empty: the protocol requires the first four.
func (f *frame) marshal() []byte {
	var b []byte
	b = protowire.AppendVarint(protowire.AppendTag(b, fieldSeqID, protowire.VarintType), f.seqID)
	b = protowire.AppendVarint(protowire.AppendTag(b, fieldLogID, protowire.VarintType), f.logID)
	b = protowire.AppendVarint(protowire.AppendTag(b, fieldService, protowire.VarintType), uint64(f.service))
	b = protowire.AppendVarint(protowire.AppendTag(b, fieldMethod, protowire.VarintType), uint64(f.method))
	for _, h := range f.headers {
		pair := appendText(appendText(nil, fieldKey, h.key), fieldValue, h.value)
		b = protowire.AppendBytes(protowire.AppendTag(b, fieldHeader, protowire.BytesType), pair)
	}
	b = appendText(b, fieldPayloadEncoding, f.payloadEncoding)
	b = appendText(b, fieldPayloadType, f.payloadType)
	b = protowire.AppendBytes(protowire.AppendTag(b, fieldPayload, protowire.BytesType), f.payload)
	return appendText(b, fieldLogIDNew, f.logIDNew)
}

func appendText(b []byte, field protowire.Number, text string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), text)
}

// parseFrame reads a frame and ignores unknown fields.
func parseFrame(b []byte) (*frame, error) {
	var f frame
	err := eachField(b, func(field protowire.Number, number uint64, data []byte) error {
		switch field {
		case fieldSeqID:
			f.seqID = number
		case fieldLogID:
			f.logID = number
		case fieldService:
			f.service = int32(number)
		case fieldMethod:
			f.method = int32(number)
		case fieldHeader:
			h, err := parseHeader(data)
			f.headers = append(f.headers, h)
			return err
		case fieldPayloadEncoding:
			f.payloadEncoding = string(data)
		case fieldPayloadType:
			f.payloadType = string(data)
		case fieldPayload:
			f.payload = data
		case fieldLogIDNew:
			f.logIDNew = string(data)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &f, nil
}

func parseHeader(b []byte) (h frameHeader, err error) {
	err = eachField(b, func(field protowire.Number, _ uint64, data []byte) error {
		switch field {
		case fieldKey:
			h.key = string(data)
		case fieldValue:
			h.value = string(data)
		}
		return nil
	})
	return h, err
}

// eachField calls visit with each field of a message: with its number, or with its bytes.
func eachField(b []byte, visit func(field protowire.Number, number uint64, data []byte) error) error {
	for len(b) > 0 {
		field, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return fmt.Errorf("sandbox: read a frame: %w", protowire.ParseError(n))
		}
		b = b[n:]
		var number uint64
		var data []byte
		switch kind {
		case protowire.VarintType:
			number, n = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			data, n = protowire.ConsumeBytes(b)
		default:
			n = protowire.ConsumeFieldValue(field, kind, b)
		}
		if n < 0 {
			return fmt.Errorf("sandbox: read a frame: %w", protowire.ParseError(n))
		}
		if err := visit(field, number, data); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}
