//go:build !race

package sentence_test

// mostAllocations bounds the allocations of one sentence of 200 characters.
const mostAllocations = 900
