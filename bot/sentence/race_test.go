//go:build race

package sentence_test

// mostAllocations bounds the allocations of one sentence of 200 characters under the race detector, which adds its own.
const mostAllocations = 2000
